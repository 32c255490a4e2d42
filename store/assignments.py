"""Every assignment that a customer ever had, with the decision that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from domain.event import APART_FROM_OWNERSHIP
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.tables import CustomerRow, DecisionRow, EventRow


@dataclass(frozen=True)
class Assigned:
    """What happened, and the decision behind it."""

    event: EventRow
    decision: DecisionRow


class Assignments:
    """Reads. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, customer_id: str, after: int | None, limit: int) -> list[Assigned]:
        """A page of a customer's assignments, oldest first, and one more than asked when there are more.

        Raises:
            NotFound: when there is no such customer.
        """
        statement = select(EventRow).where(
            EventRow.customer_id == customer_id,
            col(EventRow.kind).not_in(APART_FROM_OWNERSHIP),
            EventRow.decision_id != None,  # noqa: E711
        )
        by = (col(EventRow.position),)
        with self._database.read() as session:
            if session.get(CustomerRow, customer_id) is None:
                raise NotFound
            events: Sequence[EventRow] = session.exec(
                page_of(statement, by, None if after is None else (after,), limit)
            ).all()
            ids = [event.decision_id for event in events]
            rows = session.exec(select(DecisionRow).where(col(DecisionRow.id).in_(ids)))
            decisions = {row.id: row for row in rows}
        return [Assigned(event, decisions[event.decision_id]) for event in events if event.decision_id]
