"""Whom collision cases are shown to, and how much of the customers in them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.bureau import KEEP, Bureau
from tests.people import accepted
from tests.service import running_service


@pytest.fixture
async def bureau(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Bureau]:
    async with running_service(temporal_address, database, tmp_path, relayed=True) as service:
        yield Bureau(service)


async def listed(bureau: Bureau, by: str | None, /, **params: str) -> list[str]:
    page = accepted(await bureau.call(by, "GET", "/v1/collisions", **params))
    return [it["id"] for it in page["items"]]


async def test_whom_cases_are_shown_to(bureau: Bureau) -> None:
    first = (await bureau.met())["id"]
    second = await bureau.watched("xu.na", "chen.jing", customer_id=await bureau.customer(1, "xu.na"))
    assert await listed(bureau, "li.wei") == [first]
    assert await listed(bureau, "xu.na") == await listed(bureau, "zhao.min") == [second, first]
    assert await listed(bureau, "sun.hao") == await listed(bureau, "chen.jing") == [second]
    assert await listed(bureau, "he.tao") == []
    assert (await bureau.call("he.tao", "GET", f"/v1/collisions/{first}")).status_code == 404
    assert await listed(bureau, None, risk="true") == await listed(bureau, None, detector="double_review") == [second]
    assert await listed(bureau, None, status="open", risk="false") == [first]
    assert await listed(bureau, "xu.na", mine="true") == [first]
    assert await listed(bureau, "zhao.min", mine="true") == []
    assert await listed(bureau, None, status="settled") == []
    assert (await bureau.call(None, "GET", "/v1/collisions", mine="true")).status_code == 422


async def test_existence_not_content(bureau: Bureau) -> None:
    """A rep who meets another on a customer that they may not see learns that it exists and who is on it."""
    customer_id = await bureau.customer(phones=["13800138000"])
    log = {"rep_id": "li.wei", "kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
    accepted(await bureau.call("li.wei", "POST", f"/v1/customers/{customer_id}/follow-ups", **log))
    body = {"customer_id": customer_id, "reason": "客户也找了我"}
    reported = accepted(await bureau.call("chen.jing", "POST", "/v1/collisions", **body))
    assert reported["customers"] == [{"id": customer_id, "name": None, "owner_id": "li.wei"}]
    assert {str(it["facts"]) for it in reported["proposal"]["reasons"]} == {"{}"}
    assert "深圳" not in str(reported)
    assert "报价单" not in str(reported)
    assert (await bureau.call("chen.jing", "GET", f"/v1/customers/{customer_id}")).status_code == 404
    whole = await bureau.case(reported["id"], "li.wei")
    assert whole["customers"][0]["name"] is not None
    assert next(it["facts"] for it in whole["proposal"]["reasons"] if it["rule"] == "first_follow_up")["at"]


async def test_nobody_reports_others_on_what_they_cannot_see(bureau: Bureau) -> None:
    customer_id = await bureau.customer()
    body = {"customer_id": customer_id, "reason": "听说的", "rep_ids": ["xu.na"]}
    assert (await bureau.call("chen.jing", "POST", "/v1/collisions", **body)).status_code == 404
    alone = {"customer_id": customer_id, "reason": "只有我"}
    answer = await bureau.call("li.wei", "POST", "/v1/collisions", **alone)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:oneowner:problem:nobody-met")
    unknown = {"customer_id": "cus_x", "reason": "听说的", "rep_ids": ["xu.na"]}
    assert (await bureau.call(None, "POST", "/v1/collisions", **unknown)).status_code == 404


async def test_nobody_decides_blindly(bureau: Bureau) -> None:
    """A manager sees the customer while they are asked about it, and not before."""
    case = await bureau.met("chen.jing", by=None)
    path = f"/v1/customers/{case['customers'][0]['id']}"
    assert (await bureau.call("sun.hao", "GET", path)).status_code == 404
    await bureau.to_level(case["id"], "managers")
    accepted(await bureau.call("sun.hao", "GET", path))
    assert await listed(bureau, "sun.hao", mine="true") == [case["id"]]
    accepted(await bureau.rule(None, case["id"], KEEP))
    await bureau.over(case["id"])
    assert (await bureau.call("sun.hao", "GET", path)).status_code == 404
