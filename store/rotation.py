"""The reps that assignment chooses from: what they have and whose turn it is, exact however many come at once.

Locks are taken in one order by everybody: the directory (shared), the rotation pools, the caps.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Date, Row, bindparam, exists, func, or_, select
from sqlmodel import Session

from domain.assignment import Assignment, Case, Reach, Rep, reach_of
from domain.assignment.roster import MAX_WEIGHT
from domain.policy import Policy
from store.database import Database
from store.rows import table_of, upsert
from store.tables import (
    CustomerRow,
    FollowUpRow,
    LeaveRow,
    RepDayRow,
    RepRegionRow,
    RepRow,
    RepVerticalRow,
    RotationTurnRow,
)
from store.types import UtcDateTime

_rep, _covered, _turn, _leave = (table_of(model).c for model in (RepRow, RepRegionRow, RotationTurnRow, LeaveRow))
_vertical, _day = (table_of(model).c for model in (RepVerticalRow, RepDayRow))
_customer, _follow_up = (table_of(model).c for model in (CustomerRow, FollowUpRow))

_MOST_SUCCESSORS = 20
"""Nobody's work was handed on more often than that."""

_AT = bindparam("at", type_=UtcDateTime())
_AWAY = exists().where(_leave.rep_id == _rep.id, _leave.begins <= _AT, _leave.ends > _AT, _leave.cancelled_at.is_(None))
_OF_NO_USE = ("email", "team_id", "on_leave", "version")
_USED = [
    *(column for column in table_of(RepRow).columns if column.name not in _OF_NO_USE),
    or_(_rep.on_leave, _AWAY).label("on_leave"),
]
_REPS = (
    select(*_USED)
    .where(
        or_(
            _rep.id.in_(bindparam("named", expanding=True)),
            _rep.id.in_(select(_covered.rep_id).where(_covered.region.in_(bindparam("regions", expanding=True)))),
            _rep.id.in_(select(_vertical.rep_id).where(_vertical.vertical == bindparam("vertical"))),
        )
    )
    .order_by(_rep.id)
)
_OF: BindParameter[Sequence[str]] = bindparam("reps", expanding=True)
_REGIONS = select(_covered.rep_id, _covered.region).where(_covered.rep_id.in_(_OF)).order_by(_covered.region)
_VERTICALS = select(_vertical.rep_id, _vertical.vertical).where(_vertical.rep_id.in_(_OF)).order_by(_vertical.vertical)
_TURNS = select(_turn.pool, _turn.rep_id, _turn.turn, _turn.earlier).where(
    _turn.pool.in_(bindparam("pools", expanding=True))
)
_GIVEN = select(_day.rep_id, _day.given).where(_day.day == bindparam("day", type_=Date), _day.rep_id.in_(_OF))
_LOADS = select(_customer.owner_id, func.count()).where(_customer.owner_id.in_(_OF)).group_by(_customer.owner_id)
_SUCCESSES = (
    select(_customer.owner_id, func.count(_customer.id.distinct()))
    .join_from(
        table_of(CustomerRow),
        table_of(FollowUpRow),
        (_follow_up.customer_id == _customer.id) & (_follow_up.rep_id == _customer.owner_id),
    )
    .where(_customer.owner_id.in_(_OF), _customer.industry == bindparam("industry"), _follow_up.effective)
    .group_by(_customer.owner_id)
)
_LATEST = select(func.max(_turn.turn)).where(_turn.pool == bindparam("pool"))
_OWN = select(_turn.turn, _turn.earlier).where(_turn.pool == bindparam("pool"), _turn.rep_id == bindparam("rep"))


