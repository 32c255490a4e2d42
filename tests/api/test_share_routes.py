"""Shares over HTTP, on both databases: shown, listed page by page, and taken back by whoever may."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.problems import Problem
from domain.assignment import Rep
from domain.change import Asked, Changed, GrantShare, Refused, Request, Transfer
from domain.role import Role
from domain.share import Access
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.tables import RepRow, ShareRow, TeamRow
from tests.api.conftest import StandIn
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration
from tests.tokens import signed_in

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
REVOKED = "urn:oneowner:problem:not-shared"


class Workflows(StandIn):
    """The customers' workflows as far as a request goes: what is asked is carried out at once."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._changes = Changes(database, POLICY, IDS)

    async def change(self, customer_id: str, asked: Asked) -> Changed:
        try:
            return self._changes.carry_out(Request(customer_id=customer_id, at=NOW, asked=asked))
        except Refused as refused:
            raise Problem.refused(refused.code, **refused.facts) from refused


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    employ(made, ZHANG, LI, WANG, SMITH)
    yield made
    made.close()


@pytest.fixture
def gateway(database: Database) -> StandIn:
    return Workflows(database)


@pytest.fixture
def changes(database: Database) -> Changes:
    return Changes(database, POLICY, IDS)


def customer(database: Database, number: int = 0) -> str:
    """One of Zhang's."""
    new = lead(company={"name": firm(number)}, region="CN-GD", named_contact=ZHANG.id)
    return Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id or ""


def share(changes: Changes, customer_id: str, rep: Rep = LI, days: int = 10, access: Access = Access.READ) -> None:
    change = GrantShare(approval_id="apr_1", rep_id=rep.id, access=access, until=NOW + days * DAY)
    asked = Asked(id=f"{customer_id}{rep.id}{days}{access}", actor="apr_1", change=change)
    changes.carry_out(Request(customer_id=customer_id, at=NOW, asked=asked))


async def test_a_customer_shows_with_whom_it_is_shared_now(
    client: httpx.AsyncClient, database: Database, changes: Changes
) -> None:
    id_ = customer(database)
    assert (await client.get(f"/v1/customers/{id_}")).json()["shares"] == []
    share(changes, id_)
    (shown,) = (await client.get(f"/v1/customers/{id_}")).json()["shares"]
    until, since = (datetime.fromisoformat(shown.pop(name)) for name in ("until", "since"))
    assert (until, since) == (NOW + 10 * DAY, NOW)
    assert shown == {"rep_id": LI.id, "access": "READ", "approval_id": "apr_1"}
    (listed,) = (await client.get("/v1/customers")).json()["items"]
    assert len(listed["shares"]) == 1
    (granted,) = [
        it
        for it in (await client.get(f"/v1/customers/{id_}/timeline")).json()["items"]
        if it["kind"] == "share_granted"
    ]
    assert granted["text"] == "Shared with a collaborator"
    trace = (await client.get(granted["decision"])).json()
    assert (trace["policy_version"], trace["trace"]["approval_id"]) == (POLICY.fingerprint, "apr_1")


async def test_what_is_shared_with_a_rep_comes_page_by_page(
    client: httpx.AsyncClient, database: Database, changes: Changes
) -> None:
    ids = [customer(database, n) for n in range(4)]
    for n, id_ in enumerate(ids):
        share(changes, id_, days=20 - n)
    share(changes, ids[0], days=5, access=Access.COLLABORATE)
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while params:
        page = (await client.get(f"/v1/reps/{LI.id}/shares", params=params)).json()
        found += page["items"]
        params = {"limit": 2, "cursor": page["next"]} if page["next"] else {}
    assert [(it["customer_id"], it["access"]) for it in found] == [
        (ids[0], "COLLABORATE"),
        *((id_, "READ") for id_ in ids[::-1]),
    ]
    assert found[0]["name"] == firm(0)
    assert {it["owner_id"] for it in found} == {ZHANG.id}
    assert (await client.get(f"/v1/reps/{SMITH.id}/shares")).json() == {"items": [], "next": None}
    assert (await client.get("/v1/reps/nobody/shares")).status_code == 404


