"""The invariants of DESIGN.md as checks of the read model, each named after its own and returning the violations found.

They read tables, not code: what they find is there for everybody to see, whatever path led to it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from domain.event import ABOUT_APPROVALS, ABOUT_COLLISIONS, EventKind
from domain.identity import Outcome, keys_of
from domain.ownership import Ownership, Place
from domain.profile import Profile
from store.database import Database
from store.rows import table_of
from store.tables import (
    ChangeRow,
    CollisionActRow,
    CollisionRepRow,
    CollisionRow,
    CustomerRow,
    DecisionRow,
    EventRow,
    FollowUpRow,
    IdentityKeyRow,
    LeadAskedRow,
    LeadEventRow,
    LeadRow,
    MatchableRow,
    MergeRow,
    RepRow,
    RotationTurnRow,
    ShareRow,
)

T = TypeVar("T", bound=SQLModel)
MOVES = frozenset(
    {
        EventKind.OWNER_ASSIGNED,
        EventKind.QUEUED,
        EventKind.REASSIGNED,
        EventKind.RECYCLED,
        EventKind.OWNER_CHANGED,
        EventKind.CLAIMED,
        EventKind.RELEASED,
        EventKind.DESIGNATED,
        EventKind.TRANSFERRED,
        EventKind.CUSTOMER_MERGED,
        EventKind.CUSTOMER_ABSORBED,
        EventKind.CUSTOMER_UNMERGED,
        EventKind.CUSTOMER_SEPARATED,
    }
)
"""The events that give a customer another owner or place: as many as its ownership's ``seq`` counts."""

_REPORTED = frozenset({EventKind.TOUCH_LOGGED, EventKind.SURVEY_SENT, EventKind.SURVEY_ANSWERED})
"""What systems report and nobody decided."""
_REFUSED = frozenset({EventKind.IDENTIFIER_CONTESTED})
"""What was refused, and is no change therefore."""


