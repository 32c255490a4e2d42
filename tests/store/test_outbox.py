"""Events are passed on once, in order, and never without having happened."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from domain.event import EventKind
from domain.happening import Happening
from store.database import Database
from store.journal import record_event
from store.outbox import FIRST_PAUSE, LONGEST_PAUSE, SET_ASIDE, Outbox
from store.tables import EventRow, OutboxRow
from tests.auditing import remove

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Eyes:
    """A watcher who remembers, and may fail."""

    def __init__(self) -> None:
        self.seen: list[Happening] = []
        self.failing = False
        self.blind_to: set[str] = set()

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        assert session.in_transaction()
        if self.failing:
            raise OperationalError("select", {}, Exception("no database"))
        if self.blind_to & {it.id for it in happened}:
            raise RuntimeError("blind")
        self.seen.extend(happened)


def happens(database: Database, *ids: str) -> None:
    """Let a customer be touched."""
    with database.write() as session:
        for id_ in ids:
            record_event(session, id=id_, customer_id="cus_1", kind=EventKind.TOUCH_LOGGED, at=AT, actor="phone")


def test_nothing_lost_and_once_in_order(database: Database) -> None:
    eyes = Eyes()
    outbox = Outbox(database, [eyes])
    happens(database, *(f"event-{number:02}" for number in range(12)))
    assert [outbox.pass_on(5) for _ in range(4)] == [5, 5, 2, 0]
    assert [it.id for it in eyes.seen] == [f"event-{number:02}" for number in range(12)]
    assert {(it.subject_id, it.stream, it.at) for it in eyes.seen} == {("cus_1", "customer", AT)}


def test_nothing_lost_when_the_database_fails(database: Database) -> None:
    eyes = Eyes()
    eyes.failing = True
    outbox = Outbox(database, [eyes])
    happens(database, "event-1")
    with pytest.raises(OperationalError):
        outbox.pass_on(5)
    eyes.failing = False
    assert outbox.pass_on(5) == 1
    assert [it.id for it in eyes.seen] == ["event-1"]


def test_what_was_taken_back_is_passed_over(database: Database) -> None:
    """Undoing an import removes events, whether they have been passed on or not."""
    eyes = Eyes()
    happens(database, "event-1", "event-2", "event-3")
    with database.write() as session:
        remove(session, "event-2")
    outbox = Outbox(database, [eyes])
    assert outbox.pass_on(5) == 3
    assert [it.id for it in eyes.seen] == ["event-1", "event-3"]
    assert not outbox.waiting()


def test_what_did_not_happen_is_not_passed_on(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        record_event(session, id="event-1", customer_id="cus_1", kind=EventKind.TOUCH_LOGGED, at=AT, actor="phone")
        raise RuntimeError("rolled back")
    assert not Outbox(database, []).waiting()


class Hands:
    """Another watcher, who writes something of each event."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        for it in happened:
            record_event(session, id=f"of:{it.id}", customer_id="cus_2", kind=EventKind.QUEUED, at=AT, actor="system")


def test_nothing_lost_an_event_at_which_a_watcher_fails_is_set_aside_and_tried_again(database: Database) -> None:
    eyes, now, failed = Eyes(), [AT], SET_ASIDE._value.get()
    eyes.blind_to = {"event-1"}
    outbox = Outbox(database, [eyes], lambda: now[0])
    happens(database, "event-0", "event-1", "event-2")
    assert outbox.pass_on(5) == 3
    assert [it.id for it in eyes.seen] == ["event-0", "event-2"]
    assert not outbox.waiting()
    now[0] += FIRST_PAUSE
    assert outbox.pass_on(5) == 1  # fails again, and waits twice as long
    now[0] += FIRST_PAUSE
    assert outbox.pass_on(5) == 0
    assert SET_ASIDE._value.get() == failed + 2
    eyes.blind_to.clear()
    now[0] += FIRST_PAUSE
    assert outbox.pass_on(5) == 1
    assert [it.id for it in eyes.seen] == ["event-0", "event-2", "event-1"]


def test_an_event_that_stays_poison_is_tried_once_an_hour(database: Database) -> None:
    eyes, now = Eyes(), [AT]
    eyes.blind_to = {"event-1"}
    outbox = Outbox(database, [eyes], lambda: now[0])
    happens(database, "event-1")
    for _ in range(20):
        outbox.pass_on(5)
        now[0] += LONGEST_PAUSE
    with database.read() as session:
        (row,) = session.exec(select(OutboxRow))
        assert row.failures == 20
        assert row.retry_at is not None
        assert row.retry_at - now[0] <= timedelta()


def test_nothing_half_told_when_a_later_watcher_fails(database: Database) -> None:
    eyes = Eyes()
    eyes.blind_to = {"event-1"}
    outbox = Outbox(database, [Hands(), eyes], lambda: AT)
    happens(database, "event-1", "event-2")
    outbox.pass_on(5)
    with database.read() as session:
        assert set(session.exec(select(EventRow.id).where(EventRow.customer_id == "cus_2"))) == {"of:event-2"}


def test_an_event_that_was_taken_back_with_its_customer_stops_nobody(database: Database) -> None:
    eyes = Eyes()
    outbox = Outbox(database, [eyes])
    happens(database, "event-1", "event-2")
    with database.write() as session:
        remove(session, "event-1")
    assert outbox.pass_on(5) == 2
    assert [it.id for it in eyes.seen] == ["event-2"]
    assert not outbox.waiting()
