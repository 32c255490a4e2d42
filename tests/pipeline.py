"""A storm of events through the whole pipeline: two relays with all watchers, and receivers that drop repeats."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlmodel import col, select

from background import watchers
from channels.attempting import DELIVERED, Outcome, again
from delivering import Delivering
from domain.delivery import Channel, State
from domain.event import EventKind
from domain.happening import Happening
from domain.kpi.fact import Measure
from store.collision_calls import CollisionCalls
from store.database import Database
from store.deliveries import Deliveries
from store.delivery_log import DeliveryLog
from store.journal import CUSTOMER, record_event
from store.outbox import Outbox
from store.rows import add
from store.tables import (
    CollisionCallRow,
    CollisionRow,
    DeliveryRow,
    EventRow,
    KpiFactRow,
    NotificationRow,
    OutboxRow,
    RepRow,
    TeamRow,
)
from tests.deliveries import endpoint
from tests.examples import BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG
from tests.store.test_detection_storm import check, prepare, storm

REPEATED = 0.3
"""Of all that is passed on so much has been passed on before."""
AT_ONCE = 50
"""Events that are written in one transaction."""
MANAGER = "chen.jing"
CASES = (EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN)


@dataclass
class Receivers:
    """Mailboxes and a system's endpoint: both fail at times after they have taken a message, and drop repeats by id."""

    random: Random
    taken: dict[str, DeliveryRow] = field(default_factory=dict)
    """What they kept, in the order in which it came."""
    dropped: int = 0

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Take a message, once."""
        await asyncio.sleep(0)
        if delivery.id in self.taken:
            self.dropped += 1
            return DELIVERED
        self.taken[delivery.id] = delivery
        return again("http_500", 500) if self.random.random() < 0.01 else DELIVERED


@dataclass(frozen=True)
class Storm:
    """What went through."""

    events: int
    """Repeats among them."""
    cases: int
    notified: int
    sent: int
    dropped: int
    relayed_in: float
    """Seconds until the last event was passed on, while they were still being written."""


async def blow(database: Database, events: int, seed: int) -> Storm:
    """Let a storm blow, and look at what it has left.

    Raises:
        AssertionError: when there is a case, a notification or a delivery too many or too few.
    """
    random = Random(seed)
    told = list(storm(random, round(events * (1 - REPEATED)), events // 7))
    prepare(database, events // 7)
    _reachable(database)
    shown = [it.happening for it in (*told, *random.choices(told, k=events - len(told)))]
    random.shuffle(shown)
    receivers, stop = Receivers(random), asyncio.Event()
    deliver = {Channel.EMAIL: receivers, Channel.WEBHOOK: receivers}
    began = perf_counter()
    async with asyncio.TaskGroup() as beside:
        for _ in range(2):
            loop = Delivering(Deliveries(database), DeliveryLog(database), deliver)
            beside.create_task(loop.run(stop))
        writing = asyncio.create_task(asyncio.to_thread(_write, database, shown))
        relays = (_relayed(database, writing) for _ in range(2))
        await asyncio.gather(writing, *relays)
        took = perf_counter() - began
        await _delivered(database)
        stop.set()
    check(database, told)
    _check_messages(database, receivers)
    with database.read() as session:
        cases = len(session.exec(select(CollisionRow.id)).all())
        notified = len(session.exec(select(NotificationRow.id)).all())
    return Storm(len(shown), cases, notified, len(receivers.taken), receivers.dropped, took)


def _reachable(database: Database) -> None:
    """A manager of all in Guangdong, addresses, and a system that wishes to hear of collisions."""
    with database.write() as session:
        session.add(RepRow(id=MANAGER, name="陈静"))
        session.add(TeamRow(id="south", name="华南", manager_id=MANAGER))
        session.flush()
        for rep_id in (ZHANG.id, LI.id, WANG.id, SMITH.id, BROWN.id, MANAGER):
            session.get_one(RepRow, rep_id).email = f"{rep_id}@example.com"
        for rep_id in (ZHANG.id, LI.id, WANG.id):
            session.get_one(RepRow, rep_id).team_id = "south"
    endpoint(database, kinds=[f"customer.{kind}" for kind in CASES])


def _write(database: Database, shown: Sequence[Happening]) -> None:
    """Events as they happen; what has happened before is put into the outbox once more."""
    known: set[str] = set()
    for first in range(0, len(shown), AT_ONCE):
        with database.write() as session:
            for it in shown[first : first + AT_ONCE]:
                if it.id in known:
                    add(session, OutboxRow, {"stream": CUSTOMER, "event_id": it.id})
                    continue
                known.add(it.id)
                record_event(
                    session,
                    id=it.id,
                    customer_id=it.subject_id,
                    kind=EventKind(it.kind),
                    at=it.at,
                    actor=it.actor,
                    data=it.data,
                )


async def _relayed(database: Database, writing: asyncio.Task[None]) -> None:
    """A relay of its own, as another process has, until everything was written and passed on."""
    outbox = Outbox(database, watchers(database, POLICY, IDS, CollisionCalls(database), can_send=False))
    while True:
        written = writing.done()
        with suppress(DatabaseBusy):
            if not await asyncio.to_thread(outbox.pass_on, 200) and written:
                return


async def _delivered(database: Database) -> None:
    """Wait until only what waits for a digest is left to send."""
    while True:
        soon = datetime.now(UTC) + timedelta(minutes=1)
        waiting = select(DeliveryRow.id).where(DeliveryRow.state == State.PENDING, DeliveryRow.next_at < soon)
        with database.read() as session:
            if session.exec(waiting).first() is None:
                return
        await asyncio.sleep(0.2)


def _check_messages(database: Database, receivers: Receivers) -> None:
    """Everybody who is to be told was told once, by each way, and an endpoint of each customer's events in order."""
    with database.read() as session:
        events = session.exec(select(EventRow).where(col(EventRow.kind).in_(CASES))).all()
        notified = session.exec(select(NotificationRow).where(col(NotificationRow.case_id).is_not(None))).all()
        counted = session.exec(select(KpiFactRow.subject_id).where(KpiFactRow.measure == Measure.COLLISION)).all()
        calls = session.exec(select(CollisionCallRow)).all()
        left = session.exec(select(OutboxRow.event_id)).all()
    told = Counter((event.id, person) for event in events for person in event.data["told"])
    assert left == []
    assert set(told.values()) == {1}
    assert Counter((it.event_id, it.rep_id) for it in notified) == told
    assert set(counted) == {event.data["case_id"] for event in events}
    assert Counter((it.event_id, it.case_id) for it in calls) == Counter((it.id, it.data["case_id"]) for it in events)
    taken = receivers.taken.values()
    mailed = [(it.event_id, it.target) for it in taken if it.channel == Channel.EMAIL and it.notification_id]
    posted = [it for it in taken if it.channel == Channel.WEBHOOK]
    assert Counter(mailed) == told
    assert Counter(it.event_id for it in posted) == Counter(event.id for event in events)
    lines: defaultdict[str | None, list[int | None]] = defaultdict(list)
    for it in posted:
        lines[it.line].append(it.position)
    assert all(positions == sorted(positions, key=lambda at: at or 0) for positions in lines.values())
