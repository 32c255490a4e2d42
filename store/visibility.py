"""Who sees which customers and leads: the one condition that every statement about them passes through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, case, exists, false, or_, select, true
from sqlmodel import Session

from domain.ownership import Place
from domain.share import Access
from store.database import Database
from store.lineage import live_id
from store.rows import table_of
from store.tables import (
    ApprovalCustomerRow,
    ApprovalPersonRow,
    ApprovalRow,
    CollisionCustomerRow,
    CollisionPersonRow,
    CollisionRepRow,
    CollisionRow,
    CustomerRow,
    DecisionRow,
    LeadAskedRow,
    LeadRow,
    RepRow,
    ShareRow,
    TeamRow,
)

_customer, _lead, _asked, _rep, _team, _share = (
    table_of(model).c for model in (CustomerRow, LeadRow, LeadAskedRow, RepRow, TeamRow, ShareRow)
)
_approval, _about, _concerned = (table_of(model).c for model in (ApprovalRow, ApprovalCustomerRow, ApprovalPersonRow))
_case, _case_about, _case_rep, _case_asked = (
    table_of(model).c for model in (CollisionRow, CollisionCustomerRow, CollisionRepRow, CollisionPersonRow)
)


class Reach(IntEnum):
    """How much of a record somebody may have."""

    NOTHING = 0
    SIGHT = 1
    """That it is there and where it stands: a customer in a public pool, one's own lead about another's customer."""
    FULL = 2
    """All that is known of it, with its history."""
    CHANGE = 3


@dataclass(frozen=True)
class Viewer:
    """With whose eyes records are read."""

    person: str | None = None
    """The rep who looks; None for those who see everything."""
    tree: bool = False
    """Whether they see what the teams that they manage, and all below those, see."""
    queues: frozenset[str] = frozenset()
    """The queues that they look after."""


EVERYTHING = Viewer()
"""For sales operations, administrators, auditors, systems, and this product itself."""


@lru_cache(maxsize=1024)  # one statement may ask several times, for one and the same recursive part
def people(viewer: Viewer) -> Select[tuple[str]]:
    """The ids of the reps for whom somebody answers: themselves, and everybody in their teams and those below."""
    themselves = select(_rep.id).where(_rep.id == viewer.person)
    if not viewer.tree:
        return themselves
    tree = select(_team.id).where(_team.manager_id == viewer.person).cte("tree", recursive=True)
    tree = tree.union(select(_team.id).where(_team.parent_id == tree.c.id))
    return select(_rep.id).where(or_(_rep.id == viewer.person, _rep.team_id.in_(select(tree.c.id))))


def shared_with(viewer: Viewer, *, to_change: bool) -> ColumnElement[bool]:
    """Customers that are shared, now, with the viewer or whom they answer for: to be read or, as collaborators, to be
    changed."""
    open_now = _share.ended_at.is_(None) & (_share.expires_at > datetime.now(UTC))
    theirs = select(_share.customer_id).where(_share.rep_id.in_(people(viewer)), open_now)
    return _customer.id.in_(theirs.where(_share.access == Access.COLLABORATE) if to_change else theirs)


def customers_within(viewer: Viewer, reach: Reach) -> ColumnElement[bool]:
    """The condition on ``CustomerRow`` for customers of which a viewer may have this much."""
    if viewer.person is None:
        return true()
    theirs = _customer.owner_id.in_(people(viewer))
    if reach is Reach.CHANGE:
        return or_(theirs, shared_with(viewer, to_change=True))
    looked_after = _customer.queue.in_(viewer.queues) if viewer.queues else false()
    queued = (_customer.place == Place.QUEUE) & looked_after
    full = or_(theirs, shared_with(viewer, to_change=False), asked_about(viewer), to_settle(viewer), queued)
    return full if reach is Reach.FULL else or_(full, _customer.place == Place.POOL)


def leads_within(viewer: Viewer, reach: Reach) -> ColumnElement[bool]:
    """The condition on ``LeadRow`` for leads of which a viewer may have this much: to change one is to answer it."""
    if viewer.person is None:
        return true()
    asked = _lead.id.in_(select(_asked.lead_id).where(_asked.rep_id.in_(people(viewer))))
    if reach is Reach.CHANGE:
        return asked
    live = (_customer.merged_into.is_(None), customers_within(viewer, Reach.FULL))
    theirs = exists().where(_customer.id == _lead.customer_id, *live) | _lead.customer_id.in_(_absorbed(*live))
    full = or_(asked, theirs)
    return full if reach is Reach.FULL else or_(full, _lead.submitted_by.in_(people(viewer)))


def approvals_within(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``ApprovalRow`` for approvals that concern a viewer or whom they answer for."""
    if viewer.person is None:
        return true()
    return _approval.id.in_(select(_concerned.approval_id).where(_concerned.rep_id.in_(people(viewer))))


def asked_about(viewer: Viewer) -> ColumnElement[bool]:
    """Customers about which the viewer is to decide now: nobody can decide blindly."""
    asked = select(_concerned.approval_id).where(_concerned.rep_id == viewer.person, _concerned.asked)
    return _customer.id.in_(select(_about.customer_id).where(_about.approval_id.in_(asked)))


