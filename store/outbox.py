"""Passing events on to whoever watches them: each once, in order, in one transaction with what comes of it.

Events are put into the outbox by the transaction that writes them (``store.journal``), so that none is lost and none
is told that did not happen.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlmodel import Session, col, delete, select

from domain.happening import Happening
from store.database import Database
from store.journal import CUSTOMER
from store.tables import EventRow, LeadEventRow, OutboxRow

_ONE_AT_A_TIME = "outbox"


class Watcher(Protocol):
    """Somebody who watches what happens."""

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Write what comes of some events, in order; the transaction keeps every other relay out."""


class Outbox:
    """The events that are still to be passed on. One per process; safe to share between threads."""

    def __init__(self, database: Database, watchers: Sequence[Watcher]) -> None:
        self._database = database
        self._watchers = watchers

    def pass_on(self, limit: int) -> int:
        """Show the oldest events to every watcher, and forget them; how many there were.

        Args:
            limit: how many at most.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; then nothing was passed on.
        """
        if not self.waiting():
            return 0
        with self._database.write() as session:
            self._database.lock(session, _ONE_AT_A_TIME)
            rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.position)).limit(limit)).all()
            happened = _happened(session, rows)
            for watcher in self._watchers:
                watcher.see(session, happened)
            seen = [row.position for row in rows]
            session.connection().execute(delete(OutboxRow).where(col(OutboxRow.position).in_(seen)))
            return len(rows)

    def waiting(self) -> bool:
        """Whether any event is still to be passed on."""
        with self._database.read() as session:
            return session.exec(select(OutboxRow.position).limit(1)).first() is not None


def _happened(session: Session, rows: Sequence[OutboxRow]) -> list[Happening]:
    of_customers = {row.event_id for row in rows if row.stream == CUSTOMER}
    of_leads = {row.event_id for row in rows if row.stream != CUSTOMER}
    customers = {row.id: row for row in session.exec(select(EventRow).where(col(EventRow.id).in_(of_customers)))}
    leads = {row.id: row for row in session.exec(select(LeadEventRow).where(col(LeadEventRow.id).in_(of_leads)))}
    events = [(row, (customers if row.stream == CUSTOMER else leads).get(row.event_id)) for row in rows]
    return [_happening(row, event) for row, event in events if event is not None]  # the others were taken back


def _happening(row: OutboxRow, event: EventRow | LeadEventRow) -> Happening:
    subject_id = event.customer_id if isinstance(event, EventRow) else event.lead_id
    return Happening.model_validate(
        {**event.model_dump(), "position": row.position, "stream": row.stream, "subject_id": subject_id}
    )
