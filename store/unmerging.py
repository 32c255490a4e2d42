"""Undoing a merge, on behalf of the absorbed one's workflow: both as they were, what came since where it belongs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue
from pydantic_core import to_jsonable_python
from sqlmodel import Session, col, or_, select

from domain.change import Refused, Unmerge
from domain.event import EventKind
from domain.identity import Key, keys_of
from domain.lead import Lead
from domain.matching.decision import match
from domain.matching.model import shipped_models
from domain.matching.record import record_of
from domain.matching.statistics import shipped_statistics
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.profile import Profile, profile_of
from domain.separation import Because, LaterLead, Merged, Placement, Thing, place_leads, separated, side_of_follow_up
from domain.survivorship import Side
from store.asking import require_active
from store.candidates import compare_as, keep, stand_in
from store.customers import after_both, customer_row, set_profile
from store.identification import Subject
from store.identity_index import held_by, hold, holders_of, let_go
from store.lineage import family
from store.merging import Half
from store.reading import profile_in
from store.rows import add
from store.tables import AskedItemRow, CustomerRow, EventMoveRow, EventRow, FollowUpRow, LeadRow, MergeRow

_BROUGHT = (EventKind.LEAD_RECEIVED, EventKind.FOLLOW_UP_LOGGED)


@dataclass(frozen=True)
class _Later:
    """What came after the merge: events of the survivor with the leads and follow-ups that they tell of."""

    leads: Sequence[LeadRow]
    follow_ups: Sequence[FollowUpRow]


def unmerge(
    session: Session, change: Unmerge, absorbed: CustomerRow, request_id: str, at: datetime, policy: Policy
) -> dict[str, JsonValue]:
    """Give both customers back what is theirs, both being locked; returns what explains it.

    Raises:
        Refused: ``unknown_merge``, ``not_merged`` when it was undone before, ``later_merge`` when another one builds
            on it and must be undone first, ``unknown_rep`` and ``rep_not_available`` for whoever undoes it.
    """
    require_active(session, change.by)
    row = undoable(session, change.merge_id)
    survivor = customer_row(session, row.survivor_id)
    was = Merged.model_validate(row.merged)
    halves = {Side(side): Half.model_validate(half) for side, half in row.halves.items()}
    later = _since(session, row)
    held = {side: frozenset(half.keys) for side, half in halves.items()}
    placed = place_leads(_later_leads(later.leads, was, policy), held)
    leads = {
        side: [
            profile_of(Lead.model_validate(lead.lead))
            for lead, its in zip(later.leads, placed, strict=True)
            if its.side is side
        ]
        for side in (Side.SURVIVOR, Side.ABSORBED)
    }
    placed += [_follow_up_placed(follow_up, halves) for follow_up in later.follow_ups]
    foreign = _foreign(session, survivor.id, halves)
    now = separated(was, profile_in(survivor), leads, foreign)
    placed += [*now.placed, *_moved_on(row, survivor)]
    _give_keys(session, row, now.survivor, now.absorbed, halves, leads)
    # The survivor first: it still counts the absorbed one among those whom it stands for.
    have_found(session, survivor.id, now.survivor, [*leads[Side.SURVIVOR], *_changed(was.survivor, now.survivor)])
    have_found(session, absorbed.id, now.absorbed, [*leads[Side.ABSORBED], *_changed(was.absorbed, now.absorbed)])
    after_both(survivor, absorbed)
    set_profile(survivor, now.survivor)
    set_profile(absorbed, now.absorbed)
    survivor.updated_at = at
    move(session, [thing for thing in placed if thing.side is Side.ABSORBED], absorbed.id, at)
    row.unmerge_id, row.unmerged_at = request_id, at
    row.unmerged_by, row.unmerge_reason = change.by, change.reason
    row.placed = [placement.model_dump(mode="json") for placement in placed]
    session.add_all(
        AskedItemRow(merge_id=row.id, number=number, values=to_jsonable_python(placement.values))
        for number, placement in enumerate(placed, 1)
        if placement.asked
    )
    return {"merge_id": row.id, "placed": [placement.model_dump(mode="json") for placement in placed]}


def undoable(session: Session, merge_id: str) -> MergeRow:
    """The merge, when it may be undone.

    Raises:
        Refused: ``unknown_merge``, ``not_merged``, ``later_merge``.
    """
    row = session.exec(select(MergeRow).where(MergeRow.id == merge_id)).first()
    if row is None:
        raise Refused("unknown_merge", about=merge_id)
    if row.unmerged_at is not None:
        raise Refused("not_merged", about=merge_id)
    involved = or_(MergeRow.survivor_id == row.survivor_id, MergeRow.absorbed_id == row.survivor_id)
    statement = select(MergeRow.id).where(
        involved, col(MergeRow.position) > row.position, col(MergeRow.unmerged_at).is_(None)
    )
    later = session.exec(statement.order_by(col(MergeRow.position).desc())).first()
    if later is not None:
        raise Refused("later_merge", about=later)
    return row


def _since(session: Session, row: MergeRow) -> _Later:
    """The survivor's own leads and follow-ups since the merge, oldest first."""
    merged_at = session.exec(select(EventRow.position).where(EventRow.id == row.id)).one()
    events = session.exec(
        select(EventRow)
        .where(EventRow.customer_id == row.survivor_id, col(EventRow.position) > merged_at)
        .where(col(EventRow.kind).in_(_BROUGHT))
        .order_by(col(EventRow.position))
    ).all()
    told = {kind: [event for event in events if event.kind == kind] for kind in _BROUGHT}
    lead_ids = [event.data["lead_id"] for event in told[EventKind.LEAD_RECEIVED]]
    leads = {row.id: row for row in session.exec(select(LeadRow).where(col(LeadRow.id).in_(lead_ids)))}
    ids = [event.id for event in told[EventKind.FOLLOW_UP_LOGGED]]
    logged = select(FollowUpRow).where(col(FollowUpRow.id).in_(ids))
    follow_ups = session.exec(logged.order_by(col(FollowUpRow.logged_at), FollowUpRow.id)).all()
    return _Later(leads=[leads[lead_id] for lead_id in lead_ids], follow_ups=follow_ups)


