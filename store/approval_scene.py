"""Who is who at one instant, as approvals see it: read anew in every transaction that decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from domain.approval.people import Person, Scene, Standing
from domain.change import Refused
from domain.customer_rules import as_it_stands
from domain.ownership import Ownership
from store.leaves import on_leave_at
from store.reps import regions_of
from store.tables import CustomerRow, LeaveRow, RegionRow, RepRow, TeamRow


def scene_of(session: Session, customer_ids: Sequence[str], gains: str | None, at: datetime) -> Scene:
    """The reps with their managers and substitutes, the heads of regions, and these customers.

    Args:
        session: the transaction that decides.
        customer_ids: the customers in question, merged ones as they were then.
        gains: the rep whose regions matter.
        at: when; whoever is on leave then is away.

    Raises:
        Refused: ``unknown_customer``.
    """
    return Scene(
        persons=_persons(session, gains, at),
        heads=_heads(session),
        customers=tuple(_standing(session, customer_id) for customer_id in customer_ids),
    )


def _persons(session: Session, gains: str | None, at: datetime) -> dict[str, Person]:
    manager = aliased(TeamRow)
    found = select(
        col(RepRow.id), col(RepRow.active), col(RepRow.on_leave), col(RepRow.successor_id), col(manager.manager_id)
    ).outerjoin(manager, (col(manager.id) == col(RepRow.team_id)) & col(manager.active))
    away = set(session.connection().scalars(select(col(LeaveRow.rep_id)).where(on_leave_at(at))))
    regions = regions_of(session, [gains] if gains else [])
    return {
        row.id: Person(
            id=row.id,
            active=row.active,
            away=row.on_leave or row.id in away,
            manager_id=row.manager_id if row.manager_id != row.id else None,
            successor_id=row.successor_id,
            regions=tuple(regions.get(row.id, ())),
        )
        for row in session.connection().execute(found)
    }


def _heads(session: Session) -> dict[str, str]:
    found = select(col(RegionRow.id), col(RegionRow.head_id)).where(col(RegionRow.head_id).is_not(None))
    return {row.id: row.head_id for row in session.connection().execute(found)}


def _standing(session: Session, customer_id: str) -> Standing:
    row = session.get(CustomerRow, customer_id)
    if row is None:
        raise Refused("unknown_customer")
    return Standing(
        customer_id=row.id,
        owner_id=row.owner_id,
        case=as_it_stands(Ownership.model_validate(row.ownership)),
    )
