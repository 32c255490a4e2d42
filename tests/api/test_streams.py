"""Event streams over real connections: soon, in order, once, without a gap after a break; and they end in time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from sqlmodel import col, update

from api import streams
from api.server import Server
from api.streams import Streams
from domain.event import EventKind
from domain.role import Role
from store.database import Database
from store.rows import add
from store.tables import CustomerRow, NotificationRow, RepRow, UserRow
from tests.api.test_notifications import happens, received
from tests.approvals import staff
from tests.store.test_notifying import customer
from tests.tokens import ISSUER, signed_in

STREAM = "/v1/notifications/stream"
Message = dict[str, Any]


@pytest.fixture
def headers(app: FastAPI, database: Database) -> dict[str, str]:
    staff(database)
    with database.write() as session:
        add(session, CustomerRow, customer("cus_0", "li.wei"))
    return {**signed_in(database, "li.wei", Role.REP), "Accept-Language": "zh-CN"}


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real server on loopback."""
    server = Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=30))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        app.state.stop = lambda: setattr(server, "should_exit", True)
        yield client
    server.should_exit = True
    async with asyncio.timeout(10):
        await serving


async def read(response: httpx.Response) -> AsyncIterator[Message]:
    """The messages of a stream, comments among them."""
    message: Message = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if not line:
            yield message
            message = {}
        elif line.startswith(":"):
            message["comment"] = line
        else:
            message[name] = json.loads(value) if name == "data" else value


@asynccontextmanager
async def listening(
    http: httpx.AsyncClient, headers: dict[str, str], last: str | None = None
) -> AsyncIterator[AsyncIterator[Message]]:
    """An open stream; ``last`` is the id of the last message that its reader has."""
    sent = {**headers, "Last-Event-ID": last} if last is not None else headers
    async with http.stream("GET", STREAM, headers=sent) as response, aclosing(read(response)) as messages:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield messages


async def some(messages: AsyncIterator[Message], count: int) -> list[Message]:
    """The next messages, which must come within seconds."""
    async with asyncio.timeout(20):
        return [await anext(messages) for _ in range(count)]