def collisions_within(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``CollisionRow`` for cases in which a viewer, or whom they answer for, is one of the reps or
    whose word is waited for."""
    if viewer.person is None:
        return true()
    ids = (select(of.case_id).where(of.rep_id.in_(people(viewer))) for of in (_case_rep, _case_asked))
    return or_(*(_case.id.in_(found) for found in ids))


def to_settle(viewer: Viewer) -> ColumnElement[bool]:
    """Customers of a case that the viewer is to decide now, as one of those above the reps."""
    asked = select(_case_asked.case_id).where(_case_asked.rep_id == viewer.person, _case_asked.decides)
    about = select(_case_about.customer_id).where(_case_about.case_id.in_(asked))
    row = table_of(CustomerRow).alias()
    survivors = select(row.c.merged_into).where(row.c.id.in_(about), row.c.merged_into.is_not(None))
    return or_(_customer.id.in_(about), _customer.id.in_(survivors))


def _absorbed(*live: ColumnElement[bool]) -> Select[tuple[str]]:
    """Ids of the customers for whom others stand, and those meet these conditions.

    Leads keep the id of a customer that was merged, whose row stays under the owner of then.
    """
    row = table_of(CustomerRow).alias()
    of_live = select(row.c.id).join(table_of(CustomerRow), row.c.merged_into == _customer.id)
    absorbed = of_live.where(row.c.merged_into.is_not(None), *live).cte(recursive=True)
    absorbed = absorbed.union(select(row.c.id).where(row.c.merged_into == absorbed.c.id))
    return select(absorbed.c.id)


class Visibility:
    """Says how much of one record a viewer may have. Safe to share between threads."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database = database
        self._viewer = viewer

    def customer(self, customer_id: str) -> Reach | None:
        """Of a customer, or of the one that stands for it; None when there is none."""
        with self._database.read() as session:
            return self._customer(session, customer_id)

    def lead(self, lead_id: str) -> Reach | None:
        """Of a lead; None when it is unknown here."""
        with self._database.read() as session:
            return self._lead(session, lead_id)

    def decision(self, decision_id: str) -> Reach | None:
        """Of a decision: what may be had of whom it is about; None when there is none."""
        with self._database.read() as session:
            row = session.get(DecisionRow, decision_id)
            if row is None:
                return None
            if self._viewer.person is None:
                return Reach.CHANGE
            about = self._customer(session, row.customer_id) if row.customer_id else None
            return about if about is not None else self._lead(session, row.lead_id or "") or Reach.NOTHING

    def approval(self, approval_id: str) -> Reach | None:
        """Of an approval: all of it, or nothing; None when there is none. What they may do about it, its rules say."""
        seen = case((approvals_within(self._viewer), int(Reach.CHANGE)), else_=int(Reach.NOTHING))
        with self._database.read() as session:
            row = session.connection().execute(select(seen).where(_approval.id == approval_id)).first()
        return Reach(row[0]) if row is not None else None

    def collision(self, case_id: str) -> Reach | None:
        """Of a collision case: all of it but what the customers' own visibility hides, or nothing; None when there is
        none. What they may do about it, its rules say."""
        seen = case((collisions_within(self._viewer), int(Reach.CHANGE)), else_=int(Reach.NOTHING))
        with self._database.read() as session:
            row = session.connection().execute(select(seen).where(_case.id == case_id)).first()
        return Reach(row[0]) if row is not None else None

    def seen_of(self, customer_ids: list[str]) -> set[str]:
        """Which of these live customers they may see in full."""
        statement = select(_customer.id).where(
            _customer.id.in_(customer_ids), customers_within(self._viewer, Reach.FULL)
        )
        with self._database.read() as session:
            return set(session.connection().scalars(statement))

    def acts_for(self, rep_id: str) -> bool:
        """Whether they may act in this rep's name."""
        if self._viewer.person in (None, rep_id):
            return True
        with self._database.read() as session:
            answers = people(self._viewer).where(_rep.id == rep_id)
            return session.connection().execute(answers).first() is not None

    def in_full(self, lead_ids: list[str]) -> set[str]:
        """Which of these leads they may have in full."""
        statement = select(_lead.id).where(_lead.id.in_(lead_ids), leads_within(self._viewer, Reach.FULL))
        with self._database.read() as session:
            return set(session.connection().scalars(statement))

    def _customer(self, session: Session, customer_id: str) -> Reach | None:
        reach = _reach(customers_within, self._viewer)
        row = session.connection().execute(select(reach).where(_customer.id == live_id(session, customer_id))).first()
        return Reach(row[0]) if row is not None else None

    def _lead(self, session: Session, lead_id: str) -> Reach | None:
        row = (
            session.connection().execute(select(_reach(leads_within, self._viewer)).where(_lead.id == lead_id)).first()
        )
        return Reach(row[0]) if row is not None else None


def _reach(within: Callable[[Viewer, Reach], ColumnElement[bool]], viewer: Viewer) -> ColumnElement[int]:
    """The most that a viewer may have of a row."""
    most_first = (Reach.CHANGE, Reach.FULL, Reach.SIGHT)
    return case(*((within(viewer, reach), int(reach)) for reach in most_first), else_=int(Reach.NOTHING))
