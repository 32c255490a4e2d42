"""The delivery loop: nothing lost, nothing blocked, in order per customer, with receivers and a database that fail."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy.exc import OperationalError

import delivering
from channels import connecting
from channels.attempting import DELIVERED, Deliver, Outcome, again
from channels.connecting import Http
from channels.webhook import WebhookChannel
from delivering import Delivering
from domain.delivery import Attempt, Channel
from store.database import Database
from store.deliveries import AT_ONCE, Deliveries
from store.delivery_log import KEEP, DeliveryLog
from store.tables import DeliveryRow
from store.webhooks import Endpoints
from tests.deliveries import SEAL, attempts, deliveries, endpoint, happens, message, states, the_endpoint
from tests.receivers import Receiver, after, answers, half_closes, receiving, writes

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "PAUSE", 0.02)
    monkeypatch.setattr(delivering, "PAUSE_WHEN_BUSY", 0.0)
    monkeypatch.setattr(delivering, "PAUSE_AFTER_FAILURE", 0.05)
    monkeypatch.setattr(delivering, "PATIENCE_AT_STOP", 0.3)


@asynccontextmanager
async def loop(database: Database, channels: Mapping[Channel, Deliver]) -> AsyncIterator[Delivering]:
    """A loop that runs, and stops as a worker's does."""
    stop = asyncio.Event()
    made = Delivering(Deliveries(database), DeliveryLog(database), channels)
    task = asyncio.create_task(made.run(stop))
    try:
        yield made
    finally:
        stop.set()
        await task


async def until(done: object, seconds: float = 20.0) -> None:
    """Wait until something is so."""
    deadline = monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert monotonic() < deadline, "it took too long"
        await asyncio.sleep(0.02)


def over(database: Database, state: str = "delivered") -> bool:
    return set(states(database).values()) == {state}


class Recorder:
    """A channel that takes its time, and goes wrong as a test wants."""

    def __init__(self, *outcomes: Outcome | Exception, seconds: float = 0.0) -> None:
        self.outcomes, self.seconds = [*outcomes], seconds
        self.seen: list[str] = []

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        self.seen.append(delivery.event_id)
        await asyncio.sleep(self.seconds)
        outcome = self.outcomes.pop(0) if self.outcomes else DELIVERED
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def webhooks(database: Database, http: Http) -> dict[Channel, Deliver]:
    return {Channel.WEBHOOK: WebhookChannel(Endpoints(database), http, SEAL, "/oneowner")}


async def test_nothing_lost_and_in_order_per_customer_by_two_loops(database: Database) -> None:
    async with receiving(after(0.005, answers(200))) as receiver, Http(private=True) as http:
        endpoint(database, url=receiver.url)
        happens(database, *((f"{number:03}", f"cus_{number % 7}") for number in range(100)))
        async with loop(database, webhooks(database, http)), loop(database, webhooks(database, http)):
            await until(lambda: over(database))
    order: dict[str, list[str]] = defaultdict(list)
    for it in receiver.received:
        event = json.loads(it.body)
        order[event["subject"]].append(event["id"])
    assert all(ids == sorted(ids) for ids in order.values())
    assert sum(map(len, order.values())) == 100, "once, as long as nobody dies"
    assert receiver.most_at_once <= AT_ONCE[Channel.WEBHOOK] * 2


async def test_receivers_that_are_slow_down_or_mad_block_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "TOTAL_SECONDS", 40.0)  # the machine may be busy
    async with (
        receiving(after(60, answers(200))) as slow,
        receiving(answers(500)) as broken,
        receiving(answers(429, Retry_After="3600")) as busy,
        receiving(answers(410)) as gone,
        receiving(answers(302, Location="http://169.254.169.254/")) as astray,
        receiving(half_closes) as mute,
        receiving(writes(b"nonsense")) as mad,
        receiving(answers(200, b"m" * 2**20)) as chatty,
        receiving(answers(200)) as fine,
        Http(private=True) as http,
    ):
        bad = {"slow": slow, "broken": broken, "busy": busy, "gone": gone, "astray": astray, "mute": mute, "mad": mad}
        for name, receiver in {**bad, "chatty": chatty, "fine": fine}.items():
            endpoint(database, f"whk_{name}", receiver.url)
        endpoint(database, "whk_down", "http://127.0.0.1:9/")
        happens(database, *((f"e{number}", f"cus_{number}") for number in range(40)))
        async with loop(database, webhooks(database, http)):
            await until(lambda: len(fine.received) == 40 and len(chatty.received) == 40, seconds=35)
            assert slow.open_now == len(slow.received) == AT_ONCE[Channel.WEBHOOK], "its first attempts still go on"
    assert len(busy.received) <= AT_ONCE[Channel.WEBHOOK], "it asked for an hour's patience"
    assert the_endpoint(database, "whk_gone").disabled_because == "gone"
    by_target = defaultdict(set)
    for row in deliveries(database):
        by_target[row.target].add(row.state)
    assert by_target["whk_fine"] == by_target["whk_chatty"] == {"delivered"}
    assert by_target["whk_gone"] == {"parked"}
    assert all(by_target[f"whk_{name}"] == {"pending"} for name in (*bad, "down") if name != "gone"), "nothing lost"


