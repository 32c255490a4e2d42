"""Reports of other systems on their way: taken in once, tried until they have become something, or asked about."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from domain.ids import IdMaker
from domain.inbound.becoming import Becoming, Outcome, Reason
from domain.inbound.reported import CallEnded, CallStarted, EmailSeen, Reported
from store.database import Database
from store.errors import AlreadyExists, NotFound
from store.keyset import page_of
from store.rows import add_missing
from store.tables import InboundReportRow

LEASE = timedelta(minutes=1)
"""So long nobody else tries what one process has begun to try."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)


class State(StrEnum):
    """Where a report stands."""

    WAITING = "waiting"
    UNMATCHED = "unmatched"
    DONE = "done"


class InboundReports:
    """Keeps reports. Safe to share between threads."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._database = database
        self._ids = ids

    def take_in(self, connector_id: str, reports: Sequence[Reported], at: datetime) -> tuple[list[str], bool]:
        """Keep reports in one transaction, each once however often it comes.

        Returns:
            Their ids, and whether any of them is new.
        """
        with self._database.write() as session:
            return self.take_in_within(session, connector_id, reports, at)

    def take_in_within(
        self, session: Session, connector_id: str, reports: Sequence[Reported], at: datetime
    ) -> tuple[list[str], bool]:
        """The same, as a part of what else is written."""
        rows = {row["id"]: row for row in (self._row(connector_id, report, at) for report in reports)}
        known = set(session.exec(select(InboundReportRow.id).where(col(InboundReportRow.id).in_(rows))))
        add_missing(session, InboundReportRow, [row for id_, row in rows.items() if id_ not in known])
        return list(rows), not rows.keys() <= known

    def claim(self, at: datetime, limit: int) -> list[InboundReportRow]:
        """Reports that are due, oldest first, for this process alone to try within a minute."""
        due = select(InboundReportRow).where(
            InboundReportRow.state == State.WAITING, col(InboundReportRow.next_at) <= at
        )
        oldest = due.order_by(col(InboundReportRow.received_at), col(InboundReportRow.id)).limit(limit)
        with self._database.read() as session:
            if session.exec(oldest.limit(1)).first() is None:
                return []
        with self._database.write() as session:
            self._database.lock(session, "inbound")
            rows = list(session.exec(oldest).all())
            for row in rows:
                row.next_at, row.attempts = at + LEASE, row.attempts + 1
            session.flush()
            session.expunge_all()
        return rows

    def postpone(self, report_id: str, at: datetime) -> None:
        """Try a report again later: after a second, then ever more slowly, but at least every five minutes."""
        with self._database.write() as session:
            row = session.get_one(InboundReportRow, report_id)
            row.next_at = at + min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 16), _LONGEST_WAIT)

    def get(self, report_id: str) -> InboundReportRow:
        """One report.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _found(session, report_id)

    def unmatched(self, after: Sequence[str] | None, limit: int) -> Sequence[InboundReportRow]:
        """A page of the reports that a person must look at, newest first, and one more when there are more."""
        theirs = select(InboundReportRow).where(InboundReportRow.state == State.UNMATCHED)
        by = (col(InboundReportRow.received_at), col(InboundReportRow.id))
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        with self._database.read() as session:
            return session.exec(page_of(theirs, by, last, limit, descending=True)).all()

    def resolve(self, report_id: str, resolution: dict[str, Any], at: datetime) -> InboundReportRow:
        """Keep what a person said of a report; it is then tried by that. The same word again changes nothing.

        Raises:
            NotFound: when there is no such report.
            AlreadyExists: when it has become something, or somebody said something else.
        """
        with self._database.write() as session:
            row = _found(session, report_id, lock=True)
            if row.resolution == resolution:
                session.expunge(row)
                return row
            if row.state != State.UNMATCHED:
                raise AlreadyExists
            row.resolution, row.state, row.next_at, row.attempts = resolution, State.WAITING, at, 0
            if resolution["becomes"] == Outcome.NOTHING:
                settle(row, Becoming(Outcome.NOTHING, Reason.DISMISSED), at)
            session.flush()
            session.expunge(row)
        return row

    def _row(self, connector_id: str, report: Reported, at: datetime) -> dict[str, Any]:
        # One message is one message in whosever mailboxes it lies.
        scope = "email" if isinstance(report, EmailSeen) else connector_id
        thread = (
            self._ids.make("call", connector_id, report.thread) if isinstance(report, CallStarted | CallEnded) else None
        )
        return {
            "id": self._ids.make("inb", scope, report.kind, report.source_id),
            "connector_id": connector_id,
            "kind": report.kind,
            "thread": thread,
            "state": State.WAITING,
            "content": report.model_dump(mode="json"),
            "occurred_at": min(report.occurred_at or at, at),
            "received_at": at,
            "next_at": at,
            "attempts": 0,
            "candidates": [],
            "resolution": {},
        }


def settle(row: InboundReportRow, becoming: Becoming, at: datetime) -> None:
    """Write down what became of a report, and forget what it said unless a person must look at it."""
    unmatched = becoming.outcome is Outcome.UNMATCHED
    row.state = State.UNMATCHED if unmatched else State.DONE
    row.outcome, row.reason = becoming.outcome, becoming.reason
    row.rep_id, row.customer_id = becoming.rep_id, becoming.customer_id
    row.candidates = list(becoming.candidates)
    row.settled_at = None if unmatched else at
    if not unmatched:
        row.content = {}


def _found(session: Session, report_id: str, *, lock: bool = False) -> InboundReportRow:
    row = session.get(InboundReportRow, report_id, with_for_update=lock)
    if row is None:
        raise NotFound
    return row
