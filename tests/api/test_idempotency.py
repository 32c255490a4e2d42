"""Idempotency-Key: a retry finds what the first request did, another request is found out."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from pydantic import BaseModel
from sqlmodel import select

from api.idempotency import fingerprint, remember
from store.database import Database
from store.errors import KeyReused
from store.tables import IdempotencyRow
from tests.databases import TEMPLATE, NewDatabase

REP = {"name": "李伟", "email": "li@example.com"}
KEY = {"Idempotency-Key": "k-1"}


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    yield made
    made.close()


async def test_a_retry_is_answered_alike(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/v1/reps", json=REP, headers=KEY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len((await client.get("/v1/reps")).json()["items"]) == 1


async def test_retries_at_the_same_moment_are_one(client: httpx.AsyncClient) -> None:
    posts = (client.post("/v1/reps", json=REP | {"id": "li.wei"}, headers=KEY) for _ in range(10))
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {201}
    assert len((await client.get("/v1/reps")).json()["items"]) == 1


async def test_the_order_of_fields_is_no_difference(client: httpx.AsyncClient) -> None:
    await client.post(
        "/v1/reps", content='{"id": "a", "name": "x"}', headers=KEY | {"Content-Type": "application/json"}
    )
    again = await client.post(
        "/v1/reps", content=' {"name":"x","id":"a"}', headers=KEY | {"Content-Type": "application/json"}
    )
    assert again.status_code == 201


@pytest.mark.parametrize(("path", "body"), [("/v1/reps", {"name": "王芳"}), ("/v1/teams", {"name": "李伟"})])
async def test_the_key_with_another_request_is_422(client: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
    await client.post("/v1/reps", json={"name": "李伟"}, headers=KEY)
    response = await client.post(path, json=body, headers=KEY)
    assert (response.status_code, response.json()["type"]) == (422, "urn:oneowner:problem:idempotency-key-reused")


async def test_without_a_key_twice_is_a_conflict(client: httpx.AsyncClient) -> None:
    first = await client.post("/v1/reps", json=REP | {"id": "li.wei"})
    second = await client.post("/v1/reps", json=REP | {"id": "li.wei"})
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["type"] == "urn:oneowner:problem:already-exists"


async def test_a_conflict_stays_a_conflict_when_retried(client: httpx.AsyncClient) -> None:
    """A key that came with a refused request has done nothing, so its retry must not be taken for a success."""
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    for _ in range(2):
        response = await client.post("/v1/reps", json={"id": "li.wei", "name": "李维"}, headers=KEY)
        assert response.status_code == 409


async def test_a_refused_request_leaves_its_key_unused(client: httpx.AsyncClient, database: Database) -> None:
    response = await client.post("/v1/reps", json=REP | {"team_id": "nobody"}, headers=KEY)
    assert response.status_code == 422
    with database.read() as session:
        assert session.exec(select(IdempotencyRow)).all() == []
    assert (await client.post("/v1/reps", json=REP, headers=KEY)).status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "", "\x7f", "键".encode(), b"\xff", "a\tb"])
async def test_what_is_no_key_is_422(client: httpx.AsyncClient, key: str | bytes) -> None:
    raw = key if isinstance(key, bytes) else key.encode()
    response = await client.post("/v1/reps", json=REP, headers={b"Idempotency-Key": raw})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["Idempotency-Key"]


async def test_every_caller_has_keys_of_their_own(database: Database) -> None:
    assert not await remember(database, "a", "k", "one")
    assert not await remember(database, "b", "k", "two")
    assert await remember(database, "a", "k", "one")
    with pytest.raises(KeyReused):
        await remember(database, "a", "k", "two")


async def test_one_of_many_at_once_is_the_first(database: Database) -> None:
    assert (
        sorted(await asyncio.gather(*(remember(database, "a", "k", "one") for _ in range(20)))) == [False] + [True] * 19
    )


def test_a_fingerprint_tells_route_and_content() -> None:
    class Body(BaseModel):
        amount: Decimal
        tags: dict[str, str] = {}

    one = fingerprint("POST /a", Body(amount=Decimal("1.0"), tags={"a": "甲", "b": "乙"}))
    assert one == fingerprint("POST /a", Body(amount=Decimal("1.0"), tags={"b": "乙", "a": "甲"}))
    assert one != fingerprint("POST /b", Body(amount=Decimal("1.0"), tags={"a": "甲", "b": "乙"}))
    assert one != fingerprint("POST /a", Body(amount=Decimal("1.1"), tags={"a": "甲", "b": "乙"}))
    assert len(one) == 64
