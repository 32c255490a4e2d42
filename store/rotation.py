"""The reps that assignment chooses from, and the turns of each rotation pool."""

from sqlalchemy import String, bindparam, func, or_, select
from sqlmodel import Session

from domain.assignment import Assignment, Case, Rep
from store.database import Database
from store.rows import table_of, upsert
from store.tables import RepRegionRow, RepRow, RotationTurnRow

_rep, _covered, _turn = (table_of(model).c for model in (RepRow, RepRegionRow, RotationTurnRow))
_COVERS = _rep.id.in_(select(_covered.rep_id).where(_covered.region.in_(bindparam("covering", expanding=True))))
_REPS = (
    select(_rep.id, _rep.name, _rep.active, _rep.on_leave, _COVERS.label("covers"), _turn.turn)
    .outerjoin_from(
        table_of(RepRow),
        table_of(RotationTurnRow),
        (_turn.rep_id == _rep.id) & (_turn.pool == bindparam("pool", type_=String)),
    )
    .where(or_(_rep.id.in_(bindparam("named", expanding=True)), _COVERS))
    .order_by(_rep.id)
)
_LATEST = select(func.max(_turn.turn)).where(_turn.pool == bindparam("pool"))


def reps_for(database: Database, session: Session, case: Case) -> list[Rep]:
    """Every rep that a case names or whose region covers it, with their last turn in its pool.

    Holds the pool until the transaction ends: two customers never get the same turn. Holds the directory, too, so that
    nobody who is being deactivated gets one.
    """
    database.lock_shared(session, "reps")
    if case.region is not None:
        database.lock(session, f"rotation:{case.region}")
    named = {rep for rep in (case.named_contact, case.show_contact, *(r.owner_id for r in case.referrals)) if rep}
    covering = [case.region, case.region.partition("-")[0]] if case.region else []
    rows = session.connection().execute(_REPS, {"named": list(named), "covering": covering, "pool": case.region})
    return [
        Rep(
            id=row.id,
            name=row.name,
            active=row.active,
            on_leave=row.on_leave,
            regions=tuple(covering) if row.covers else (),
            last_turn=row.turn,
        )
        for row in rows
    ]


def take_turn(session: Session, decision: Assignment | None) -> None:
    """Move the chosen rep behind all others of the pool, when it was rotation that chose."""
    if decision is None or decision.rotation_pool is None:
        return
    pool = decision.rotation_pool
    latest = session.connection().scalar(_LATEST, {"pool": pool}) or 0
    upsert(session, RotationTurnRow, {"pool": pool, "rep_id": decision.owner_id, "turn": latest + 1})
