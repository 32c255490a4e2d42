"""One timeline of everything: who, when, by which policy, before and after, refused attempts too; and its exports."""

import csv
import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from domain.event import EventKind
from domain.role import Role
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from store.rows import add
from store.tables import AccessRefusalRow, ApprovalActRow, ApprovalCustomerRow, ApprovalRow
from tests.auditing import seal
from tests.databases import NewDatabase
from tests.examples import AT, IDS, LI, POLICY, ZHANG, employ, lead, registration
from tests.tokens import signed_in

PATH, EXPORT = "/v1/audit/timeline", "/v1/audit/export"
HOUR = timedelta(hours=1)


@pytest.fixture
def database(new_database: NewDatabase) -> Database:
    return Database(new_database("template"))


@pytest.fixture
def told(database: Database) -> dict[str, str]:
    """A customer who came by a lead, was transferred by an approval, and whom somebody tried to see; another one."""
    employ(database, ZHANG, LI)
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD")
    answer = Intake(database, POLICY, IDS).register(registration(new)).answer
    customer_id = answer.customer_id or ""
    other = lead(company={"name": "北京另一家有限公司"}, region="CN-GD")
    Intake(database, POLICY, IDS).register(registration(other))
    data = {"owner_id": ZHANG.id, "queue": None, "reason": "=1+1 客户迁往上海", "approval_id": "apr_1"}
    act = {
        "approval_id": "apr_1", "action": "approve", "principal": "user-7", "person": LI.id, "step": 1,
        "at": AT + HOUR, "recorded_at": AT + HOUR, "deed": {"action": "approve"}, "facts": {},
    }  # fmt: skip
    with database.write() as session:
        session.add(ApprovalRow(id="apr_1", kind="transfer", status="approved", state={}, opened_at=AT))
        session.add(ApprovalCustomerRow(approval_id="apr_1", customer_id=customer_id))
        add(
            session,
            ApprovalActRow,
            {**act, "id": "act_1", "refusal": "four_eyes"},
            {**act, "id": "act_2", "refusal": None},
        )
        session.add(
            AccessRefusalRow(
                at=AT + HOUR, principal="sun.hao", role="rep", method="GET",
                route="/v1/customers/{customer_id}", record=customer_id, reason="hidden",
            )
        )  # fmt: skip
        record_event(
            session, id="evt_t", customer_id=customer_id, kind=EventKind.TRANSFERRED, at=AT + 2 * HOUR,
            actor="apr_1", data=data,
        )  # fmt: skip
    seal(database)
    with database.read() as session:
        lead_id = session.connection().exec_driver_sql("SELECT lead_id FROM lead_events LIMIT 1").scalar()
    return {"customer_id": customer_id, "lead_id": lead_id or ""}


