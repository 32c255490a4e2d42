"""What few events need to be looked at with: leads that wait, the group, trade shows, earlier contacts, merges."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from domain.collision.scene import CONTACTS, Contact, Known, Merger, Met, Review
from domain.event import EventKind
from domain.happening import Happening
from domain.lead import Lead
from domain.policy import KeyKind
from domain.profile import Profile
from store.grouping import group_members
from store.identity_index import held_by
from store.lineage import family
from store.merging import Half
from store.tables import CustomerRow, EventRow, FollowUpRow, IdentityKeyRow, LeadRow, MergeRow, TouchRow

WARNINGS = (EventKind.FOLLOW_UP_WARNING, EventKind.FOLLOW_UP_ESCALATED)
_MOST = 200
"""Of leads or contacts that belong together so many of the latest are looked at."""


def reviews_of(session: Session, lead_ids: Sequence[str]) -> dict[str, Review]:
    """Those of these leads that still wait for a person."""
    waiting = select(LeadRow).where(col(LeadRow.id).in_(lead_ids), col(LeadRow.settled_at).is_(None))
    return {row.id: _review(row) for row in session.exec(waiting)} if lead_ids else {}


def reviews_beside(session: Session, review: Review) -> tuple[Review, ...]:
    """Other leads that wait and hold one of its keys. That of the domain is left out: a whole group shares it."""
    mine, theirs = aliased(IdentityKeyRow), aliased(IdentityKeyRow)
    shared = (
        select(col(theirs.holder), col(theirs.kind))
        .join(mine, (col(mine.kind) == col(theirs.kind)) & (col(mine.value) == col(theirs.value)))
        .where(
            mine.holder == review.lead_id,
            theirs.holder != review.lead_id,
            col(theirs.waiting),
            theirs.kind != KeyKind.DOMAIN,
        )
        .order_by(col(theirs.holder), col(theirs.kind))
        .limit(_MOST)
    )
    kinds: dict[str, list[str]] = {}
    for holder, kind in session.exec(shared):
        kinds.setdefault(holder, []).append(kind)
    rows = select(LeadRow).where(col(LeadRow.id).in_(list(kinds)), col(LeadRow.settled_at).is_(None))
    found = session.exec(rows.order_by(col(LeadRow.received_at), LeadRow.id))
    return tuple(_review(row, tuple(kinds[row.id])) for row in found)


def _review(row: LeadRow, shares: tuple[str, ...] = ()) -> Review:
    lead = Lead.model_validate(row.lead)
    reps = (lead.submitted_by, lead.show.contact if lead.show else None)
    candidates = (it["id"] for it in row.settlement["answer"]["candidates"])
    return Review(
        lead_id=row.id,
        reps=tuple(dict.fromkeys(rep_id for rep_id in reps if rep_id)),
        candidates=tuple(id_ for id_ in candidates if id_.startswith("cus_")),
        shares=shares,
    )


def group_of(session: Session, customer: Known) -> tuple[Known, ...]:
    """Owned customers of the same group."""
    profile = Profile.model_validate(session.get_one(CustomerRow, customer.id).profile)
    members = group_members(session, profile.company, held_by(session, customer.id), but=customer.id)
    return tuple(Known(it) for it in members if it.owner_id is not None)


def shows_of(session: Session, customer: Known, happened: Happening) -> tuple[Met, ...]:
    """The customer's leads from trade shows, when one has come from one."""
    if "show" not in happened.data:
        return ()
    theirs = select(LeadRow.id, LeadRow.lead).where(col(LeadRow.customer_id).in_(family(session, customer.id)))
    rows = session.exec(theirs.order_by(col(LeadRow.received_at).desc(), LeadRow.id).limit(_MOST)).all()
    leads = ((id_, Lead.model_validate(lead)) for id_, lead in rows)
    return tuple(Met(id_, it.show.name, it.show.date, it.show.contact) for id_, it in leads if it.show)


def contacts_of(session: Session, customer: Known, happened: Happening, days: int) -> tuple[Contact, ...]:
    """Who was in touch with a customer in so many days before its owner was warned."""
    if happened.kind not in WARNINGS:
        return ()
    ids, since = family(session, customer.id), happened.at - timedelta(days=days)
    touches = select(TouchRow.id, TouchRow.rep_id, TouchRow.occurred_at).where(
        col(TouchRow.customer_id).in_(ids), TouchRow.occurred_at >= since, col(TouchRow.kind).in_(CONTACTS)
    )
    follow_ups = select(FollowUpRow.id, FollowUpRow.rep_id, FollowUpRow.occurred_at).where(
        col(FollowUpRow.customer_id).in_(ids), FollowUpRow.occurred_at >= since, col(FollowUpRow.kind).in_(CONTACTS)
    )
    latest_touches = session.exec(touches.order_by(col(TouchRow.occurred_at).desc()).limit(_MOST)).all()
    latest_follow_ups = session.exec(follow_ups.order_by(col(FollowUpRow.occurred_at).desc()).limit(_MOST)).all()
    found = (*latest_touches, *latest_follow_ups)
    contacts = (Contact(id_, rep_id, at) for id_, rep_id, at in found if rep_id is not None and at <= happened.at)
    return tuple(sorted(contacts, key=lambda it: (it.at, it.id)))


def was_warned(session: Session, customer: Known, happened: Happening) -> bool:
    """Whether the owner had been warned when somebody was in touch, and has done nothing about it since."""
    clock = customer.ownership.clock
    if happened.kind in WARNINGS or clock is None:
        return False
    warnings = select(EventRow.id).where(
        EventRow.customer_id == customer.id,
        col(EventRow.kind).in_(WARNINGS),
        EventRow.at >= clock.started_at,
        EventRow.at <= happened.at,
    )
    return session.exec(warnings.limit(1)).first() is not None


def merger_of(session: Session, merge_id: str) -> Merger | None:
    """Who owned the two sides of a merge; None once it is undone."""
    row = session.exec(select(MergeRow).where(MergeRow.id == merge_id, col(MergeRow.unmerged_at).is_(None))).first()
    if row is None:
        return None
    owners = {side: Half.model_validate(half).ownership.owner_id for side, half in row.halves.items()}
    return Merger(merge_id, owners["survivor"], owners["absorbed"])
