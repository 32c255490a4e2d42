"""Events drawn at random, the same for the same seed, so that nobody can be said to have chosen them."""

from datetime import datetime
from hashlib import sha256
from heapq import nsmallest

from sqlmodel import col, select

from domain.event import EventKind
from store.database import Database
from store.tables import DecisionRow, EventRow


class Sampling:
    """Draws. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draw(
        self, kind: EventKind, begins: datetime, until: datetime, count: int, seed: int
    ) -> tuple[int, list[tuple[EventRow, DecisionRow | None]]]:
        """Events of a kind, each with its decision, in the order of recording; and how many there were to draw from.

        Drawn are those for which the SHA-256 of seed and id is smallest: whoever has the ids can draw again.

        Args:
            kind: what happened.
            begins: the first instant, by when it happened.
            until: just behind the last.
            count: how many.
            seed: another one draws others.
        """
        theirs = select(EventRow.id).where(EventRow.kind == kind, col(EventRow.at) >= begins, col(EventRow.at) < until)
        with self._database.read() as session:
            ids = session.exec(theirs).all()
            drawn = nsmallest(count, ids, key=lambda it: sha256(f"{seed}:{it}".encode()).digest())
            found = select(EventRow).where(col(EventRow.id).in_(drawn)).order_by(col(EventRow.position))
            events = session.exec(found).all()
            return len(ids), [(event, session.get(DecisionRow, event.decision_id or "")) for event in events]
