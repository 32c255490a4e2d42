"""Pools and queues as the API shows them; what is asked of customers is in the tests of the workflows."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from domain.change import Asked, Release, Request
from domain.policy import Policy
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from tests.api.conftest import TOKEN, StandIn, context_of
from tests.examples import AT, IDS, LI, POLICY, employ, firm, lead, registration

SOUTH = {
    "pool": "south",
    "zh": "华南公海",
    "en": "South China",
    "when": {"region": {"within": "CN-GD"}},
    "claim": {"per_day": 5, "cool_off_days": 7},
}
TWO_POOLS = Policy.model_validate(POLICY.model_dump() | {"pools": [SOUTH, *POLICY.model_dump()["pools"]]})


@pytest.fixture
async def client(database: Database, gateway: StandIn) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(context_of(database, gateway, TWO_POOLS))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client


def register(database: Database, number: int, **fields: Any) -> str:
    new = lead(company={"name": firm(number)}, region="CN-GD", **fields)
    return Intake(database, TWO_POOLS, IDS).register(registration(new)).answer.customer_id or ""


def pooled(database: Database, number: int) -> str:
    customer_id = register(database, number)
    asked = Asked(id=f"back {number}", actor="li.na", change=Release(rep_id=LI.id, reason="不在我的行业"))
    Changes(database, TWO_POOLS, IDS).carry_out(Request(customer_id=customer_id, at=AT, asked=asked))
    return customer_id


async def test_pools_with_both_names_their_rules_and_how_many_are_there(
    client: httpx.AsyncClient, database: Database
) -> None:
    employ(database, LI)
    customers = [pooled(database, n) for n in range(3)]
    first = (await client.get("/v1/pools", params={"limit": 1})).json()
    [south] = first["items"]
    assert (south["name"], south["zh"], south["en"], south["customers"]) == ("south", "华南公海", "South China", 3)
    assert (south["claim"]["per_day"], south["claim"]["total"], south["claim"]["cool_off_days"]) == (5, None, 7)
    last = (await client.get("/v1/pools", params={"limit": 1, "cursor": first["next"]})).json()
    assert ([it["name"] for it in last["items"]], last["items"][0]["customers"], last["next"]) == (["public"], 0, None)
    shown = (await client.get("/v1/pools/south/customers", params={"limit": 2})).json()
    rest = (await client.get("/v1/pools/south/customers", params={"limit": 2, "cursor": shown["next"]})).json()
    assert {it["id"] for it in shown["items"] + rest["items"]} == set(customers)
    assert (await client.get("/v1/pools/public/customers")).json()["items"] == []
    assert (await client.get("/v1/pools/nowhere/customers")).status_code == 404


async def test_queues_and_how_each_customer_waits(client: httpx.AsyncClient, database: Database) -> None:
    customer_id = register(database, 1)
    queues = (await client.get("/v1/queues")).json()["items"]
    assert [(it["name"], it["zh"], it["customers"], it["sla_hours"]) for it in queues] == [
        ("management", "待管理层指定", 0, 24),
        ("unassigned", "待分配", 1, 24),
    ]
    [waiting] = (await client.get("/v1/queues/unassigned/customers")).json()["items"]
    assert (waiting["id"], waiting["reason"], waiting["retry_at"]) == (customer_id, "no_territory", None)
    assert waiting["overdue_at"] == "2026-11-24T01:30:00Z"
    assert (waiting["commitments"], waiting["level"], waiting["held"]) == ([], None, False)
    assert (await client.get("/v1/queues/nowhere/customers")).status_code == 404


async def test_a_change_of_a_rep_has_queues_tried_again_when_somebody_waits(
    client: httpx.AsyncClient, database: Database, gateway: StandIn
) -> None:
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    assert gateway.changed == []
    register(database, 1)
    await client.post("/v1/reps", json={"id": "zhao.min", "name": "赵敏"})
    await client.patch("/v1/reps/li.wei", json={"total_cap": 9}, headers={"If-Match": "*"})
    await client.post("/v1/reps/li.wei/activate")
    leave = {"from": "2027-02-01T09:00:00+08:00", "until": "2027-02-15T09:00:00+08:00"}
    entered = (await client.post("/v1/reps/li.wei/leaves", json=leave)).json()
    await client.post(f"/v1/reps/li.wei/leaves/{entered['id']}/cancel")
    assert gateway.changed == ["zhao.min", "li.wei", "li.wei", "li.wei"]


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "assign", {"rep_id": "li.na"}, ["reason"]),
        ("POST", "commitments", {"kind": "friendship", "reference": "C 1"}, ["kind", "reference"]),
        ("POST", "commitments", {"kind": "contract", "reference": "C-1", "until": "tomorrow"}, ["until"]),
        ("PUT", "standing", {"level": "A"}, ["stage"]),
        ("DELETE", "commitments/friendship/C-1", None, ["kind"]),
    ],
)
async def test_what_is_asked_wrongly_is_told_by_field(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, fields: list[str]
) -> None:
    answer = await client.request(method, f"/v1/customers/cus_x/{path}", json=body)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == fields
