"""Contracts and opportunities over HTTP: whose they are and what they are about."""

from collections.abc import Iterator

import httpx
import pytest

from domain.role import Role
from store.database import Database
from tests.api.conftest import StandIn
from tests.api.test_share_routes import Workflows, customer
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import LI, WANG, ZHANG, employ
from tests.tokens import signed_in


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    employ(made, ZHANG, LI, WANG)
    yield made
    made.close()


@pytest.fixture
def gateway(database: Database) -> StandIn:
    return Workflows(database)


async def test_an_opportunity_is_whose_it_says_and_what_it_says(client: httpx.AsyncClient, database: Database) -> None:
    path = f"/v1/customers/{customer(database)}/commitments"
    body = {"kind": "opportunity", "reference": "SJ-7", "rep_id": LI.id, "need": "ERP 系统"}
    opened = await client.post(path, json=body)
    assert opened.json()["commitments"] == [{**body, "until": None}]
    changed = await client.post(path, json={**body, "need": "服务器"})
    assert [it["need"] for it in changed.json()["commitments"]] == ["服务器"]


async def test_what_a_rep_opens_is_theirs(anonymous: httpx.AsyncClient, database: Database) -> None:
    path = f"/v1/customers/{customer(database)}/commitments"
    zhang = signed_in(database, ZHANG.id, Role.REP)
    for kind, rep_id in (("opportunity", ZHANG.id), ("contract", None)):
        opened = await anonymous.post(path, headers=zhang, json={"kind": kind, "reference": kind})
        assert {it["reference"]: it["rep_id"] for it in opened.json()["commitments"]}[kind] == rep_id
    other = {"kind": "opportunity", "reference": "2", "rep_id": LI.id}
    refused = await anonymous.post(path, headers=zhang, json=other)
    assert refused.json()["type"] == "urn:oneowner:problem:in-anothers-name"


async def test_nobody_unknown_has_an_opportunity(client: httpx.AsyncClient, database: Database) -> None:
    path = f"/v1/customers/{customer(database)}"
    body = {"kind": "opportunity", "reference": "SJ-7", "rep_id": "nobody"}
    refused = await client.post(f"{path}/commitments", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:oneowner:problem:unknown-rep")
    assert (await client.get(path)).json()["commitments"] == []
