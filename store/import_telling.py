"""Whom loaded lines of an import still concern: workflows that must watch a clock, decide, or look again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select

from domain.importing.batch import Batch
from domain.importing.effect import Effect
from store.database import Database
from store.import_loading import LOADED, TOLD
from store.rows import table_of
from store.tables import ImportLineRow, ImportRow

AT_ONCE = 50


@dataclass(frozen=True)
class ToTell:
    """A loaded line with its customer and what it did."""

    line: int
    customer_id: str
    effect: Effect


class Telling:
    """One per process; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next(self, batch: Batch) -> Sequence[ToTell]:
        """The next lines that somebody must be told of, ``AT_ONCE`` at most."""
        with self._database.read() as session:
            row = session.get_one(ImportRow, batch.import_id)
            lines = session.exec(
                select(ImportLineRow)
                .filter_by(import_id=row.id, analysis=row.analysis, state=LOADED)
                .order_by(col(ImportLineRow.line))
                .limit(AT_ONCE)
            ).all()
            return [ToTell(line.line, line.customer_id or "", Effect.model_validate(line.effect)) for line in lines]

    def told(self, batch: Batch, lines: Collection[int]) -> None:
        """Write down that everybody knows of these lines."""
        table = table_of(ImportLineRow)
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id)
            own = (table.c.import_id == row.id) & (table.c.analysis == row.analysis) & table.c.line.in_(lines)
            session.connection().execute(update(table).where(own, table.c.state == LOADED).values(state=TOLD))