def reps_for(database: Database, session: Session, case: Case, policy: Policy, at: datetime) -> list[Rep]:
    """Everybody whom the decision on a case may look at, with their latest turns, what they own and were given.

    Holds the directory, so that nobody who is being deactivated gets a customer, the case's rotation pools, so that two
    customers never get the same turn, and, where a cap counts, the caps until the transaction ends: no two customers
    are given under the same count.

    Args:
        database: the database.
        session: the transaction in which the decision is written.
        case: the customer to assign.
        policy: the rules in force, which say whether hours count.
        at: the workflow's time, which tells who is on leave or off duty, and the day of the daily caps.
    """
    reach = reach_of(case, policy)
    database.lock_shared(session, "reps")
    if reach.pools:
        database.lock(session, *(f"rotation:{pool}" for pool in reach.pools))
    rows = _with_successors(session, reach, at)
    capped = [row.id for row in rows if row.daily_cap is not None or row.total_cap is not None]
    if capped:
        database.lock(session, "caps")
    facts = _Facts(session, [row.id for row in rows])
    counted = facts.ids if reach.loads else capped
    loads, given = facts.counts(_LOADS, counted), facts.counts(_GIVEN, counted, day=policy.day_of(at))
    won = facts.counts(_SUCCESSES, facts.ids, industry=reach.industry) if reach.industry else {}
    regions, verticals = facts.lists(_REGIONS), facts.lists(_VERTICALS)
    turns = _turns(session, reach)
    closed = _closed({row.calendar for row in rows}, policy, at) if reach.hours else frozenset()
    return [
        Rep(
            **row._mapping,
            off_duty=row.calendar in closed,
            regions=regions[row.id],
            verticals=verticals[row.id],
            turns=turns[row.id],
            load=loads.get(row.id, 0),
            given_today=given.get(row.id, 0),
            successes=won.get(row.id, 0),
        )
        for row in rows
    ]


def _closed(names: Iterable[str | None], policy: Policy, at: datetime) -> frozenset[str | None]:
    """The calendars by which nobody works at an instant."""
    calendars = ((name, policy.duty_calendar(name)) for name in names)
    return frozenset(name for name, calendar in calendars if calendar is not None and not calendar.is_open(at))


def take_turn(session: Session, decision: Assignment | None, day: date) -> None:
    """Count the customer for the day of the rep who got it, and move them behind all others when turns decided."""
    if decision is None or decision.owner_id is None:
        return
    rep_id, pool = decision.owner_id, decision.rotation_pool
    counted = session.connection().execute(_GIVEN, {"day": day, "reps": [rep_id]}).first()
    upsert(session, RepDayRow, {"rep_id": rep_id, "day": day, "given": (counted.given if counted else 0) + 1})
    if pool is None:
        return
    latest = session.connection().scalar(_LATEST, {"pool": pool}) or 0
    own = session.connection().execute(_OWN, {"pool": pool, "rep": rep_id}).first()
    earlier = [own.turn, *own.earlier][: MAX_WEIGHT - 1] if own else []
    upsert(session, RotationTurnRow, {"pool": pool, "rep_id": rep_id, "turn": latest + 1, "earlier": earlier})


class _Facts:
    """What further tables say of some reps."""

    def __init__(self, session: Session, ids: list[str]) -> None:
        self._session = session
        self.ids = ids

    def counts(self, statement: Any, reps: list[str], **values: object) -> Mapping[str, int]:
        """A number for each of these reps who has one."""
        if not reps:
            return {}
        return {row[0]: row[1] for row in self._session.connection().execute(statement, {"reps": reps, **values})}

    def lists(self, statement: Any) -> Mapping[str, tuple[str, ...]]:
        """All values of each rep, in the statement's order."""
        found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for rep_id, value in self._session.connection().execute(statement, {"reps": self.ids}) if self.ids else ():
            found[rep_id] += (value,)
        return found


def _with_successors(session: Session, reach: Reach, at: datetime) -> list[Row[Any]]:
    """The reps within reach, and who took over from those who left."""
    asked = {"named": list(reach.rep_ids), "regions": list(reach.regions), "vertical": reach.vertical, "at": at}
    found = {row.id: row for row in session.connection().execute(_REPS, asked)}
    for _ in range(_MOST_SUCCESSORS):
        missing = _successors(found.values()) - found.keys()
        if not missing:
            break
        asked = {"named": sorted(missing), "regions": [], "vertical": None, "at": at}
        found |= {row.id: row for row in session.connection().execute(_REPS, asked)}
    return [found[rep_id] for rep_id in sorted(found)]


def _successors(rows: Iterable[Row[Any]]) -> set[str]:
    return {row.successor_id for row in rows if row.successor_id is not None and not row.active}


def _turns(session: Session, reach: Reach) -> Mapping[str, dict[str, tuple[int, ...]]]:
    found: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for row in session.connection().execute(_TURNS, {"pools": list(reach.pools)}) if reach.pools else ():
        found[row.rep_id][row.pool] = (row.turn, *row.earlier)
    return found
