"""Customers without an owner: how many are where, and whom of them a change of reps or of the policy concerns."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import exists, func, select, text
from sqlmodel import Session, col

from domain.assignment import Rep
from domain.ownership import Ownership, Place
from domain.policy_version import Turn
from domain.waiting import concerns, decided_otherwise
from store.database import Database
from store.policies import Policies, in_force_before
from store.rows import table_of
from store.tables import IN_QUEUE, CustomerRow, RepRegionRow, RepRow, RepVerticalRow

PAGE = 500


class QueuePage(BaseModel):
    """Some of the customers in queues that were looked at, by id."""

    model_config = ConfigDict(frozen=True)
    concerned: tuple[str, ...]
    last: str | None
    """The last one looked at; None when there are no more."""


class Queues:
    """Reads; never writes. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def counts(self, place: Place) -> dict[str, int]:
        """How many customers are in each queue, or in each pool, that is not empty."""
        counted = select(col(CustomerRow.queue), func.count()).where(col(CustomerRow.place) == place)
        with self._database.read() as session:
            rows = session.connection().execute(counted.group_by(col(CustomerRow.queue))).all()
        return {queue: count for queue, count in rows if queue is not None}

    def occupied(self) -> bool:
        """Whether anybody waits in a queue."""
        with self._database.read() as session:
            return bool(session.connection().scalar(select(exists().where(text(IN_QUEUE)).select_from(CustomerRow))))

    def concerned(self, rep_ids: Sequence[str], after: str | None, at: datetime) -> QueuePage:
        """Look at the next ``PAGE`` customers in queues after one, by id: whom of them may one of these reps be given?

        That goes by the rules in force at the given instant. What is found is asked again by each customer's own
        workflow, which alone decides.
        """
        with self._database.read() as session:
            waiting = _waiting(session, after)
            policy = self._policies.in_force(session, at)
            reps = [rep for rep in _reps(session, rep_ids) if rep.active] if waiting else []
        return _page(waiting, lambda it: any(concerns(it, rep, policy) for rep in reps))

    def concerned_by(self, turn: Turn, after: str | None, at: datetime) -> QueuePage:
        """The same for a version of the policy that came into force: for whom is it decided otherwise by now?"""
        with self._database.read() as session:
            waiting = _waiting(session, after)
            before_id, policy = in_force_before(session, turn), self._policies.in_force(session, at)
            before = before_id and self._policies.stored(session, before_id)
        return _page(waiting, lambda it: not before or decided_otherwise(it, before, policy))


def _waiting(session: Session, after: str | None) -> list[tuple[str, Ownership]]:
    """The next customers in queues, by id."""
    waiting = (
        select(col(CustomerRow.id), col(CustomerRow.ownership))
        .where(text(IN_QUEUE), col(CustomerRow.id) > (after or ""))
        .order_by(col(CustomerRow.id))
        .limit(PAGE)
    )
    return [(row.id, Ownership.model_validate(row.ownership)) for row in session.connection().execute(waiting)]


def _page(waiting: Sequence[tuple[str, Ownership]], is_concerned: Callable[[Ownership], bool]) -> QueuePage:
    concerned = tuple(customer_id for customer_id, ownership in waiting if is_concerned(ownership))
    return QueuePage(concerned=concerned, last=waiting[-1][0] if len(waiting) == PAGE else None)


def _reps(session: Session, rep_ids: Sequence[str]) -> list[Rep]:
    """Reps as far as ``concerns`` looks at them."""
    regions, verticals = (
        session.connection().execute(select(of.rep_id, value).where(of.rep_id.in_(rep_ids))).all()
        for of, value in (
            (table_of(RepRegionRow).c, table_of(RepRegionRow).c.region),
            (table_of(RepVerticalRow).c, table_of(RepVerticalRow).c.name),
        )
    )
    rep = table_of(RepRow).c
    rows = session.connection().execute(select(rep.id, rep.name, rep.active).where(rep.id.in_(rep_ids))).all()
    return [
        Rep(
            id=row.id,
            name=row.name,
            active=row.active,
            regions=tuple(region for rep_id, region in regions if rep_id == row.id),
            verticals=tuple(vertical for rep_id, vertical in verticals if rep_id == row.id),
        )
        for row in rows
    ]