async def test_an_endpoint_that_fails_once_gets_the_same_again(database: Database) -> None:
    async with receiving(answers(200)) as receiver, Http(private=True) as http:
        receiver.turns.append(answers(503))
        endpoint(database, url=receiver.url)
        happens(database, ("e1", "cus_1"))
        async with loop(database, webhooks(database, http)):
            await until(lambda: len(receiver.received) == 1)
            await until(lambda: len(attempts(database)) == 1)
            row = deliveries(database)[0]
            DeliveryLog(database).replay("whk_crm", row.id, LONG_AGO)  # rather than wait for five seconds
            await until(lambda: over(database))
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


async def test_a_stop_lets_what_is_under_way_come_to_an_end(database: Database) -> None:
    channel = Recorder(seconds=0.2)
    message(database, Channel.EMAIL, 1)
    async with loop(database, {Channel.EMAIL: channel}):
        await until(lambda: channel.seen)
    assert over(database)


async def test_what_does_not_end_in_time_is_delivered_again_by_another(database: Database) -> None:
    message(database, Channel.EMAIL, 1)
    slow = Recorder(seconds=60)
    began = monotonic()
    async with loop(database, {Channel.EMAIL: slow}):
        await until(lambda: slow.seen)
    assert monotonic() - began < 5
    assert states(database) == {"e1": "pending"}
    assert attempts(database) == []
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert [row.event_id for row in Deliveries(database).take(later)] == ["e1"]


async def test_a_mistake_of_ours_is_one_messages_trouble(database: Database) -> None:
    message(database, Channel.EMAIL, 1, "li.na")
    message(database, Channel.EMAIL, 2, "zhang.wei")
    channel = Recorder(RuntimeError("a mistake"))
    async with loop(database, {Channel.EMAIL: channel}):
        await until(lambda: len(attempts(database)) == 2)
    assert sorted(states(database).values()) == ["delivered", "pending"]
    assert {row.last_error for row in deliveries(database)} == {"internal", None}


async def test_a_database_that_fails_under_an_attempt_is_not_the_receivers_fault(database: Database) -> None:
    message(database, Channel.EMAIL, 1)
    channel = Recorder(OperationalError("statement", {}, Exception("away")))
    async with loop(database, {Channel.EMAIL: channel}):
        await until(lambda: channel.seen)
        await asyncio.sleep(0.1)
    assert attempts(database) == []
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert [row.event_id for row in Deliveries(database).take(later)] == ["e1"]


async def test_an_attempt_never_outlasts_its_lease(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "ATTEMPT_SECONDS", 0.1)
    message(database, Channel.CHAT, 1)
    async with loop(database, {Channel.CHAT: Recorder(seconds=60)}):
        await until(lambda: attempts(database))
    assert attempts(database)[0].error == "timeout"


class Failing(Deliveries):
    """A database that is away for a time."""

    away = True
    failures = 0

    def _check(self) -> None:
        if self.away:
            self.failures += 1
            raise OperationalError("statement", {}, Exception("away"))

    def settle(self, done: Mapping[int, Attempt]) -> None:
        self._check()
        super().settle(done)


async def test_a_database_that_is_down_is_waited_for_and_what_was_delivered_meanwhile_is_kept(
    database: Database,
) -> None:
    message(database, Channel.EMAIL, 1)
    channel, failing, stop = Recorder(), Failing(database), asyncio.Event()
    task = asyncio.create_task(Delivering(failing, DeliveryLog(database), {Channel.EMAIL: channel}).run(stop))
    await until(lambda: failing.failures >= 3)
    assert states(database) == {"e1": "pending"}
    failing.away = False
    await until(lambda: over(database))
    stop.set()
    await task
    assert channel.seen == ["e1"], "once: it was not delivered again meanwhile"


async def test_what_is_over_is_forgotten_after_a_month(database: Database) -> None:
    endpoint(database)
    happens(database, ("old", "cus_1"), ("new", "cus_2"))
    log = DeliveryLog(database)
    for row in deliveries(database):
        Deliveries(database).settle({row.position or 0: Attempt(again("x").result, LONG_AGO, timedelta(0))})
    assert log.forget(datetime.now(UTC) + timedelta(days=1)) == 0, "what waits is never forgotten"
    for row in deliveries(database):
        Deliveries(database).settle({row.position or 0: Attempt(DELIVERED.result, LONG_AGO, timedelta(0))})
    assert log.forget(datetime.now(UTC) - KEEP) == 0
    assert log.forget(datetime.now(UTC) + timedelta(days=1)) == 2
    assert (deliveries(database), attempts(database)) == ([], [])


async def test_the_backlog_is_counted_by_channel(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"), ("e2", "cus_2"))
    message(database, Channel.EMAIL, 3, at=LONG_AGO)
    counted = {it.channel: it for it in DeliveryLog(database).backlog()}
    assert {name: it.waiting for name, it in counted.items()} == {"webhook": 2, "email": 1}
    assert counted["email"].oldest == LONG_AGO


def test_receivers_are_what_they_seem() -> None:
    assert Receiver(answers(200), 81).url == "http://127.0.0.1:81/hook"
