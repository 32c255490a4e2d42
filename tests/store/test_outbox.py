"""Events are passed on once, in order, and never without having happened."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from domain.event import EventKind
from domain.happening import Happening
from store.database import Database
from store.journal import record_event
from store.outbox import Outbox
from store.tables import EventRow

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Eyes:
    """A watcher who remembers, and may fail."""

    def __init__(self) -> None:
        self.seen: list[Happening] = []
        self.failing = False

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        assert session.in_transaction()
        if self.failing:
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


def test_nothing_lost_when_a_watcher_fails(database: Database) -> None:
    eyes = Eyes()
    eyes.failing = True
    outbox = Outbox(database, [eyes])
    happens(database, "event-1")
    with pytest.raises(RuntimeError):
        outbox.pass_on(5)
    eyes.failing = False
    assert outbox.pass_on(5) == 1
    assert [it.id for it in eyes.seen] == ["event-1"]


def test_what_was_taken_back_is_passed_over(database: Database) -> None:
    """Undoing an import removes events, whether they have been passed on or not."""
    eyes = Eyes()
    happens(database, "event-1", "event-2", "event-3")
    with database.write() as session:
        session.delete(session.exec(select(EventRow).where(EventRow.id == "event-2")).one())
    outbox = Outbox(database, [eyes])
    assert outbox.pass_on(5) == 3
    assert [it.id for it in eyes.seen] == ["event-1", "event-3"]
    assert not outbox.waiting()


def test_what_did_not_happen_is_not_passed_on(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        record_event(session, id="event-1", customer_id="cus_1", kind=EventKind.TOUCH_LOGGED, at=AT, actor="phone")
        raise RuntimeError("rolled back")
    assert not Outbox(database, []).waiting()
