"""The reps that assignment chooses from, and the turns of each rotation pool."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, bindparam, exists, func, or_, select
from sqlmodel import Session

from domain.assignment import Assignment, Case, Rep
from domain.policy import Policy
from store.database import Database
from store.rows import table_of, upsert
from store.tables import LeaveRow, RepRegionRow, RepRow, RotationTurnRow
from store.types import UtcDateTime

_rep, _covered, _turn, _leave = (table_of(model).c for model in (RepRow, RepRegionRow, RotationTurnRow, LeaveRow))
_AT = bindparam("at", type_=UtcDateTime())
_AWAY = exists().where(_leave.rep_id == _rep.id, _leave.begins <= _AT, _leave.ends > _AT, _leave.cancelled_at.is_(None))
_COVERS = _rep.id.in_(select(_covered.rep_id).where(_covered.region.in_(bindparam("covering", expanding=True))))
_REPS = (
    select(
        _rep.id,
        _rep.name,
        _rep.active,
        or_(_rep.on_leave, _AWAY).label("on_leave"),
        _rep.calendar,
        _COVERS.label("covers"),
        _turn.turn,
    )
    .outerjoin_from(
        table_of(RepRow),
        table_of(RotationTurnRow),
        (_turn.rep_id == _rep.id) & (_turn.pool == bindparam("pool", type_=String)),
    )
    .where(or_(_rep.id.in_(bindparam("named", expanding=True)), _COVERS))
    .order_by(_rep.id)
)
_LATEST = select(func.max(_turn.turn)).where(_turn.pool == bindparam("pool"))


def reps_for(database: Database, session: Session, case: Case, policy: Policy, at: datetime) -> list[Rep]:
    """Every rep that a case names or whose region covers it, with their last turn in its pool.

    Holds the pool until the transaction ends: two customers never get the same turn. Holds the directory, too, so that
    nobody who is being deactivated gets one.

    Args:
        database: where the reps are.
        session: the transaction.
        case: the customer to assign.
        policy: the rules in force, which say whether hours count.
        at: the workflow's time, at which a rep is on leave or off duty.
    """
    database.lock_shared(session, "reps")
    if case.region is not None:
        database.lock(session, f"rotation:{case.region}")
    named = {rep for rep in (case.named_contact, case.show_contact, *(r.owner_id for r in case.referrals)) if rep}
    covering = [case.region, case.region.partition("-")[0]] if case.region else []
    asked = {"named": list(named), "covering": covering, "pool": case.region, "at": at}
    rows = session.connection().execute(_REPS, asked).all()
    closed = _closed({row.calendar for row in rows}, policy, at) if _hours_count(case, policy) else frozenset()
    return [
        Rep(
            id=row.id,
            name=row.name,
            active=row.active,
            on_leave=bool(row.on_leave),
            off_duty=row.calendar in closed,
            regions=tuple(covering) if row.covers else (),
            last_turn=row.turn,
        )
        for row in rows
    ]


def _hours_count(case: Case, policy: Policy) -> bool:
    return policy.assignment[case.customer_type].skip_off_duty


def _closed(names: Iterable[str | None], policy: Policy, at: datetime) -> frozenset[str | None]:
    """The calendars by which nobody works at an instant."""
    calendars = ((name, policy.duty_calendar(name)) for name in names)
    return frozenset(name for name, calendar in calendars if calendar is not None and not calendar.is_open(at))


def take_turn(session: Session, decision: Assignment | None) -> None:
    """Move the chosen rep behind all others of the pool, when it was rotation that chose."""
    if decision is None or decision.rotation_pool is None:
        return
    pool = decision.rotation_pool
    latest = session.connection().scalar(_LATEST, {"pool": pool}) or 0
    upsert(session, RotationTurnRow, {"pool": pool, "rep_id": decision.owner_id, "turn": latest + 1})
