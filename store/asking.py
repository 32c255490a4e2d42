"""Who is asked about a lead that waits: looked up, and written down."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from domain.change import Refused
from domain.confirmation import Managers
from store.rows import add, table_of
from store.tables import CustomerRow, LeadAskedRow, RepRow, TeamRow


def owners_of(session: Session, customer_ids: Sequence[str]) -> list[str]:
    """The owners of these customers, in the customers' order; those who wait in a queue or pool have none."""
    found = select(col(CustomerRow.id), col(CustomerRow.owner_id)).where(col(CustomerRow.id).in_(customer_ids))
    owners = {customer_id: owner_id for customer_id, owner_id in session.connection().execute(found) if owner_id}
    return [owners[customer_id] for customer_id in customer_ids if customer_id in owners]


def managers_of(session: Session, rep_ids: Iterable[str]) -> Managers:
    """Those of these reps who are active, each with the active manager of their team, if there is one."""
    manager = aliased(RepRow)
    found: Select[str, str | None] = (
        select(col(RepRow.id), col(manager.id).label("manager_id"))
        .outerjoin(TeamRow, col(TeamRow.id) == col(RepRow.team_id))
        .outerjoin(manager, (col(manager.id) == col(TeamRow.manager_id)) & col(manager.active))
        .where(col(RepRow.id).in_(set(rep_ids)), col(RepRow.active))
    )
    return {row.id: row.manager_id for row in session.connection().execute(found)}


def require_active(session: Session, rep_id: str) -> None:
    """See to it that whoever says something is somebody who may.

    Raises:
        Refused: ``unknown_rep``, or ``rep_not_available`` for one who is no longer active.
    """
    rep = session.get(RepRow, rep_id)
    if rep is None:
        raise Refused("unknown_rep")
    if not rep.active:
        raise Refused("rep_not_available")


def ask(session: Session, lead_id: str, rep_ids: Iterable[str]) -> None:
    """Write down who is asked about a lead from now on; nobody, once it is settled."""
    session.connection().execute(delete(table_of(LeadAskedRow)).where(col(LeadAskedRow.lead_id) == lead_id))
    rows = [{"lead_id": lead_id, "rep_id": rep_id} for rep_id in rep_ids]
    if rows:
        add(session, LeadAskedRow, *rows)
