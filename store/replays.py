"""Replays as they were ordered, each with its result once it is done."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.replay import ReplayResult
from store.database import Database
from store.errors import NotFound
from store.idempotency import Mark, remember
from store.tables import ReplayRow


class OrderedReplay(BaseModel):
    """A replay as it was ordered."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    id: str
    workflow_id: str | None
    ordered_by: str
    ordered_at: datetime
    finished_at: datetime | None = None


class Replays:
    """Keeps them for ever. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, ordered: OrderedReplay, mark: Mark | None) -> OrderedReplay:
        """Write an order down before its workflow starts; a repeat finds the first one.

        Raises:
            KeyReused: when the key came with another request.
        """
        with self._database.write() as session:
            if mark is not None:
                remember(self._database, session, mark)
            row = session.get(ReplayRow, ordered.id)
            if row is None:
                row = ReplayRow(**ordered.model_dump())
                session.add(row)
            return OrderedReplay.model_validate(row)

    def keep(self, replay_id: str, result: ReplayResult, at: datetime) -> None:
        """Write down what came of a replay; the first result stays."""
        with self._database.write() as session:
            row = session.get(ReplayRow, replay_id)
            if row is not None and row.result is None:
                row.result, row.finished_at = result.model_dump(mode="json"), at

    def get(self, replay_id: str) -> tuple[OrderedReplay, ReplayResult | None]:
        """A replay, with its result when it is done.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.get(ReplayRow, replay_id)
            if row is None:
                raise NotFound
            result = None if row.result is None else ReplayResult.model_validate(row.result)
            return OrderedReplay.model_validate(row), result