async def test_what_happens_is_heard_at_once_in_ones_language(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    happens(database, received(0))
    async with listening(http, headers) as messages:
        (ready,) = await some(messages, 1)
        assert (ready["event"], ready["data"]["unread"]["total"]) == ("ready", 1)
        happens(database, received(1), ("event-x", EventKind.QUEUE_OVERDUE, {"told": "xu.na"}), received(2))
        heard = await some(messages, 2)
        assert [it["data"]["event_id"] for it in heard] == ["event-1", "event-2"]
        assert heard[0]["event"] == "notification"
        assert heard[0]["data"]["subject"] == "客户又有新线索：远航cus_0"
        assert [it["id"] for it in heard] == [str(it["data"]["position"]) for it in heard]


async def test_nothing_lost_and_once_over_any_number_of_breaks(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    heard: list[str] = []
    async with listening(http, headers) as messages:
        last = (await some(messages, 1))[0]["id"]
    for round_ in range(6):
        happens(database, *map(received, range(round_ * 20, round_ * 20 + 10)))
        async with listening(http, headers, last) as messages:
            await some(messages, 1)
            happens(database, *map(received, range(round_ * 20 + 10, round_ * 20 + 20)))
            for message in await some(messages, 20 - round_):  # the others are left for the next time
                heard.append(message["data"]["event_id"])
                last = message["id"]
    async with listening(http, headers, last) as messages:
        await some(messages, 1)
        heard += [message["data"]["event_id"] for message in await some(messages, sum(range(6)))]
    assert heard == [f"event-{number}" for number in range(120)]


async def test_who_was_away_for_long_hears_all_of_it_in_order(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 7)
    happens(database, *map(received, range(100)))
    async with listening(http, headers, "0") as messages:
        await some(messages, 1)
        heard = await some(messages, 100)
        happens(database, received(100))
        heard += await some(messages, 1)
    assert [it["data"]["event_id"] for it in heard] == [f"event-{number}" for number in range(101)]


async def test_two_streams_of_one_person_and_one_of_another(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    other = signed_in(database, "xu.na", Role.REP)
    async with listening(http, headers) as one, listening(http, headers) as two, listening(http, other) as hers:
        for messages in (one, two, hers):
            await some(messages, 1)
        happens(database, received(0), ("event-1", EventKind.SHARE_GRANTED, {"owner_id": "li.wei", "rep_id": "xu.na"}))
        assert [it["data"]["kind"] for it in await some(one, 2)] == ["lead_received", "customer_shared"]
        assert [it["data"]["kind"] for it in await some(two, 2)] == ["lead_received", "customer_shared"]
        assert [it["data"]["kind"] for it in await some(hers, 1)] == ["share_granted"]


async def test_silence_is_broken_by_a_heartbeat(
    http: httpx.AsyncClient, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.1)
    async with listening(http, headers) as messages:
        _, first, second = await some(messages, 3)
        assert "comment" in first
        assert "comment" in second


def _leaves(database: Database) -> None:
    with database.write() as session:
        session.exec(update(RepRow).where(col(RepRow.id) == "li.wei").values(active=False))


def _gets_another_role(database: Database) -> None:
    with database.write() as session:
        session.exec(update(UserRow).where(col(UserRow.id) == "li.wei").values(role=Role.MANAGER))


def _gets_another_password(database: Database) -> None:
    with database.write() as session:
        session.exec(update(UserRow).where(col(UserRow.id) == "li.wei").values(valid_from=datetime.now(UTC)))


@pytest.mark.parametrize("change", [_leaves, _gets_another_role, _gets_another_password])
async def test_a_stream_ends_when_its_person_would_not_be_let_in_any_more(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    monkeypatch.setattr(streams, "SWEEP_SECONDS", 0.1)
    async with listening(http, headers) as messages:
        await some(messages, 1)
        change(database)
        async with asyncio.timeout(10):
            assert [it async for it in messages] == []


async def test_a_stream_ends_with_its_token(
    http: httpx.AsyncClient, headers: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SWEEP_SECONDS", 0.1)
    issued = datetime.now(UTC) - ISSUER.lifetime + timedelta(seconds=2)
    with database.write() as session:
        session.exec(update(UserRow).where(col(UserRow.id) == "li.wei").values(valid_from=issued))
    short = {"Authorization": f"Bearer {ISSUER.issue('li.wei', issued)}"}
    async with listening(http, short) as messages:
        await some(messages, 1)
        async with asyncio.timeout(10):
            assert [it async for it in messages] == []


async def test_streams_end_when_the_process_stops(
    app: FastAPI, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Long before the patience of the server, which lets requests finish, is over; and none begins any more."""
    async with listening(http, headers) as messages:
        await some(messages, 1)
        app.state.stop()
        async with asyncio.timeout(5):
            assert [it async for it in messages] == []
    late = await app.state.context.streams.open("li.wei", None, None)
    assert await app.state.context.streams.next(late) is None


async def test_who_leaves_is_forgotten_and_nobody_polls_for_nobody(
    app: FastAPI, http: httpx.AsyncClient, headers: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.1)
    held: Streams = app.state.context.streams
    async with listening(http, headers) as messages:
        await some(messages, 1)
        assert len(held) == 1
    async with asyncio.timeout(10):
        while len(held) or held._poller:
            await asyncio.sleep(0.05)
    happens(database, received(0))
    async with listening(http, headers, "0") as messages:
        assert [it.get("event") for it in await some(messages, 2)] == ["ready", "notification"]


async def test_a_slow_reader_holds_nothing_but_a_page(database: Database, headers: dict[str, str]) -> None:
    """A stream that is not read keeps no messages: what it missed comes page by page out of the database."""
    held = Streams(database)
    listener = await held.open("li.wei", None, None)
    try:
        for batch in range(12):
            happens(database, *map(received, range(batch * 200, batch * 200 + 200)))
            await asyncio.sleep(0.3)
        async with asyncio.timeout(10):
            while held._newest < 2400:
                await asyncio.sleep(0.05)
        assert len(held._recent) == streams.RECENT
        heard: list[NotificationRow] = []
        while len(heard) < 2400:
            rows = await held.next(listener)
            assert rows
            assert len(rows) <= streams.PAGE
            heard += rows
        assert [it.event_id for it in heard] == [f"event-{number}" for number in range(2400)]
    finally:
        held.leave(listener)


async def test_a_database_that_is_away_is_waited_for(
    http: httpx.AsyncClient, headers: dict[str, str], app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAUSE_AFTER_FAILURE", 0.1)
    async with listening(http, headers) as messages:
        await some(messages, 1)
        notifications = app.state.context.streams._notifications
        really, failures = notifications.since, [3]

        def since(*args: Any) -> Any:
            if failures[0]:
                failures[0] -= 1
                raise OperationalError("select", {}, Exception("away"))
            return really(*args)

        monkeypatch.setattr(notifications, "since", since)
        happens(database, received(0))
        assert (await some(messages, 1))[0]["data"]["event_id"] == "event-0"


@pytest.mark.parametrize("last", ["-1", "abc", "9" * 30], ids=["negative", "no number", "too large"])
async def test_a_last_id_that_never_was_one_is_refused(
    http: httpx.AsyncClient, headers: dict[str, str], last: str
) -> None:
    response = await http.get(STREAM, headers={**headers, "Last-Event-ID": last})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "last-event-id"
