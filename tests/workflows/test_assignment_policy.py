"""A policy of one's own on a real server: leads over HTTP, decisions as a manager reads them, caps that hold."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.database import Database
from tests.examples import firm, ruled
from tests.invariants import read_model, violations
from tests.service import Service, running_service

POLICY = ruled(
    {
        "rule": "banks",
        "when": {"industry": {"matches": "银行"}, "amount": {"at_least": 100_000}},
        "methods": [{"method": "best_match", "weights": {"vertical": 2, "load": 1}, "at_least": 0.5}],
        "queue": "management",
        "clock": "stand_lead",
    },
    {"rule": "rest", "methods": ["named_contact", "territory", "rotation"]},
    territories={"nanshan": {"divisions": ["440305"], "reps": ["sun.hao"]}},
    exchange_rates={"USD": "7.1"},
)


@pytest.fixture
async def service(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    async with running_service(temporal_address, database, tmp_path, policy=POLICY) as service:
        yield service


async def arrived(service: Service, number: int, **fields: Any) -> dict[str, Any]:
    return await service.lead(company={"name": firm(number)}, region="CN-GD", **fields)


def owner(answer: dict[str, Any]) -> str | None:
    return answer["owner"]["id"] if answer["owner"] else None


async def trace(service: Service, answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await service.http.get(answer["decision"])).json()["trace"]
    return found


async def test_a_decision_says_which_rule_and_why_not_the_others(service: Service, database: Database) -> None:
    await service.rep("li.wei", "CN-GD", verticals=["银行"])
    await service.rep("chen.jing", "CN-GD")
    bank = {"industry": "商业银行", "amount": {"value": "20000", "currency": "USD"}}
    scored = await arrived(service, 0, **bank | {"industry": "银行"})
    assert owner(scored) == "li.wei"
    assignment = (await trace(service, scored))["assignment"]
    assert (assignment["rule"], assignment["rules_passed"]) == ("banks", [])
    assert assignment["trials"][0]["scores"] == {
        "chen.jing": {"vertical": 0, "load": 1},
        "li.wei": {"vertical": 1, "load": 1},
    }
    too_low = await arrived(service, 1, **bank, attributes={"level": "A"})
    assert (owner(too_low), too_low["queue"], too_low["reason"]) == (None, "management", "score_too_low")
    small = await arrived(service, 2, industry="银行", amount={"value": "99999", "currency": "CNY"})
    assert (await trace(service, small))["assignment"]["rules_passed"] == [["banks", "amount at_least 100000"]]
    assert violations(read_model(database)) == []


async def test_caps_and_territories_hold_and_the_queue_says_why(service: Service, database: Database) -> None:
    await service.rep("sun.hao", total_cap=1)
    await service.rep("li.wei", "CN-GD", daily_cap=1)
    address = "广东省深圳市南山区科技园1号"
    first, second, third = [await arrived(service, number, address=address) for number in range(3)]
    assert (owner(first), owner(second)) == ("sun.hao", "li.wei")
    assert (owner(third), third["reason"]) == (None, "all_at_cap")
    territory, rotation = (await trace(service, third))["assignment"]["trials"][1:]
    assert (territory["pool"], territory["passed_over"]) == ("territory:nanshan", {"sun.hao": "at_total_cap"})
    assert rotation["passed_over"] == {"li.wei": "at_daily_cap"}
    released = await service.post(f"/v1/customers/{second['customer_id']}/release", rep_id="li.wei", reason="x")
    assert released.status_code == 200
    claim = await service.post(f"/v1/customers/{second['customer_id']}/claim", rep_id="sun.hao")
    assert (claim.status_code, claim.json()["type"]) == (409, "urn:oneowner:problem:rep-at-cap")
    assert violations(read_model(database)) == []


async def test_a_customer_stays_under_its_rule_with_its_clock(service: Service, database: Database) -> None:
    """The rule's condition asks for the amount, which only the first lead told: reassigning still knows it."""
    for rep in ("li.wei", "sun.hao"):
        await service.rep(rep, "CN-GD", verticals=["银行"])
    bank = await arrived(service, 0, industry="银行", amount={"value": "100000", "currency": "CNY"})
    before = owner(bank)
    await service.let_pass(bank["customer_id"], timedelta(days=31))
    customer = await service.customer(bank["customer_id"])
    assert {before, customer["owner"]["id"]} == {"li.wei", "sun.hao"}
    assert len(customer["due"]) == 4
    (decision,) = [row for row in read_model(database).decisions if row.kind == "reassigned"]
    assert decision.trace["assignment"]["rule"] == "banks"
    assert decision.trace["inputs"]["case"]["amount"] == "100000"
    assert violations(read_model(database)) == []
