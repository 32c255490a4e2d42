"""What the database knows of the archive: which runs are in it, which ought to be, which sweeps there were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, tuple_, union_all
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from store.database import Database
from store.keyset import page_of
from store.rows import add_missing, table_of
from store.tables import (
    ApprovalActRow,
    ArchivedRunRow,
    ArchiveSweepRow,
    CollisionActRow,
    EventRow,
    LeadEventRow,
)

Run = tuple[str, str]
"""The ids of a workflow and of one of its runs."""
_PAGE = 500


@dataclass(frozen=True)
class Touched:
    """A workflow that wrote something, and the last time that it did."""

    workflow_id: str
    at: datetime


class ArchivedRuns:
    """Which runs are archived. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, runs: Collection[Run]) -> set[Run]:
        """Those of these closed runs, a few hundred at most, that are in no archive yet."""
        row = table_of(ArchivedRunRow).c
        known = select_columns(row.workflow_id, row.run_id).where(tuple_(row.workflow_id, row.run_id).in_(runs))
        with self._database.read() as session:
            return set(runs) - {(found.workflow_id, found.run_id) for found in session.connection().execute(known)}

    def note(self, row: ArchivedRunRow) -> None:
        """Write down that a run is archived; what is written already stays."""
        with self._database.write() as session:
            add_missing(session, ArchivedRunRow, [row.model_dump()])

    def of_workflow(self, workflow_id: str) -> Sequence[ArchivedRunRow]:
        """A workflow's archived runs, oldest first."""
        theirs = select(ArchivedRunRow).where(ArchivedRunRow.workflow_id == workflow_id)
        with self._database.read() as session:
            return session.exec(theirs.order_by(col(ArchivedRunRow.started_at))).all()

    def page(self, after: tuple[datetime, str, str] | None, before: datetime | None = None) -> list[ArchivedRunRow]:
        """The next runs that are still in the archive, in the order in which they closed, and one more if there are.

        Args:
            after: closing time, workflow id and run id of the last one of the page before.
            before: only those that closed before.
        """
        statement = select(ArchivedRunRow).where(col(ArchivedRunRow.removed_at).is_(None))
        if before is not None:
            statement = statement.where(col(ArchivedRunRow.closed_at) < before)
        by = (col(ArchivedRunRow.closed_at), col(ArchivedRunRow.workflow_id), col(ArchivedRunRow.run_id))
        with self._database.read() as session:
            return list(session.exec(page_of(statement, by, after, _PAGE)))

    def count(self) -> int:
        """How many runs are in the archive."""
        still = select_columns(func.count()).where(table_of(ArchivedRunRow).c.removed_at.is_(None))
        with self._database.read() as session:
            return session.connection().scalar(still) or 0

    def removed(self, run: Run, at: datetime) -> None:
        """Write down that a run's history was taken out of the archive."""
        with self._database.write() as session:
            session.get_one(ArchivedRunRow, run).removed_at = at

    def unlisted(self, since: datetime) -> list[Touched]:
        """Workflows that wrote something after their last archived run, whatever Temporal lists: it lags.

        They may still run, and a customer may have been written about by others only.

        Args:
            since: what was written before is not looked at.
        """
        written = union_all(*(_written(*source, since) for source in _SOURCES)).subquery()
        last = select_columns(written.c.id, func.max(written.c.at).label("at")).group_by(written.c.id).subquery("last")
        runs = table_of(ArchivedRunRow)
        closed = (
            select_columns(runs.c.workflow_id, func.max(runs.c.closed_at).label("at"))
            .group_by(runs.c.workflow_id)
            .subquery("closed")
        )
        statement = (
            select_columns(last.c.id, last.c.at)
            .outerjoin(closed, closed.c.workflow_id == last.c.id)
            .where(closed.c.at.is_(None) | (closed.c.at < last.c.at))
        )
        with self._database.read() as session:
            return [Touched(row.id, row.at) for row in session.connection().execute(statement)]

    def swept(self, row: ArchiveSweepRow) -> None:
        """Write down that a sweep came to its end; a repeat changes nothing."""
        with self._database.write() as session:
            add_missing(session, ArchiveSweepRow, [row.model_dump()])

    def last_sweep(self) -> ArchiveSweepRow | None:
        """The sweep that began last, of those that came to their end."""
        with self._database.read() as session:
            return session.exec(select(ArchiveSweepRow).order_by(col(ArchiveSweepRow.began_at).desc())).first()


_SOURCES: Sequence[tuple[Any, Any]] = tuple(
    (table_of(model).c[name], table_of(model).c)
    for model, name in (
        (EventRow, "customer_id"),
        (LeadEventRow, "lead_id"),
        (ApprovalActRow, "approval_id"),
        (CollisionActRow, "case_id"),
    )
)
"""What workflows write, by columns whose values are workflows' ids."""


def _written(workflow_id: Any, columns: Any, since: datetime) -> Select[Any]:
    return select_columns(workflow_id.label("id"), columns.at.label("at")).where(columns.recorded_at >= since)
