"""Leaves of reps in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, select

from domain.leave import Leave, NewLeave
from store.database import Database
from store.directory import changing, found
from store.errors import NotFound
from store.idempotency import Mark, remember
from store.keyset import page_of
from store.rows import table_of
from store.tables import LeaveRow, RepRow


def on_leave_at(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition on ``LeaveRow`` for leaves that count at an instant."""
    leave = table_of(LeaveRow).c
    return (leave.begins <= at) & (leave.ends > at) & leave.cancelled_at.is_(None)


class Leaves:
    """Reads and changes leaves. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, rep_id: str, after: Sequence[str] | None, limit: int) -> list[Leave]:
        """A rep's leaves by when they begin, and one more than asked when there are more.

        Raises:
            NotFound: when there is no such rep.
        """
        order = (col(LeaveRow.begins), col(LeaveRow.id))
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        with self._database.read() as session:
            found(session, RepRow, rep_id)
            rows = session.exec(page_of(select(LeaveRow).where(LeaveRow.rep_id == rep_id), order, last, limit))
            return [_leave(row) for row in rows]

    def enter(self, leave_id: str, rep_id: str, new: NewLeave, mark: Mark | None) -> Leave:
        """Enter a leave. The same request with the same key again finds it entered.

        Raises:
            NotFound: when there is no such rep.
            KeyReused: when the key came with another request.
        """
        with changing(self._database) as session:
            found(session, RepRow, rep_id)
            if mark is not None:
                remember(self._database, session, mark)
            row = session.get(LeaveRow, leave_id)
            if row is None:
                row = LeaveRow(id=leave_id, rep_id=rep_id, **new.model_dump())
                session.add(row)
            return _leave(row)

    def cancel(self, rep_id: str, leave_id: str) -> Leave:
        """Cancel a leave, as often as one likes. What was decided while it counted stays.

        Raises:
            NotFound: when the rep has no such leave.
        """
        with changing(self._database) as session:
            row = session.get(LeaveRow, leave_id)
            if row is None or row.rep_id != rep_id:
                raise NotFound
            row.cancelled_at = row.cancelled_at or datetime.now(UTC)
            return _leave(row)


def _leave(row: LeaveRow) -> Leave:
    return Leave(
        id=row.id, rep_id=row.rep_id, begins=row.begins, ends=row.ends, reason=row.reason, cancelled_at=row.cancelled_at
    )