@pytest.mark.parametrize("body", [None, {"reason": "项目结束"}, {}])
async def test_taken_back_with_or_without_a_reason(
    client: httpx.AsyncClient, database: Database, changes: Changes, body: dict[str, str] | None
) -> None:
    id_ = customer(database)
    share(changes, id_)
    share(changes, id_, WANG)
    path = f"/v1/customers/{id_}/shares/{LI.id}"
    taken = await client.request("DELETE", path, json=body)
    assert (taken.status_code, taken.json()["owner"]["id"]) == (200, ZHANG.id)
    assert [it["rep_id"] for it in (await client.get(f"/v1/customers/{id_}")).json()["shares"]] == [WANG.id]
    again = await client.request("DELETE", path, json=body)
    assert (again.status_code, again.json()["type"]) == (404, REVOKED)
    unknown = await client.request("DELETE", "/v1/customers/cus_none/shares/li.na")
    assert unknown.status_code == 404


async def test_once_with_an_idempotency_key(client: httpx.AsyncClient, database: Database, changes: Changes) -> None:
    id_ = customer(database)
    share(changes, id_)
    key = {"Idempotency-Key": "revoke-1"}
    answers = [await client.request("DELETE", f"/v1/customers/{id_}/shares/{LI.id}", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("person", "role", "status"),
    [
        (ZHANG.id, Role.REP, 200),
        (WANG.id, Role.MANAGER, 200),
        (LI.id, Role.REP, 403),
        (SMITH.id, Role.REP, 404),
        ("ops", Role.SALES_OPERATIONS, 200),
        ("audit", Role.AUDITOR, 403),
    ],
)
async def test_the_owner_and_the_manager_may_and_nobody_else(
    anonymous: httpx.AsyncClient, database: Database, changes: Changes, person: str, role: Role, status: int
) -> None:
    with database.write() as session:
        session.add(TeamRow(id="south", name="华南", manager_id=WANG.id))
        session.get_one(RepRow, ZHANG.id).team_id = "south"
    id_ = customer(database)
    share(changes, id_)
    headers = signed_in(database, person, role)
    taken = await anonymous.request("DELETE", f"/v1/customers/{id_}/shares/{LI.id}", headers=headers)
    assert taken.status_code == status, taken.text
    assert (changes.current(id_).shares == ()) == (status == 200)


async def test_shared_is_seen_by_whom_it_is_shared_with_until_it_is_over(
    anonymous: httpx.AsyncClient, database: Database, changes: Changes
) -> None:
    """existence_not_content: a share opens one customer to one rep, for its time."""
    id_, hidden = customer(database), customer(database, 1)
    share(changes, id_)
    li = signed_in(database, LI.id, Role.REP)
    follow_up = {"rep_id": LI.id, "kind": "call", "note": "约好下周来访看样品", "customer_answered": True}
    assert (await anonymous.get(f"/v1/customers/{id_}", headers=li)).json()["owner"]["id"] == ZHANG.id
    assert (await anonymous.get(f"/v1/customers/{hidden}", headers=li)).status_code == 404
    refused = await anonymous.post(f"/v1/customers/{id_}/follow-ups", json=follow_up, headers=li)
    assert refused.status_code == 403, refused.text
    found = (await anonymous.get(f"/v1/reps/{LI.id}/shares", headers=li)).json()["items"]
    assert [it["customer_id"] for it in found] == [id_]
    assert (await anonymous.get(f"/v1/reps/{ZHANG.id}/shares", headers=li)).status_code == 404
    with database.write() as session:
        session.exec(select(ShareRow)).one().expires_at = NOW - DAY
    assert (await anonymous.get(f"/v1/customers/{id_}", headers=li)).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "no longer with whom"), ("zh", "请重新申请")])
async def test_a_refused_transfer_says_why_in_the_callers_language(
    database: Database, changes: Changes, language: str, words: str
) -> None:
    id_ = customer(database)
    change = Transfer(approval_id="apr_9", from_id=WANG.id, to_id=LI.id, reason="换人负责")
    with pytest.raises(Refused) as caught:
        changes.carry_out(Request(customer_id=id_, at=NOW, asked=Asked(id="apr_9", actor="x", change=change)))
    problem = Problem.refused(caught.value.code, **caught.value.facts).response(language)
    assert (problem.status_code, words in bytes(problem.body).decode()) == (409, True)
