"""Address books over HTTP: numbers and whom to ask, never which; a touch for each customer that others own."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from domain.role import Role
from store.database import Database
from store.intake import Intake
from store.tables import LeadRow, RepRow, TeamRow, TouchRow
from tests.api.conftest import StandIn, context_of
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, LI, POLICY, WANG, ZHANG, employ, firm, lead, registration
from tests.tokens import signed_in

PATH = f"/v1/reps/{LI.id}/address-book"
MINE = {"company": {"name": firm(1)}, "region": "CN-GD"}
ZHANGS = {"person": {"name": "王小明"}, "phones": ["138 0013 8000"]}
STRANGER = {"company": {"name": firm(9)}, "phones": ["13700137000"], "region": "CN-GD"}


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """On both databases: Zhang's customer by its mobile number, and Li's."""
    made = Database(new_database(TEMPLATE))
    employ(made, ZHANG, LI, WANG)
    with made.write() as session:
        session.add(TeamRow(id="south", name="华南"))
        session.get_one(RepRow, ZHANG.id).team_id = "south"
    intake = Intake(made, POLICY, IDS)
    for owner, fields in ((ZHANG, {"company": {"name": firm(0)}, "phones": ["13800138000"]}), (LI, MINE)):
        intake.register(registration(lead(**{"region": "CN-GD", "named_contact": owner.id, **fields})))
    yield made
    made.close()


def touches(database: Database) -> list[TouchRow]:
    with database.read() as session:
        return list(session.exec(select(TouchRow)))


async def send(client: httpx.AsyncClient, who: dict[str, str], *entries: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, headers=who, json={"entries": entries})


async def test_existence_not_content_numbers_and_whom_to_ask(anonymous: httpx.AsyncClient, database: Database) -> None:
    li = signed_in(database, LI.id, Role.REP)
    answer = await send(anonymous, li, STRANGER, MINE, ZHANGS, ZHANGS)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "entries": 4,
        "customers": 2,
        "own": 1,
        "ask": [{"owner": {"id": ZHANG.id, "name": "张伟"}, "team": "华南", "queue": None}],
    }
    (touch,) = touches(database)
    assert (touch.rep_id, touch.kind, touch.source, touch.data) == (LI.id, "address_book", "address_book", {})
    with database.read() as session:  # nothing is kept of anybody else
        assert len(session.exec(select(LeadRow.id)).all()) == 2


async def test_once_however_often_it_is_synchronised(anonymous: httpx.AsyncClient, database: Database) -> None:
    li = signed_in(database, LI.id, Role.REP)
    for _ in range(3):
        assert (await send(anonymous, li, ZHANGS)).status_code == 200
    assert len(touches(database)) == 1


async def test_nobody_but_the_rep_their_manager_and_operations(
    anonymous: httpx.AsyncClient, client: httpx.AsyncClient, database: Database
) -> None:
    wang = signed_in(database, WANG.id, Role.REP)
    refused = await send(anonymous, wang, ZHANGS)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:oneowner:problem:in-anothers-name")
    assert (await send(anonymous, signed_in(database, "eyes", Role.AUDITOR), ZHANGS)).status_code == 403
    assert touches(database) == []
    assert (await send(client, {}, ZHANGS)).status_code == 200
    nobody = await client.post("/v1/reps/nobody/address-book", json={"entries": [ZHANGS]})
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"entries": []}, "entries"),
        ({"entries": [ZHANGS] * 201}, "entries"),
        ({"entries": [{"region": "CN-GD"}]}, "entries.0"),
        ({"entries": [{"phones": ["no number"]}]}, "entries.0.phones.0"),
        ({"entries": [ZHANGS], "secret": 1}, "secret"),
    ],
)
async def test_what_is_no_address_book_is_refused(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == [field]


async def test_nobody_finds_customers_by_one_entry_after_the_other(
    app: FastAPI, anonymous: httpx.AsyncClient, database: Database, gateway: StandIn
) -> None:
    app.state.context = context_of(database, gateway, POLICY, address_book_limit="2/hour")
    li = signed_in(database, LI.id, Role.REP)
    answers = [(await send(anonymous, li, ZHANGS)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
