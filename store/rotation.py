"""The reps that assignment chooses from: what they have and whose turn it is, exact however many come at once.

Locks are taken in one order by everybody: the directory (shared), the rotation pools, the caps.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Date, Insert, bindparam, func, or_, select
from sqlmodel import Session

from domain.assignment import Assignment, Case, Reach, Rep, reach_of
from domain.assignment.roster import MAX_WEIGHT
from domain.policy import Policy
from store.database import Database
from store.leaves import on_leave_at
from store.rows import dialect_of, table_of, upsert
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

Turns = dict[str, dict[str, tuple[int, ...]]]
"""The latest turns in each pool, newest first, by rep."""

_MOST_SUCCESSORS = 20
"""Nobody's work was handed on more often than that."""

_AT = bindparam("at", type_=UtcDateTime())
_BACK = select(func.max(_leave.ends)).where(_leave.rep_id == _rep.id, on_leave_at(_AT)).scalar_subquery()
"""When the last of the leaves ends that a rep has now."""
_OF_NO_USE = ("email", "team_id", "on_leave", "version")
_OWN = tuple(column for column in table_of(RepRow).columns if column.name not in _OF_NO_USE)
_PLAIN = tuple((at, column.name) for at, column in enumerate(_OWN) if column.name != "languages")
_COVERS = _rep.id.in_(select(_covered.rep_id).where(_covered.region.in_(bindparam("regions", expanding=True))))
_REPS = (
    select(
        *_OWN,
        _rep.on_leave.label("indefinitely"),
        _BACK.label("back"),
        _COVERS.label("covers"),
        _turn.pool,
        _turn.turn,
        _turn.earlier,
    )
    .outerjoin_from(
        table_of(RepRow),
        table_of(RotationTurnRow),
        (_turn.rep_id == _rep.id) & _turn.pool.in_(bindparam("pools", expanding=True)),
    )
    .where(
        or_(
            _rep.id.in_(bindparam("named", expanding=True)),
            _COVERS,
            _rep.id.in_(select(_vertical.rep_id).where(_vertical.vertical == bindparam("vertical"))),
        )
    )
)
_OF: BindParameter[Sequence[str]] = bindparam("reps", expanding=True)
_VERTICALS = select(_vertical.rep_id, _vertical.vertical).where(_vertical.rep_id.in_(_OF)).order_by(_vertical.vertical)
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
_LATEST = select(func.max(_turn.turn)).where(_turn.pool == bindparam("pool")).scalar_subquery()
_TURNS = select(_turn.rep_id, _turn.turn, _turn.earlier).where(
    _turn.pool == bindparam("pool"), or_(_turn.turn == _LATEST, _turn.rep_id == bindparam("rep"))
)


def reps_for(
    database: Database, session: Session, case: Case, policy: Policy, at: datetime, *, hold: bool = True
) -> list[Rep]:
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
        hold: whether to hold all that; who only looks waits for nobody and keeps nobody waiting.
    """
    reach = reach_of(case, policy)
    if hold:
        database.lock_shared(session, "reps")
    if hold and reach.pools:
        database.lock(session, *(f"rotation:{pool}" for pool in reach.pools))
    return reps_within(session, reach, policy, at, (lambda: database.lock(session, "caps")) if hold else lambda: None)


def reps_within(
    session: Session, reach: Reach, policy: Policy, at: datetime, hold_caps: Callable[[], None] = lambda: None
) -> list[Rep]:
    """Everybody within reach as they stand now.

    Args:
        session: any transaction; only one that holds what ``reps_for`` holds may give somebody a customer.
        reach: whom a decision may look at.
        policy: the rules in force.
        at: when the decision is made.
        hold_caps: called before anything is counted that a cap limits.
    """
    rows, turns = _with_successors(session, reach, at)
    ids = sorted(rows)
    capped = [rep_id for rep_id in ids if rows[rep_id].daily_cap is not None or rows[rep_id].total_cap is not None]
    if capped:
        hold_caps()
    counted = ids if reach.loads else capped
    loads, given = _numbers(session, _LOADS, counted), _numbers(session, _GIVEN, counted, day=policy.day_of(at))
    won = _numbers(session, _SUCCESSES, ids, industry=reach.industry) if reach.industry else {}
    verticals = _verticals(session, ids) if reach.verticals else {}
    closed = _closed({row.calendar for row in rows.values()}, policy, at) if reach.hours else frozenset()
    return [
        Rep(
            **{name: rows[rep_id][at] for at, name in _PLAIN},
            on_leave=rows[rep_id].indefinitely or rows[rep_id].back is not None,
            back_at=None if rows[rep_id].indefinitely else rows[rep_id].back,
            off_duty=rows[rep_id].calendar in closed,
            languages=tuple(rows[rep_id].languages.split()),
            regions=reach.regions if rows[rep_id].covers else (),
            verticals=verticals.get(rep_id, ()),
            turns=turns.get(rep_id, {}),
            load=loads.get(rep_id, 0),
            given_today=given.get(rep_id, 0),
            successes=won.get(rep_id, 0),
        )
        for rep_id in ids
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
    connection = session.connection()
    connection.execute(_count(connection.dialect.name), {"rep_id": rep_id, "day": day, "given": 1})
    if pool is None:
        return
    rows = connection.execute(_TURNS, {"pool": pool, "rep": rep_id}).all()
    latest = max((row.turn for row in rows), default=0)
    own = next(([str(row.turn), *row.earlier.split()] for row in rows if row.rep_id == rep_id), [])
    row = {"pool": pool, "rep_id": rep_id, "turn": latest + 1, "earlier": " ".join(own[: MAX_WEIGHT - 1])}
    upsert(session, RotationTurnRow, row)


@cache
def _count(dialect: str) -> Insert:
    """One more customer for a rep on a day."""
    into = dialect_of(dialect).insert(table_of(RepDayRow))
    statement: Insert = into.on_conflict_do_update(index_elements=["rep_id", "day"], set_={"given": _day.given + 1})
    return statement


def _with_successors(session: Session, reach: Reach, at: datetime) -> tuple[dict[str, Any], Turns]:
    """The rows of the reps within reach, and of those who took over from who left, and their turns."""
    rows: dict[str, Any] = {}
    turns: Turns = {}
    asked: dict[str, Any] = {"named": reach.rep_ids, "regions": reach.regions, "vertical": reach.vertical}
    for _ in range(_MOST_SUCCESSORS):
        for row in session.connection().execute(_REPS, {**asked, "pools": reach.pools, "at": at}):
            rows[row.id] = row
            if row.pool is not None:
                earlier = map(int, row.earlier.split()[: row.weight - 1]) if row.weight > 1 else ()
                turns.setdefault(row.id, {})[row.pool] = (row.turn, *earlier)
        successors = {row.successor_id for row in rows.values() if row.successor_id is not None and not row.active}
        if successors <= rows.keys():
            break
        asked = {"named": sorted(successors - rows.keys()), "regions": (), "vertical": None}
    return rows, turns


def _numbers(session: Session, statement: Any, reps: Sequence[str], **values: object) -> Mapping[str, int]:
    """A number for each of these reps who has one."""
    if not reps:
        return {}
    return {row[0]: row[1] for row in session.connection().execute(statement, {"reps": list(reps), **values})}


def _verticals(session: Session, reps: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for rep_id, vertical in session.connection().execute(_VERTICALS, {"reps": list(reps)}) if reps else ():
        found[rep_id] += (vertical,)
    return found
