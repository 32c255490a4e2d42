"""Who and what a collision case is about at one instant, read anew in every transaction that decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.collision_case.scene import CaseScene, Seen, Side
from domain.follow_up import FollowUp, shortfalls
from domain.ownership import Ownership, Place
from domain.policy import EffectiveFollowUp, FollowUpKind, Policy
from domain.role import Role
from store.approval_scene import scene_of
from store.lineage import family, live_id
from store.reps import regions_of
from store.tables import (
    CollisionCustomerRow,
    CollisionRepRow,
    CollisionRow,
    CustomerRow,
    FollowUpRow,
    LeadRow,
    SightingRow,
    UserRow,
)

_MOST_LEADS, _MOST_FOLLOW_UPS = 200, 1000
"""So many of a customer's are looked at, the first ones; nobody met for the first time after those."""


def case_scene(session: Session, row: CollisionRow, first: Sequence[str], policy: Policy, at: datetime) -> CaseScene:
    """A case with its customers, its reps and everybody above them.

    Args:
        session: the transaction that decides.
        row: the case.
        first: its reps in the order in which they came, as far as that is known.
        policy: says what an effective follow-up is.
        at: the workflow's time.
    """
    customer_ids = _listed(session, CollisionCustomerRow.customer_id, CollisionCustomerRow.case_id, row.id)
    reps = _listed(session, CollisionRepRow.rep_id, CollisionRepRow.case_id, row.id)
    rep_ids = tuple(dict.fromkeys((*(it for it in first if it in reps), *reps)))
    live = dict.fromkeys(live_id(session, id_) for id_ in customer_ids)
    covered = regions_of(session, rep_ids)
    return CaseScene(
        people=scene_of(session, (), None, at),
        regions={rep_id: tuple(covered.get(rep_id, ())) for rep_id in rep_ids},
        administrators=_administrators(session),
        risk=row.risk,
        customer_ids=customer_ids,
        rep_ids=rep_ids,
        sides=tuple(_side(session, id_, rep_ids, policy, at) for id_ in live),
        seen=_seen(session, row.id),
    )


def _listed(session: Session, of: object, case: object, case_id: str) -> tuple[str, ...]:
    rows = session.connection().scalars(select(col(of)).where(col(case) == case_id).order_by(col(of)))
    return tuple(str(id_) for id_ in rows)


def _administrators(session: Session) -> tuple[str, ...]:
    found = select(UserRow.person).where(UserRow.role == Role.ADMINISTRATOR, UserRow.active).order_by(UserRow.id)
    return tuple(person for person in session.exec(found) if person is not None)


def _seen(session: Session, case_id: str) -> tuple[Seen, ...]:
    rows = session.exec(
        select(SightingRow).where(SightingRow.case_id == case_id).order_by(col(SightingRow.at), col(SightingRow.id))
    )
    return tuple(Seen(id=row.id, detector=row.detector, customer_id=row.customer_id, at=row.at) for row in rows)


def _side(session: Session, customer_id: str, rep_ids: Sequence[str], policy: Policy, at: datetime) -> Side:
    row = session.get_one(CustomerRow, customer_id)
    ownership = Ownership.model_validate(row.ownership)
    ids = family(session, customer_id)
    first, last = _named(session, ids)
    return Side(
        customer_id=customer_id,
        owner_id=row.owner_id,
        in_pool=ownership.place is Place.POOL,
        region=ownership.region,
        protected_until=ownership.protected_until,
        first_named=first,
        last_named=last,
        referrer_owner=_owner_of(session, row.referrer_id),
        bound=tuple(row.owner_id for it in ownership.commitments if it.is_open(at) and row.owner_id is not None),
        first_follow_ups=_first_follow_ups(session, ids, rep_ids, policy.effective_follow_up),
    )


def _named(session: Session, customer_ids: Sequence[str]) -> tuple[str | None, str | None]:
    """Whom the customer's first lead named, and whom the customer asked for last since; what a rep says of it does
    not count as the customer's word."""
    leads = session.exec(
        select(LeadRow)
        .where(col(LeadRow.customer_id).in_(customer_ids))
        .order_by(col(LeadRow.received_at), col(LeadRow.id))
        .limit(_MOST_LEADS)
    ).all()
    first = leads[0].lead if leads else {}
    wished = [
        row.lead["named_contact"] for row in leads[1:] if row.submitted_by is None and row.lead.get("named_contact")
    ]
    return first.get("named_contact") or (first.get("show") or {}).get("contact"), wished[-1] if wished else None


def _owner_of(session: Session, customer_id: str | None) -> str | None:
    referrer = session.get(CustomerRow, live_id(session, customer_id)) if customer_id else None
    return referrer.owner_id if referrer else None


def _first_follow_ups(
    session: Session, customer_ids: Sequence[str], rep_ids: Sequence[str], rules: EffectiveFollowUp
) -> dict[str, datetime]:
    """When each rep first logged what would be effective if the customer were theirs."""
    rows = session.exec(
        select(FollowUpRow)
        .where(col(FollowUpRow.customer_id).in_(customer_ids), col(FollowUpRow.rep_id).in_(rep_ids))
        .order_by(col(FollowUpRow.occurred_at), col(FollowUpRow.id))
        .limit(_MOST_FOLLOW_UPS)
    )
    found: dict[str, datetime] = {}
    for row in rows:
        contact = FollowUp.model_construct(
            rep_id=row.rep_id,
            kind=FollowUpKind(row.kind),
            content=row.content,
            customer_answered=row.customer_answered,
        )
        if row.rep_id not in found and not shortfalls(contact, by_right=True, rules=rules):
            found[row.rep_id] = row.occurred_at
    return found
