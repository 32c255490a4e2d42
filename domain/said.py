"""What people and systems say of a customer: contacts, its profile, level and stage, what it is bound by."""

from datetime import datetime

from pydantic import JsonValue

from domain.case import place_of, region_of
from domain.change import (
    ChangeProfile,
    ChangeStanding,
    CloseCommitment,
    ItemChange,
    LogFollowUp,
    OpenCommitment,
    PlaceItem,
    Refused,
    TakeItem,
)
from domain.commitment import MAX_COMMITMENTS, Commitment
from domain.customer_rules import clock_name, restarted, with_new_clock
from domain.event import EventKind
from domain.follow_up import shortfalls
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.profile import Profile
from domain.protection import reheld
from domain.sharing import collaborates, may_log
from domain.step import Step
from domain.waiting import known_better

Said = LogFollowUp | ChangeProfile | ChangeStanding | OpenCommitment | CloseCommitment | ItemChange


def said(before: Ownership, change: Said, policy: Policy, at: datetime) -> Step | None:
    """What becomes of the ownership when somebody says something of the customer; None when it was known.

    Args:
        before: the ownership as it stands.
        change: what is said.
        policy: the rules in force.
        at: the workflow's time.

    Raises:
        Refused: ``too_many_commitments``, ``read_only_share``.
    """
    match change:
        case ChangeProfile():
            moved = located(before, change.profile)
            return Step(ownership=known_better(before, moved, at), event=EventKind.PROFILE_CHANGED)
        case LogFollowUp():
            return _followed_up(before, change, policy, at)
        case ChangeStanding():
            return _standing_changed(before, change, policy, at)
        case OpenCommitment():
            return _committed(before, change.commitment, policy, at)
        case CloseCommitment():
            return _over(before, change, policy, at)
        case PlaceItem() | TakeItem():
            return _item(before, change)


def located(ownership: Ownership, profile: Profile) -> Ownership:
    """The ownership of a customer that lies, and does, what its profile says."""
    facts = ownership.facts.model_copy(update=place_of(profile))
    return ownership.model_copy(update={"region": region_of(profile), "facts": facts})


def _item(before: Ownership, change: ItemChange) -> Step:
    """Where an item that was asked about leaves a customer or comes to it, its profile then tells where it lies."""
    data: dict[str, JsonValue] = {"merge_id": change.merge_id, "item": change.item}
    if isinstance(change, TakeItem):
        return Step(ownership=before, event=EventKind.ITEM_RECEIVED, data=data)
    return Step(ownership=before, event=EventKind.ITEM_DECIDED, data={**data, "to": change.to})


def _followed_up(before: Ownership, change: LogFollowUp, policy: Policy, at: datetime) -> Step:
    """An effective follow-up restarts the clock from when it happened; it never sets the clock back or ahead."""
    rep_id = change.follow_up.rep_id
    if not may_log(before, rep_id, at):
        raise Refused("read_only_share", about=rep_id)
    counts = policy.sharing.collaborator_follow_up_counts and collaborates(before, rep_id, at)
    by_right = before.owner_id is not None and (rep_id == before.owner_id or counts)
    lacking = shortfalls(change.follow_up, by_right=by_right, rules=policy.effective_follow_up)
    happened = min(change.follow_up.occurred_at or at, at)
    after = before
    if not lacking and before.clock is not None and happened > before.clock.started_at:
        after = before.model_copy(update={"clock": restarted(before.clock, happened, at, policy)})
    data: dict[str, JsonValue] = {
        "rep_id": rep_id,
        "kind": change.follow_up.kind,
        "effective": not lacking,
        "shortfalls": [str(lack) for lack in lacking],
    }
    if rep_id != before.owner_id and collaborates(before, rep_id, at):
        data["collaborator"] = True
    return Step(ownership=after, event=EventKind.FOLLOW_UP_LOGGED, data=data)


def _standing_changed(before: Ownership, change: ChangeStanding, policy: Policy, at: datetime) -> Step | None:
    """Another level or stage that has another clock starts it; otherwise the running one goes on."""
    facts = before.facts.model_copy(update={"level": change.level, "stage": change.stage})
    if facts == before.facts:
        return None
    after = known_better(before, before.model_copy(update={"facts": facts}), at)
    if after.place is Place.OWNED and clock_name(before, policy) != clock_name(after, policy):
        after = with_new_clock(after, policy, at)
    return Step(ownership=after, event=EventKind.STANDING_CHANGED, data={"level": change.level, "stage": change.stage})


def _committed(before: Ownership, commitment: Commitment, policy: Policy, at: datetime) -> Step | None:
    """One more commitment, or another end of one; those that are over by themselves are forgotten."""
    if commitment in before.commitments:
        return None
    others = tuple(it for it in before.commitments if it.is_open(at) and not _same(it, commitment))
    if len(others) >= MAX_COMMITMENTS:
        raise Refused("too_many_commitments", limit=MAX_COMMITMENTS)
    after = before.model_copy(update={"commitments": (*others, commitment)})
    data = commitment.model_dump(mode="json")
    return Step(ownership=reheld(after, policy.protect, at), event=EventKind.COMMITMENT_OPENED, data=data)


def _over(before: Ownership, change: CloseCommitment, policy: Policy, at: datetime) -> Step | None:
    over = Commitment(kind=change.commitment, reference=change.reference)
    left = tuple(it for it in before.commitments if not _same(it, over))
    if left == before.commitments:
        return None
    after = before.model_copy(update={"commitments": left})
    data = over.model_dump(mode="json", include={"kind", "reference"})
    return Step(ownership=reheld(after, policy.protect, at), event=EventKind.COMMITMENT_CLOSED, data=data)


def _same(one: Commitment, other: Commitment) -> bool:
    return (one.kind, one.reference) == (other.kind, other.reference)
