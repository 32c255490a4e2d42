"""Looking at a move before it is made: what would become of each customer. Nothing is written or locked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.assignment import Assignment, Reach, Rep
from domain.moving import NewMove, Warned, successor_of
from domain.ownership import Ownership
from domain.policy import Policy
from domain.rehearsal import Rehearsal
from store.database import Database
from store.moves import Moves
from store.rotation import reps_within
from store.tables import CustomerRow, FollowUpRow

_AT_ONCE = 500


@dataclass(frozen=True)
class Foreseen:
    """What would become of a customer."""

    customer_id: str
    name: str
    assignment: Assignment


@dataclass(frozen=True)
class Preview:
    """What a move would come to."""

    successor_id: str | None
    warnings: Sequence[Warned]
    customers: Sequence[Foreseen]


class Rehearsing:
    """Plays moves through in read transactions. Safe to share between threads."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def preview(self, rep_id: str, new: NewMove, at: datetime) -> Preview:
        """What a move would come to if it were made now and nothing else happened meanwhile.

        Raises:
            NotFound: when there is no such rep.
            Refused: ``rep_not_available`` when the rep has left.
            UnusableReference: when a region, the team, the successor or ``by`` is unknown or inactive.
        """
        with self._database.read() as session:
            rep, customer_ids, warnings = Moves(self._database, self._policy).looked_at(session, rep_id, new)
            successor_id = successor_of(new, rep.successor_id, self._policy)

            def staff(reach: Reach) -> list[Rep]:
                return reps_within(session, reach, self._policy, at)

            heirs = (successor_id, new.successor_id or rep.successor_id)
            rehearsal = Rehearsal(rep_id, new, heirs, self._policy, at, staff)
            foreseen = [
                Foreseen(row.id, row.name, step.assignment)
                for row, won_by in _in_turn(session, customer_ids)
                if (step := rehearsal.step(Ownership.model_validate(row.ownership), row.industry, won_by))
                and step.assignment
            ]
            return Preview(successor_id, warnings, foreseen)


def _in_turn(session: Session, customer_ids: Sequence[str]) -> Iterator[tuple[CustomerRow, set[str]]]:
    """Customers in this order, each with the reps who followed it up effectively."""
    for begin in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[begin : begin + _AT_ONCE]
        rows = {row.id: row for row in session.exec(select(CustomerRow).where(col(CustomerRow.id).in_(ids)))}
        won: defaultdict[str, set[str]] = defaultdict(set)
        effective = select(FollowUpRow).where(col(FollowUpRow.customer_id).in_(ids), FollowUpRow.effective)
        for follow_up in session.exec(effective):
            won[follow_up.customer_id].add(follow_up.rep_id)
        yield from ((rows[id_], won[id_]) for id_ in ids)