async def read(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_everything_about_a_customer_is_told(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    items = await read(client, customer_id=told["customer_id"])
    by_kind = {it["kind"]: it for it in items}
    assert {"customer_registered", "owner_assigned", "transferred", "approve", "access_refused"} <= by_kind.keys()
    assert len(items) == len({(it["source"], it["id"]) for it in items})
    assert [it["recorded_at"] for it in items] == sorted(it["recorded_at"] for it in items)
    born = by_kind["owner_assigned"]
    assert (born["policy_version"], born["text"]) == (POLICY.fingerprint, "An owner was assigned")
    assert born["decision"].startswith("/v1/decisions/dec_")
    assert (born["before"], born["after"]) == (None, {"owner_id": LI.id, "queue": None})
    assert by_kind["transferred"]["before"] == born["after"]
    assert by_kind["transferred"]["after"] == {"owner_id": ZHANG.id, "queue": None}


async def test_refused_attempts_are_told_with_the_reason(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    items = await read(client, customer_id=told["customer_id"])
    refused = {it["kind"]: it for it in items if it["refusal"]}
    assert refused["access_refused"]["text"] == "Access was refused: GET /v1/customers/{customer_id}"
    assert refused["access_refused"]["refusal_text"] == "not their record; answered as not found"
    assert (refused["approve"]["refusal"], refused["approve"]["id"]) == ("four_eyes", "act_1")
    assert refused["approve"]["refusal_text"] not in (None, "four_eyes")


async def test_in_chinese(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    answer = await client.get(PATH, params=told | {"lead_id": ""}, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    params = {"customer_id": told["customer_id"]}
    answer = await client.get(PATH, params=params, headers={"Accept-Language": "zh-CN"})
    assert {"同意", "访问被拒绝：GET /v1/customers/{customer_id}"} <= {it["text"] for it in answer.json()["items"]}


async def test_of_an_approval_and_of_a_lead(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    assert [it["id"] for it in await read(client, approval_id="apr_1")] == ["act_1", "act_2", "evt_t"]
    if told["lead_id"]:
        assert {it["source"] for it in await read(client, lead_id=told["lead_id"])} == {"lead_event"}


async def test_filters(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    customer = {"customer_id": told["customer_id"]}
    kinds = await read(client, **customer, kind=["transferred", "access_refused"])
    assert {it["kind"] for it in kinds} == {"transferred", "access_refused"}
    assert [it["kind"] for it in await read(client, **customer, actor="sun.hao")] == ["access_refused"]
    later = {"from": (AT + HOUR).isoformat(), "to": (AT + 2 * HOUR).isoformat()}
    assert {it["kind"] for it in await read(client, **customer, **later)} == {"approve", "access_refused"}


async def test_page_by_page_it_is_the_same(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    whole = await read(client, customer_id=told["customer_id"])
    paged, cursor = list[dict[str, Any]](), None
    while True:
        params = {"customer_id": told["customer_id"], "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(PATH, params=params)).json()
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole


@pytest.mark.parametrize("params", [{}, {"customer_id": "a", "lead_id": "b"}])
async def test_it_is_of_one_subject(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await client.get(PATH, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "one_subject")


@pytest.mark.parametrize("subject", ["customer_id", "lead_id", "approval_id"])
async def test_what_does_not_exist_has_none(client: httpx.AsyncClient, subject: str) -> None:
    assert (await client.get(PATH, params={subject: "nobody"})).status_code == 404


async def exported(client: httpx.AsyncClient, **params: Any) -> tuple[dict[str, Any], str]:
    answer = await client.get(EXPORT, params=params)
    assert answer.status_code == 200, answer.text
    with ZipFile(BytesIO(answer.content)) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        content = archive.read(manifest["file"])
    assert sha256(content).hexdigest() == manifest["sha256"]
    return manifest, content.decode()


async def test_an_export_is_the_timeline_with_a_manifest(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    whole = await read(client, customer_id=told["customer_id"], limit=200)
    manifest, content = await exported(client, customer_id=told["customer_id"])
    assert [json.loads(line) for line in content.splitlines()] == whole
    assert manifest["count"] == len(whole)
    assert manifest["filters"] == {"customer_id": told["customer_id"]}
    assert manifest["head"]["size"] > 0


async def test_csv_computes_nothing(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    manifest, content = await exported(client, customer_id=told["customer_id"], format="csv", kind="transferred")
    heading, row = csv.reader(StringIO(content.removeprefix("\ufeff")))
    assert (manifest["count"], len(heading), len(row)) == (1, 16, 16)
    assert json.loads(row[-1])["reason"] == "=1+1 客户迁往上海"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


async def test_only_auditors_read_it(anonymous: httpx.AsyncClient, database: Database, told: dict[str, str]) -> None:
    params = {"customer_id": told["customer_id"]}
    for role, status in ((Role.AUDITOR, 200), (Role.MANAGER, 403), (Role.SALES_OPERATIONS, 403)):
        headers = signed_in(database, f"a-{role}", role, LI.id if role is Role.MANAGER else None)
        for path in (PATH, EXPORT):
            assert (await anonymous.get(path, headers=headers, params=params)).status_code == status
