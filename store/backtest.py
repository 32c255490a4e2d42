"""Reads a past period for a back-test: how things stood when it began, and what happened in it, as it was written.

Everything comes in the order of recording (``EventRow.position``), which within a rotation pool is the order in which
turns were taken. Of a lead only those fields are read that rules may look at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlmodel import Session

from domain.assignment import Case, Reason, Rep
from domain.assignment.roster import MAX_WEIGHT
from domain.backtest import Comparison, Period, compare
from domain.backtest.happened import Born, CameAgain, Happening, LeaveTurned, Moved, Opening, Seen, Won
from domain.event import APART_FROM_OWNERSHIP, EventKind
from domain.policy import Policy
from store.database import Database
from store.rows import table_of
from store.tables import (
    CustomerRow,
    DecisionRow,
    EventRow,
    FollowUpRow,
    LeadRow,
    LeaveRow,
    RegionRow,
    RepRegionRow,
    RepRow,
    RepVerticalRow,
)

_event, _decision, _lead, _customer = (table_of(model).c for model in (EventRow, DecisionRow, LeadRow, CustomerRow))
_follow_up, _leave, _region = (table_of(model).c for model in (FollowUpRow, LeaveRow, RegionRow))

_OWNER_SET = tuple(
    kind.value
    for kind in EventKind
    if kind not in {*APART_FROM_OWNERSHIP, EventKind.QUEUE_RETRIED, EventKind.QUEUE_OVERDUE}
)
"""The kinds of events after which a customer may have another owner."""
_OTHERS = (EventKind.LEAD_RECEIVED.value, EventKind.FOLLOW_UP_LOGGED.value)
_CHUNK = 500


def backtest(
    database: Database, draft: Policy, current: Policy, period: Period, tell: Callable[[int, int], None]
) -> Comparison:
    """Run a past period's leads through a draft policy and compare with what happened. Reads, and never writes.

    Args:
        database: the database.
        draft: the policy to try.
        current: the policy in force, in whose time zone days begin.
        period: the days to look at.
        tell: called now and then with how many happenings are done, and of how many.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the database cannot be read.
    """
    begins, until = (
        datetime.combine(day, time(), ZoneInfo(current.time_zone)) for day in (period.begins, period.until)
    )
    with database.read() as session:
        total = how_many(session, begins, until)
        tell(0, total)
        happened = opening_of(session, begins), happenings(session, begins, until)
        compared = compare(happened, draft, current, period, lambda done: tell(min(done, total), total))
        regions = {row.id: row.name for row in session.connection().execute(select(_region.id, _region.name))}
    tell(total, total)
    return compared.model_copy(update={"regions": regions})


def opening_of(session: Session, begins: datetime) -> Opening:
    """How things stood just before an instant, as far as it was recorded.

    Reps' regions, industries, weights and caps have no history: they are as they are now.
    """
    owners: dict[str, str] = {row.customer_id: row.owner_id for row in session.connection().execute(_owners(begins))}
    industries = session.connection().execute(
        select(_customer.id, _customer.industry).where(_customer.industry.is_not(None))
    )
    followed_up = select(_follow_up.customer_id, _follow_up.rep_id).where(
        _follow_up.effective, _follow_up.logged_at < begins
    )
    won = session.connection().execute(followed_up.distinct())
    return Opening(
        reps=tuple(_reps(session, begins)),
        owners=owners,
        industries={customer_id: industry for customer_id, industry in industries if customer_id in owners},
        won=frozenset(customer_id for customer_id, rep_id in won if owners.get(customer_id) == rep_id),
    )


def how_many(session: Session, begins: datetime, until: datetime) -> int:
    """How many happenings a period has, leaves not counted."""
    return session.connection().scalar(_within(select(func.count()), begins, until)) or 0


def happenings(session: Session, begins: datetime, until: datetime) -> Iterator[Happening]:
    """What happened from an instant until just before another, a few hundred rows in memory at a time."""
    statement = _within(
        select(
            _event.customer_id,
            _event.kind,
            _event.at,
            _event.data,
            _decision.kind.label("decided"),
            _decision.trace,
            _decision.policy_version,
            _lead.lead,
        ),
        begins,
        until,
    )
    joined = statement.select_from(
        table_of(EventRow)
        .outerjoin(table_of(DecisionRow), _decision.id == _event.decision_id)
        .outerjoin(table_of(LeadRow), _lead.id == _decision.lead_id)
    ).order_by(_event.position)
    leaves = iter(_leave_turns(session, begins, until))
    turn = next(leaves, None)
    for row in session.connection().execution_options(yield_per=_CHUNK).execute(joined):
        while turn is not None and turn.at <= row.at:
            yield turn
            turn = next(leaves, None)
        happening = _happening(row)
        if happening is not None:
            yield happening


def _within(statement: Select[Any], begins: datetime, until: datetime) -> Select[Any]:
    return statement.where(_event.kind.in_(_OWNER_SET + _OTHERS), _event.at >= begins, _event.at < until)


def _happening(row: Any) -> Happening | None:
    if row.kind == EventKind.LEAD_RECEIVED:
        return CameAgain(row.at, row.customer_id, _stakes(row.lead or {}))
    if row.kind == EventKind.FOLLOW_UP_LOGGED:
        by_the_owner = row.data.get("effective") and not row.data.get("collaborator")
        return Won(row.at, row.customer_id) if by_the_owner else None
    trace = row.trace or {}
    assignment = trace.get("assignment")
    if row.decided == "intake" and assignment and trace.get("inputs"):
        return _born(row, assignment, trace["inputs"])
    owner_id = row.data.get("owner_id")
    given = bool(assignment and owner_id is not None and assignment["owner_id"] == owner_id)
    pool = assignment["rotation_pool"] if assignment and given else None
    return Moved(row.at, row.customer_id, owner_id, given, pool)


def _born(row: Any, assignment: Mapping[str, Any], inputs: Mapping[str, Any]) -> Born:
    lead = row.lead or {}
    case = Case.model_validate({**inputs["case"], "need": lead.get("need")})
    trials = assignment["trials"]
    passed = {rep_id: reason for trial in trials for rep_id, reason in trial["passed_over"].items()}
    return Born(
        at=row.at,
        customer_id=row.customer_id,
        case=case,
        owner_id=assignment["owner_id"],
        reason=Reason(assignment["reason"]),
        stakes=_stakes(lead),
        seen=Seen(
            available=frozenset(inputs["reps"]),
            on_leave=frozenset(rep_id for rep_id, reason in passed.items() if reason == Reason.ON_LEAVE),
            group_looked_at=any(trial["pool"] is not None for trial in trials),
        ),
        policy_version=row.policy_version,
    )


def _stakes(lead: Mapping[str, Any]) -> tuple[str, ...]:
    show = lead.get("show") or {}
    named = (lead.get("submitted_by"), lead.get("named_contact"), show.get("contact"))
    return tuple(dict.fromkeys(rep_id for rep_id in named if rep_id is not None))


def _owners(before: datetime) -> Select[Any]:
    """The owner of every customer that had one, from its last event."""
    newest = func.row_number().over(partition_by=_event.customer_id, order_by=_event.position.desc()).label("newest")
    owner = _event.data["owner_id"].as_string().label("owner_id")
    set_before = _event.kind.in_(_OWNER_SET), _event.at < before
    last = select(_event.customer_id, owner, newest).where(*set_before).subquery()
    return select(last.c.customer_id, last.c.owner_id).where(last.c.newest == 1, last.c.owner_id.is_not(None))


def _turns(session: Session, before: datetime) -> Mapping[str, dict[str, tuple[int, ...]]]:
    """The latest turns of each rep in each pool, newest first, numbered in the order in which they were taken."""
    pool = _decision.trace["assignment"]["rotation_pool"].as_string()
    owner = _decision.trace["assignment"]["owner_id"].as_string()
    taken = (
        select(pool.label("pool"), owner.label("rep_id"), _event.position)
        .join_from(table_of(EventRow), table_of(DecisionRow), _decision.id == _event.decision_id)
        .where(_event.kind.in_(_OWNER_SET), _event.at < before, pool.is_not(None))
        .subquery()
    )
    numbered = select(
        taken.c.pool,
        taken.c.rep_id,
        func.row_number().over(partition_by=taken.c.pool, order_by=taken.c.position).label("turn"),
        func.row_number()
        .over(partition_by=(taken.c.pool, taken.c.rep_id), order_by=taken.c.position.desc())
        .label("newest"),
    ).subquery()
    latest = select(numbered).where(numbered.c.newest <= MAX_WEIGHT).order_by(numbered.c.newest)
    turns: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for row in session.connection().execute(latest):
        turns[row.rep_id][row.pool] = (*turns[row.rep_id].get(row.pool, ()), row.turn)
    return turns


def _reps(session: Session, at: datetime) -> Iterator[Rep]:
    turns = _turns(session, at)
    regions, verticals = _lists(session, RepRegionRow, "region"), _lists(session, RepVerticalRow, "name")
    begun = _leave.begins <= at, _leave.ends > at, func.coalesce(_leave.cancelled_at, _leave.ends) > at
    away = set(session.connection().scalars(select(_leave.rep_id).where(*begun)))
    unused = {"email", "team_id", "version", "on_leave", "languages"}
    for row in session.connection().execute(select(table_of(RepRow)).order_by(table_of(RepRow).c.id)).mappings():
        own = {name: value for name, value in row.items() if name not in unused}
        yield Rep(
            **own,
            on_leave=row["on_leave"] or row["id"] in away,
            languages=tuple(row["languages"].split()),
            regions=regions[row["id"]],
            verticals=verticals[row["id"]],
            turns=turns.get(row["id"], {}),
        )


def _lists(session: Session, model: Any, column: str) -> Mapping[str, tuple[str, ...]]:
    table = table_of(model)
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for rep_id, value in session.connection().execute(
        select(table.c.rep_id, table.c[column]).order_by(table.c[column])
    ):
        found[rep_id] += (value,)
    return found


def _leave_turns(session: Session, begins: datetime, until: datetime) -> list[LeaveTurned]:
    """When leaves began and ended within the period; a cancelled one ended when it was cancelled."""
    rows = session.connection().execute(select(_leave.rep_id, _leave.begins, _leave.ends, _leave.cancelled_at)).all()
    spans: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in rows:
        ends = min(row.ends, row.cancelled_at or row.ends)
        if row.begins < ends:
            spans[row.rep_id].append((row.begins, ends))
    turned = {
        LeaveTurned(at, rep_id, any(first <= at < last for first, last in own))
        for rep_id, own in spans.items()
        for span in own
        for at in span
        if begins <= at < until
    }
    return sorted(turned, key=lambda it: (it.at, it.rep_id))
