"""Passing events on to whoever watches them: each once, in order, in one transaction with what comes of it.

Events are put into the outbox by the transaction that writes them (``store.journal``), so that none is lost and none
is told that did not happen. An event at which a watcher fails is set aside and tried again, ever more rarely, so that
the others go on; nobody gets half of what comes of it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from prometheus_client import Counter
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlmodel import Session, col, delete, or_, select

from domain.happening import Happening
from logs import log
from store.database import Database
from store.journal import EVENTS
from store.tables import EventRow, LeadEventRow, OrganisationEventRow, OutboxRow

SET_ASIDE = Counter("oneowner_outbox_set_aside", "Attempts to pass an event on at which a watcher failed.")
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Until an event that was set aside is tried again: twice as long after each failure."""

ONE_AT_A_TIME = "outbox"
"""The lock of whoever opens collision cases: the relay, and a person who reports one."""


class Watcher(Protocol):
    """Somebody who watches what happens."""

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Write what comes of some events, in order; the transaction keeps every other relay out."""


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


class Outbox:
    """The events that are still to be passed on. One per process; safe to share between threads."""

    def __init__(self, database: Database, watchers: Sequence[Watcher], now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._watchers = watchers
        self._now = now

    def pass_on(self, limit: int) -> int:
        """Show the oldest events to every watcher, and forget them; how many were dealt with.

        Args:
            limit: how many at most.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database is away; what was not passed on by then still waits.
        """
        due = self._due(limit)
        if due and self._failing(due):
            for position in due:
                if error := self._failing([position]):
                    self._set_aside(position, error)
        return len(due)

    def waiting(self) -> bool:
        """Whether any event is to be passed on now."""
        return bool(self._due(1))

    def _due(self, limit: int) -> list[int]:
        """The oldest positions that are not set aside at the moment."""
        now = or_(col(OutboxRow.retry_at).is_(None), col(OutboxRow.retry_at) <= self._now())
        oldest = select(col(OutboxRow.position)).where(now).order_by(col(OutboxRow.position)).limit(limit)
        with self._database.read() as session:
            return [position for position in session.exec(oldest) if position is not None]

    def _failing(self, positions: Sequence[int]) -> Exception | None:
        """Show these events, as far as nobody else has by now, and forget them; the error of a watcher that failed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database is away.
        """
        these = col(OutboxRow.position).in_(positions)
        try:
            with self._database.write() as session:
                self._database.lock(session, ONE_AT_A_TIME)
                rows = session.exec(select(OutboxRow).where(these).order_by(col(OutboxRow.position))).all()
                if happened := _happened(session, rows):
                    for watcher in self._watchers:
                        watcher.see(session, happened)
                    session.flush()
                session.connection().execute(delete(OutboxRow).where(these))
        except Exception as error:
            if _away(error):
                raise
            return error
        return None

    def _set_aside(self, position: int, error: Exception) -> None:
        with self._database.write() as session:
            row = session.get(OutboxRow, position, with_for_update=True)
            if row is None:
                return
            pause = min(FIRST_PAUSE * 2 ** min(row.failures, 10), LONGEST_PAUSE)
            changed = {"failures": row.failures + 1, "retry_at": self._now() + pause}
            session.connection().execute(update(OutboxRow).where(col(OutboxRow.position) == position).values(**changed))
            SET_ASIDE.inc()
            log.error("event_set_aside", event_id=row.event_id, failures=row.failures + 1, exc_info=error)


def _away(error: Exception) -> bool:
    """Whether it is the database that fails, and not a watcher at what an event says."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, DatabaseBusy | InterfaceError | OperationalError)


def _happened(session: Session, rows: Sequence[OutboxRow]) -> list[Happening]:
    """The events of these rows, but for those that were taken back with their customer (``store.import_undoing``)."""
    found: dict[tuple[str, str], EventRow | LeadEventRow | OrganisationEventRow] = {}
    for stream, model in EVENTS.items():
        ids = {row.event_id for row in rows if row.stream == stream}
        of_stream: Sequence[Any] = session.exec(select(model).where(col(model.id).in_(ids))).all() if ids else ()
        found |= {(stream, event.id): event for event in of_stream}
    waiting = ((row, found.get((row.stream, row.event_id))) for row in rows)
    return [_happening(row, event) for row, event in waiting if event is not None]  # the others were taken back


def _happening(row: OutboxRow, event: EventRow | LeadEventRow | OrganisationEventRow) -> Happening:
    told = event.model_dump()
    subject = told.get(f"{row.stream}_id", row.stream)
    known = {"decision_id": None, **told, "position": row.position, "stream": row.stream, "subject_id": subject}
    return Happening.model_validate(known)