@dataclass(frozen=True)
class ReadModel:
    """Everything that the read model holds, at one instant."""

    customers: tuple[CustomerRow, ...]
    leads: tuple[LeadRow, ...]
    lead_events: tuple[LeadEventRow, ...]
    asked: tuple[LeadAskedRow, ...]
    keys: tuple[IdentityKeyRow, ...]
    events: tuple[EventRow, ...]
    decisions: tuple[DecisionRow, ...]
    changes: tuple[ChangeRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    reps: tuple[RepRow, ...]
    turns: tuple[RotationTurnRow, ...]
    matchables: tuple[MatchableRow, ...]
    merges: tuple[MergeRow, ...]
    shares: tuple[ShareRow, ...]
    cases: tuple[CollisionRow, ...]
    case_reps: tuple[CollisionRepRow, ...]
    case_acts: tuple[CollisionActRow, ...]

    @property
    def content(self) -> dict[str, list[dict[str, Any]]]:
        """The same as plain data, to be compared with that of another instant."""
        return {name: [row.model_dump() for row in rows] for name, rows in vars(self).items()}


def read_model(database: Database) -> ReadModel:
    """Read it all, in one transaction."""
    with database.read() as session:
        return ReadModel(
            customers=_all(session, CustomerRow),
            leads=_all(session, LeadRow),
            lead_events=_all(session, LeadEventRow),
            asked=_all(session, LeadAskedRow),
            keys=_all(session, IdentityKeyRow),
            events=_all(session, EventRow),
            decisions=_all(session, DecisionRow),
            changes=_all(session, ChangeRow),
            follow_ups=_all(session, FollowUpRow),
            reps=_all(session, RepRow),
            turns=_all(session, RotationTurnRow),
            matchables=_all(session, MatchableRow),
            merges=_all(session, MergeRow),
            shares=_all(session, ShareRow),
            cases=_all(session, CollisionRow),
            case_reps=_all(session, CollisionRepRow),
            case_acts=_all(session, CollisionActRow),
        )


def _all(session: Session, model: type[T]) -> tuple[T, ...]:
    return tuple(session.exec(select(model).order_by(*table_of(model).primary_key)))


def violations(model: ReadModel) -> list[str]:
    """Everything that breaks one of the invariants which the read model alone can show."""
    found = {
        check.__name__: check(model)
        for check in (one_customer, one_owner, settled, once, explained, merged, shared, four_eyes)
    }
    return [f"{name}: {violation}" for name, each in found.items() for violation in each]


def one_customer(model: ReadModel) -> list[str]:
    """No two live customers share a strong identifier: neither in the index nor in what is written of them."""
    written = [
        (key.kind, key.value, customer.id)
        for customer in model.customers
        if customer.merged_into is None
        for key in keys_of(Profile.model_validate(customer.profile))
        if key.strong
    ]
    indexed = [(key.kind, key.value, key.holder) for key in model.keys if key.strong and not key.waiting]
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, value, holder in (*written, *indexed):
        holders[(kind, value)].add(holder)
    shared = [f"{kind} of {sorted(ids)}" for (kind, _), ids in holders.items() if len(ids) > 1]
    lost = [f"{kind} of {customer} is not in the index" for kind, _, customer in set(written) - set(indexed)]
    return shared + lost


def one_owner(model: ReadModel) -> list[str]:
    """A customer has one owner, who is a rep, or is in one queue or pool, or is merged; every place says the same."""
    reps = {rep.id for rep in model.reps}
    found = []
    for row in model.customers:
        ownership = Ownership.model_validate(row.ownership)
        in_columns = (row.place, row.owner_id, row.queue, row.seq, row.region, row.merged_into)
        names = ("place", "owner_id", "queue", "seq", "region", "merged_into")
        if in_columns != tuple(getattr(ownership, name) for name in names):
            found.append(f"{row.id} is at {in_columns} in its columns and elsewhere in its ownership")
        somewhere = [row.owner_id in reps, row.queue is not None, row.merged_into is not None]
        expected = [row.place == Place.OWNED, row.place in (Place.QUEUE, Place.POOL), row.place == Place.MERGED]
        if somewhere != expected:
            found.append(f"{row.id} is at {in_columns}")
        moved = [event for event in model.events if event.customer_id == row.id and event.kind in MOVES]
        last = max(moved, key=lambda event: event.position or 0, default=None)
        if last is None or (last.data.get("owner_id"), last.data.get("queue")) != (row.owner_id, row.queue):
            found.append(f"{row.id} is at {in_columns}, which is not where its last event put it")
    return found


def nothing_lost(model: ReadModel, accepted: Collection[str]) -> list[str]:
    """Every lead that was answered with a 2xx, given by its id, is there."""
    return [f"{lead} is lost" for lead in sorted(set(accepted) - {lead.id for lead in model.leads})]


def settled(model: ReadModel) -> list[str]:
    """Every lead is settled or in doubt, a settled one has its customer, and one in doubt holds its keys."""
    customers, waiting = {row.id for row in model.customers}, {key.holder for key in model.keys if key.waiting}
    in_doubts = {lead.id for lead in model.leads if lead.outcome == Outcome.NEEDS_CONFIRMATION}
    found = [f"{row.rep_id} is asked about {row.lead_id}" for row in model.asked if row.lead_id not in in_doubts]
    for lead in model.leads:
        in_doubt = lead.outcome == Outcome.NEEDS_CONFIRMATION
        placed = lead.outcome in (Outcome.NEW_CUSTOMER, Outcome.DUPLICATE)
        if in_doubt != (lead.settled_at is None) or in_doubt != (lead.id in waiting):
            found.append(f"{lead.id} is {lead.outcome} and half settled")
        if placed != (lead.customer_id in customers):
            found.append(f"{lead.id} is {lead.outcome} and belongs to {lead.customer_id}")
    return found


def once(model: ReadModel) -> list[str]:
    """Everything had its effect once: as many customers, events, turns and follow-ups as there were causes."""
    born = [lead.customer_id for lead in model.leads if lead.outcome == Outcome.NEW_CUSTOMER]
    received = [lead.id for lead in model.leads if lead.outcome == Outcome.DUPLICATE]
    seen: dict[str, list[EventRow]] = defaultdict(list)
    for event in model.events:
        seen["moves" if event.kind in MOVES else event.kind].append(event)
    births = {f"{event.data.get('lead_id')}:{event.kind}" for event in model.events}
    seqs = Counter({row.id: row.seq for row in model.customers})
    pairs: dict[str, tuple[Iterable[object], Iterable[object]]] = {
        "leads": ({(lead.source, lead.external_id) for lead in model.leads}, (_name(lead) for lead in model.leads)),
        "customers": (born, (row.id for row in model.customers)),
        "registrations": (born, (event.customer_id for event in seen[EventKind.CUSTOMER_REGISTERED])),
        "leads received": (received, (event.data["lead_id"] for event in seen[EventKind.LEAD_RECEIVED])),
        "moves": (seqs.elements(), (event.customer_id for event in seen["moves"])),
        "follow-ups": ((row.id for row in model.follow_ups), (event.id for event in seen[EventKind.FOLLOW_UP_LOGGED])),
        "changes": (
            (change.id for change in model.changes if change.result["event"]),
            (
                event.id
                for event in model.events
                if event.id not in births
                and event.kind not in ABOUT_APPROVALS | ABOUT_COLLISIONS | _REPORTED | _REFUSED
            ),
        ),
        "turns": (_turns_given(model), _turns_taken(model)),
    }
    return [f"{name}: {cause} has {there}" for name, pair in pairs.items() for cause, there in _differences(*pair)]


def _name(lead: LeadRow) -> tuple[str, str]:
    return lead.source, lead.external_id


def _turns_taken(model: ReadModel) -> Iterable[str]:
    """The pool of every assignment that rotation decided."""
    for decision in model.decisions:
        assignment = decision.trace.get("assignment")
        if assignment and assignment["rotation_pool"]:
            yield assignment["rotation_pool"]


def _turns_given(model: ReadModel) -> Iterable[str]:
    """Each pool as often as its turns were counted."""
    latest: Counter[str] = Counter()
    for row in model.turns:
        latest[row.pool] = max(latest[row.pool], row.turn)
    return latest.elements()


def _differences(expected: Iterable[object], there: Iterable[object]) -> Iterable[tuple[object, str]]:
    """What is there more or less often than expected."""
    wanted, found = Counter(expected), Counter(there)
    for cause in sorted(wanted.keys() | found.keys(), key=str):
        if wanted[cause] != found[cause]:
            yield cause, f"{found[cause]} and should have {wanted[cause]}"


def merged(model: ReadModel) -> list[str]:
    """A merged customer leads to a live one, by one merge that stands, holds nothing, and is found as that one."""
    into = {row.id: row.merged_into for row in model.customers}
    standing = Counter((merge.absorbed_id, merge.survivor_id) for merge in model.merges if merge.unmerged_at is None)
    found = [f"{pair} is what {count} merges say" for pair, count in standing.items() if into.get(pair[0]) != pair[1]]
    found += [f"{pair} was merged {count} times" for pair, count in standing.items() if count > 1]
    found += [f"{id_} was merged by nobody" for id_, to in into.items() if to and (id_, to) not in standing]
    found += [f"{key.holder} was merged and holds a {key.kind}" for key in model.keys if into.get(key.holder)]
    for row in model.matchables:
        if (row.survivor or row.holder) != _live(row.holder, into):
            found.append(f"{row.holder} is found as {row.survivor}")
    return found


def shared(model: ReadModel) -> list[str]:
    """Nobody collaborates on their own customer, and the rows that are open are the grants of the ownership."""
    open_ = Counter(
        (row.customer_id, row.rep_id, row.access, row.granted_at, row.expires_at, row.approval_id)
        for row in model.shares
        if row.ended_at is None
    )
    granted: Counter[tuple[object, ...]] = Counter()
    found = []
    for customer in model.customers:
        for share in Ownership.model_validate(customer.ownership).shares:
            granted[(customer.id, *share.what, share.since, share.until, share.approval_id)] += 1
            if share.rep_id == customer.owner_id:
                found.append(f"{customer.id} is shared with its owner {share.rep_id}")
    return found + [f"{share} is {there}" for share, there in _differences(granted.elements(), open_.elements())]


def four_eyes(model: ReadModel) -> list[str]:
    """Nobody decided a case in which they are one of the reps, and every case that was settled was settled once."""
    reps = {(row.case_id, row.rep_id) for row in model.case_reps}
    found = [
        f"{act.person} decided {act.case_id}"
        for act in model.case_acts
        if act.action == "resolution" and act.refusal is None and (act.case_id, act.person) in reps
    ]
    told = Counter(act.case_id for act in model.case_acts if act.action == EventKind.COLLISION_SETTLED)
    untold = [row.id for row in model.cases if row.status == "settled" and not told[row.id]]
    return found + [f"{case_id} is settled and nobody was told" for case_id in untold]


def _live(customer_id: str, into: Mapping[str, str | None]) -> str:
    """Who stands for a customer; the customer itself where the way leads in a circle."""
    gone = [customer_id]
    while (to := into.get(gone[-1])) and to not in gone:
        gone.append(to)
    return customer_id if to else gone[-1]


def explained(model: ReadModel) -> list[str]:
    """Every lead and every event has its decision trace, with the policy's version and what was tried."""
    decisions = {decision.id: decision for decision in model.decisions}
    found = [f"{lead.id} has no decision" for lead in model.leads if lead.decision_id not in decisions]
    happened = (*(event for event in model.events if event.kind not in _REPORTED), *model.lead_events)
    found += [f"{event.id} has no decision" for event in happened if event.decision_id not in decisions]
    for decision in model.decisions:
        trace = decision.trace
        if not decision.policy_version or {"identification", "change", "evidence"}.isdisjoint(trace):
            found.append(f"{decision.id} explains nothing")
        if trace.get("assignment") and not trace["assignment"]["trials"]:
            found.append(f"{decision.id} tells of no rule tried")
    return found
