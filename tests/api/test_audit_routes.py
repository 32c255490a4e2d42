"""Heads and proofs over HTTP, for auditors and administrators only."""

import httpx
import pytest

from domain.audit_proof import ConsistencyProof, InclusionProof
from domain.role import Role
from store.database import Database
from tests.auditing import KEY, heads_of, record, seal
from tests.databases import NewDatabase
from tests.examples import LI, employ
from tests.tokens import signed_in

INCLUSION, CONSISTENCY = "/v1/audit/proofs/inclusion", "/v1/audit/proofs/consistency"


@pytest.fixture
def database(new_database: NewDatabase) -> Database:
    """Both databases: proofs are read differently on the two."""
    made = Database(new_database("template"))
    for number in range(3):
        record(made, number * 4, 4)
        seal(made)
    return made


async def test_heads_are_listed_newest_first(client: httpx.AsyncClient, database: Database) -> None:
    first = (await client.get("/v1/audit/heads", params={"limit": 2})).json()
    second = (await client.get("/v1/audit/heads", params={"limit": 2, "cursor": first["next"]})).json()
    shown = [it["size"] for it in (*first["items"], *second["items"])]
    assert shown == [head.size for head in reversed(heads_of(database))]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("kind", "record"),
    [("event", "evt_3"), ("event", "evt_4"), ("decision", "dec_9"), ("approval_act", "act_0"), ("policy", "2026.2+00")],
)
async def test_a_record_is_proven(client: httpx.AsyncClient, kind: str, record: str) -> None:
    answer = await client.get(INCLUSION, params={"kind": kind, "record": record})
    proof = InclusionProof.model_validate_json(answer.text)
    assert proof.fault(KEY.public) is None
    assert proof.columns is not None
    assert proof.columns["id"] == record


async def test_what_is_not_sealed_has_no_proof(client: httpx.AsyncClient, database: Database) -> None:
    record(database, 50, 1)
    assert (await client.get(INCLUSION, params={"kind": "event", "record": "evt_50"})).status_code == 404
    assert (await client.get(INCLUSION, params={"kind": "happening", "record": "evt_1"})).status_code == 422


async def test_growth_is_proven(client: httpx.AsyncClient, database: Database) -> None:
    first, second, third = heads_of(database)
    for params, new in (({"from": first.size, "to": second.size}, second), ({"from": first.size}, third)):
        proof = ConsistencyProof.model_validate_json((await client.get(CONSISTENCY, params=params)).text)
        assert (proof.old, proof.new, proof.fault(KEY.public)) == (first, new, None)


@pytest.mark.parametrize(("old", "new", "field"), [(7, None, "from"), (30, 7, "to"), (61, 30, "to")])
async def test_there_must_be_such_heads(client: httpx.AsyncClient, old: int, new: int | None, field: str) -> None:
    params = {"from": old} | ({"to": new} if new else {})
    answer = await client.get(CONSISTENCY, params=params)
    assert (answer.status_code, [it["field"] for it in answer.json()["errors"]]) == (422, [field])


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.SALES_OPERATIONS])
async def test_nobody_else_reads_them(anonymous: httpx.AsyncClient, database: Database, role: Role) -> None:
    employ(database, LI)
    headers = signed_in(database, "somebody", role, None if role is Role.SALES_OPERATIONS else LI.id)
    for path in ("/v1/audit/heads", INCLUSION, CONSISTENCY):
        assert (await anonymous.get(path, headers=headers)).status_code == 403


async def test_an_auditor_does(anonymous: httpx.AsyncClient, database: Database) -> None:
    auditor = signed_in(database, "auditor", Role.AUDITOR)
    assert (await anonymous.get("/v1/audit/heads", headers=auditor)).status_code == 200
