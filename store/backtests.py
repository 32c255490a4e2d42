"""Back-tests as they were ordered, each with its result once it is done."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import load_only
from sqlmodel import col, select

from domain.backtest import Comparison
from store.database import Database
from store.errors import NotFound
from store.idempotency import Mark, remember
from store.keyset import page_of
from store.tables import BacktestRow


class Ordered(BaseModel):
    """A back-test as it was ordered."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    id: str
    draft: str
    """The fingerprint of the draft."""
    begins: date
    until: date
    ordered_by: str
    ordered_at: datetime
    finished_at: datetime | None = None


class Backtests:
    """Keeps them for ever, however long Temporal keeps their workflows. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, ordered: Ordered, mark: Mark | None) -> Ordered:
        """Write an order down before its workflow starts; a repeat finds the first one, with its period.

        Raises:
            KeyReused: when the key came with another request.
        """
        with self._database.write() as session:
            if mark is not None:
                remember(self._database, session, mark)
            row = session.get(BacktestRow, ordered.id)
            if row is None:
                row = BacktestRow(**ordered.model_dump())
                session.add(row)
            return Ordered.model_validate(row)

    def keep(self, backtest_id: str, result: Comparison, at: datetime) -> None:
        """Write down what came of a back-test; the first result stays."""
        with self._database.write() as session:
            row = session.get(BacktestRow, backtest_id)
            if row is not None and row.result is None:
                row.result, row.finished_at = result.model_dump(mode="json"), at
                session.add(row)

    def get(self, backtest_id: str) -> tuple[Ordered, Comparison | None]:
        """A back-test, with its result when it is done.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.get(BacktestRow, backtest_id)
            if row is None:
                raise NotFound
            result = None if row.result is None else Comparison.model_validate(row.result)
            return Ordered.model_validate(row), result

    def page(self, after: Sequence[str] | None, limit: int) -> list[Ordered]:
        """Back-tests, those ordered last first, and one more than asked when there are more."""
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        by = (col(BacktestRow.ordered_at), col(BacktestRow.id))
        without_result = select(BacktestRow).options(
            load_only(*(getattr(BacktestRow, name) for name in Ordered.model_fields))
        )
        with self._database.read() as session:
            rows = session.exec(page_of(without_result, by, last, limit, descending=True)).all()
            return [Ordered.model_validate(row) for row in rows]