def _later_leads(rows: Sequence[LeadRow], was: Merged, policy: Policy) -> Iterable[LaterLead]:
    sides = {Side.SURVIVOR: record_of(was.survivor), Side.ABSORBED: record_of(was.absorbed)}
    for row in rows:
        profile = profile_of(Lead.model_validate(row.lead))
        record = record_of(profile)
        alike = {
            side: match(record, theirs, shipped_statistics(), shipped_models(), policy.matching)
            for side, theirs in sides.items()
        }
        yield LaterLead(id=row.id, keys=keys_of(profile), alike=alike)


def _follow_up_placed(row: FollowUpRow, halves: dict[Side, Half]) -> Placement:
    owners = (halves[side].ownership.owner_id for side in (Side.SURVIVOR, Side.ABSORBED))
    side, because = side_of_follow_up(row.rep_id, *owners)
    return Placement(thing=Thing.FOLLOW_UP, id=row.id, side=side, because=because)


def _moved_on(row: MergeRow, survivor: CustomerRow) -> list[Placement]:
    """An ownership that changed since the merge stays with the survivor, and a person is asked."""
    taken = Ownership.model_validate(row.taken_over["taken"]) if row.taken_over else None
    if survivor.place == Place.MERGED or taken is None or taken.seq == survivor.seq:
        return []
    because = Because.FITS_BOTH_OR_NONE
    return [Placement(thing=Thing.OWNERSHIP, id=survivor.id, side=Side.SURVIVOR, because=because)]


def _foreign(session: Session, survivor_id: str, halves: dict[Side, Half]) -> frozenset[Key]:
    """The strong identifiers of either that another customer holds by now."""
    strong = [key for half in halves.values() for key in half.keys if key.strong]
    holders, waiting = holders_of(session, strong, but=survivor_id)
    return frozenset(key for holder, keys in holders.items() if holder not in waiting for key in keys) & frozenset(
        strong
    )


def _give_keys(
    session: Session,
    row: MergeRow,
    own: Profile,
    other: Profile,
    halves: dict[Side, Half],
    leads: dict[Side, list[Profile]],
) -> None:
    """Each its keys of before and those that came with what is its own."""
    held = frozenset(held_by(session, row.survivor_id))
    let_go(session, row.survivor_id)
    both = {Side.SURVIVOR: (row.survivor_id, own, other), Side.ABSORBED: (row.absorbed_id, other, own)}
    for side, (customer_id, profile, others) in both.items():
        own_keys, theirs = keys_of(profile), frozenset(keys_of(others))
        weak = {key for key in (*halves[side].keys, *_all_keys(leads[side])) if not key.strong}
        strong = {key for key in halves[side].keys if key.strong and key in held} - theirs
        hold(session, customer_id, sorted({*own_keys, *weak, *strong}, key=lambda key: (key.kind, key.value)))


def have_found(session: Session, customer_id: str, profile: Profile, brought: Sequence[Profile]) -> None:
    """A customer is found as itself again, with those whom it stands for, each by what it was known by."""
    record = record_of(profile)
    compare_as(session, [customer_id], record)
    for each in dict.fromkeys(brought):
        keep(session, customer_id, record, Subject.of(each).blocking)
    _, *merged = family(session, customer_id)
    stand_in(session, None, [customer_id])
    stand_in(session, customer_id, merged)
    for customer in session.exec(select(CustomerRow).where(col(CustomerRow.id).in_(merged))):
        compare_as(session, [customer.id], record_of(profile_in(customer)))


def _changed(before: Profile, after: Profile) -> list[Profile]:
    return [after] if after != before else []


def _all_keys(profiles: Sequence[Profile]) -> list[Key]:
    return [key for profile in profiles for key in keys_of(profile)]


def move(session: Session, placed: Sequence[Placement], customer_id: str, at: datetime) -> None:
    """Leads and follow-ups, with the events that tell of them, to the customer that they belong to."""
    for placement in placed:
        if placement.thing is Thing.LEAD:
            session.get_one(LeadRow, placement.id).customer_id = customer_id
            event_id = f"{placement.id}:{EventKind.LEAD_RECEIVED}"
        elif placement.thing is Thing.FOLLOW_UP:
            session.get_one(FollowUpRow, placement.id).customer_id = customer_id
            event_id = placement.id
        else:
            continue
        event = session.exec(select(EventRow).where(EventRow.id == event_id)).one()
        whose = {"event_id": event_id, "from_id": event.customer_id, "to_id": customer_id}
        add(session, EventMoveRow, {**whose, "at": at, "recorded_at": datetime.now(UTC)})
        event.customer_id = customer_id
