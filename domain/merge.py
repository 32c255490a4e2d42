"""What a merge and its undoing come to for the ownership of each of the two customers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from domain.assignment import Case, Rep
from domain.change import GiveBack, MergeChange, MergeInto, Refused, TakeOver, Unmerge
from domain.commitment import Commitment
from domain.customer_rules import restarted
from domain.event import EventKind
from domain.follow_up import Clock, Stage
from domain.freeze import Freeze
from domain.lead import CustomerType
from domain.merging_rules import MergedClock, MergedOwner, MergedShares, MergedType, MergingRules
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.protection import reheld
from domain.share import Share, together, without_rep
from domain.step import Step, assigned, owned_by, ownerless
from domain.waiting import known_better

_PLACED = (
    *("rule", "place", "owner_id", "queue", "reason", "since", "previous_owner_id"),
    *("wait", "claimed_from", "protected_until"),
)
"""What says where a customer is, and how it came there."""
_NEVER = datetime.max.replace(tzinfo=UTC)


def rep_in_question(change: MergeChange) -> str | None:
    """The rep who may get the customer by this change, and of whom must be known whether that is possible."""
    match change:
        case MergeInto():
            return change.owner
        case TakeOver():
            return change.owner or change.absorbed.owner_id
        case Unmerge():
            return change.restored.owner_id
        case GiveBack():
            return change.was.owner_id


def collaborators_in_question(change: MergeChange) -> tuple[str, ...]:
    """The reps who may get share grants back by this change, and of whom must be known whether they are still there."""
    match change:
        case Unmerge():
            return tuple(sorted({share.rep_id for share in change.restored.shares}))
        case GiveBack():
            return tuple(sorted({share.rep_id for share in change.was.shares}))
        case _:
            return ()


def decide_merge(
    before: Ownership, change: MergeChange, case: Case, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step:
    """What a merge or its undoing comes to for one of the two customers.

    Args:
        before: the ownership as it stands.
        change: what is asked.
        case: the change as a case for assignment; it names the rep in question.
        policy: the rules in force.
        reps: the reps that the case needs.
        at: the workflow's time.

    Raises:
        Refused: ``same_customer``, ``rep_not_available``, or ``not_merged`` for what was never merged so.
    """
    able = {rep.id for rep in reps if rep.available}
    there = {rep.id for rep in reps if rep.active}
    match change:
        case MergeInto():
            return _merged(before, change, able, at)
        case TakeOver():
            return _taken_over(before, change, policy, able, at)
        case Unmerge():
            step = _unmerged(before, change, case, policy, reps, at)
            return _with_shares(step, (), change.restored.shares, there, at)
        case GiveBack():
            step = _given_back(before, change, policy, able, at)
            return _with_shares(step, *_own_shares(before, change), there, at)


def _merged(before: Ownership, change: MergeInto, able: set[str], at: datetime) -> Step:
    if change.survivor_id == before.customer_id:
        raise Refused("same_customer")
    if change.owner is not None and change.owner not in able:
        raise Refused("rep_not_available")
    absorbed = {"merged_into": change.survivor_id, "commitments": (), "shares": (), "freezes": ()}
    after = ownerless(before, Place.MERGED, None, None, at).model_copy(update=absorbed)
    return Step(ownership=after, event=EventKind.CUSTOMER_MERGED, data={"survivor_id": change.survivor_id})


def _taken_over(before: Ownership, change: TakeOver, policy: Policy, able: set[str], at: datetime) -> Step:
    """The owner that was asked for, else the policy's; where that rep has gone meanwhile, everything stays.

    What either is bound by binds the one customer.
    """
    wanted = change.owner or _owner(before, change.absorbed, policy.merging)
    promoted = _promoted(before, change.absorbed, policy.merging)
    bound = tuple(dict.fromkeys((*before.commitments, *change.absorbed.commitments)))
    kind = _kind_of(change.absorbed) if promoted else {}
    freezes = tuple(dict.fromkeys((*before.freezes, *change.absorbed.freezes)))
    located = before.model_copy(update={"region": change.region, "commitments": bound, "freezes": freezes, **kind})
    possible = wanted is None or wanted == before.owner_id or wanted in able
    data: dict[str, JsonValue] = {
        "merge_id": change.merge_id,
        "absorbed_id": change.absorbed.customer_id,
        "wanted": wanted,
        "possible": possible,
        "customer_type": located.customer_type,
        "customer_type_by": policy.merging.customer_type,
    }
    if wanted is None or wanted == before.owner_id or not possible:
        clock = _clock(before.clock, change.absorbed.clock, policy.merging) if before.owner_id else before.clock
        after = located.model_copy(update={"seq": before.seq + 1, **_with_version(clock, before, change.absorbed)})
    else:
        after = owned_by(located, wanted, policy, at)
        if wanted == change.absorbed.owner_id:
            clock = _clock(change.absorbed.clock, before.clock, policy.merging)
            claim = {name: getattr(change.absorbed, name) for name in ("claimed_from", "protected_until")}
            after = after.model_copy(update={**_with_version(clock, change.absorbed, before), **claim})
    if promoted and after.owner_id is not None:
        after = after.model_copy(update={"clock": change.absorbed.clock, "policy": change.absorbed.policy})
    if policy.merging.shares is MergedShares.BOTH:
        joined = without_rep(together(after.shares, change.absorbed.shares), after.owner_id)
        after = after.model_copy(update={"shares": joined})
    return Step(ownership=known_better(before, after, at), event=EventKind.CUSTOMER_ABSORBED, data=data)


def _owner(survivor: Ownership, absorbed: Ownership, rules: MergingRules) -> str | None:
    """Of two owners the policy's choice; of one owner, that one; an ownerless pair stays where the survivor is."""
    if survivor.owner_id is None or absorbed.owner_id is None:
        return survivor.owner_id or absorbed.owner_id
    longest = rules.owner is MergedOwner.LONGEST and absorbed.since < survivor.since
    return absorbed.owner_id if longest else survivor.owner_id


def _promoted(survivor: Ownership, absorbed: Ownership, rules: MergingRules) -> bool:
    """Whether the survivor becomes a key account because the absorbed customer was one."""
    wins = rules.customer_type is MergedType.KEY_ACCOUNT_WINS
    return wins and absorbed.customer_type is CustomerType.KEY_ACCOUNT is not survivor.customer_type


def _kind_of(ownership: Ownership) -> dict[str, str | None]:
    """What sort of customer it is: its type, and the rule that says by what it may change hands."""
    return {"customer_type": ownership.customer_type, "rule": ownership.rule}


def _clock(own: Clock | None, other: Clock | None, rules: MergingRules) -> Clock | None:
    if rules.clock is MergedClock.SURVIVOR or other is None:
        return own
    return min(own, other, key=_end) if own else other


def _unmerged(
    before: Ownership, change: Unmerge, case: Case, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step:
    """As it stood before; an owner who has gone meanwhile is replaced by the policy's methods."""
    if before.place is not Place.MERGED:
        raise Refused("not_merged")
    was = change.restored
    data: dict[str, JsonValue] = {"merge_id": change.merge_id, "survivor_id": before.merged_into}
    if was.owner_id is not None and not any(rep.id == was.owner_id and rep.available for rep in reps):
        bound = before.model_copy(update={"commitments": was.commitments})
        elsewhere = assigned(bound, case, policy, reps, at)
        return elsewhere.model_copy(update={"event": EventKind.CUSTOMER_UNMERGED, "data": data})
    after = was.model_copy(update={"seq": before.seq + 1, "clock": _running_on(was.clock, at, policy), "freezes": ()})
    return Step(ownership=after, event=EventKind.CUSTOMER_UNMERGED, data=data)


def _given_back(before: Ownership, change: GiveBack, policy: Policy, able: set[str], at: datetime) -> Step:
    """As it stood before, unless somebody moved it on since, or the owner of then is not there to take it back."""
    was, taken = change.was, change.taken
    untouched = before.seq == taken.seq and (was.owner_id in (None, before.owner_id) or was.owner_id in able)
    rule = was.rule if before.rule == taken.rule else before.rule
    bound = _own_commitments(before, was, taken)
    freezes = _own_freezes(before, was, taken)
    own = {"customer_type": was.customer_type, "rule": rule, "region": change.region, "commitments": bound}
    after = before.model_copy(update={"seq": before.seq + 1, "freezes": freezes, **own})
    if untouched:
        same_clock = before.clock == taken.clock != was.clock
        back = same_clock or was.owner_id != before.owner_id
        clock = _running_on(was.clock, at, policy) if back else before.clock
        version = {"clock": clock, "policy": was.policy if back else before.policy}
        after = after.model_copy(update={**{name: getattr(was, name) for name in _PLACED}, **version})
    after = reheld(after, policy.protect, at)
    data: dict[str, JsonValue] = {"merge_id": change.merge_id, "restored": untouched}
    return Step(ownership=known_better(before, after, at), event=EventKind.CUSTOMER_SEPARATED, data=data)


def _own_commitments(before: Ownership, was: Ownership, taken: Ownership) -> tuple[Commitment, ...]:
    """Without what only the other customer brought."""
    brought = set(taken.commitments) - set(was.commitments)
    return tuple(it for it in before.commitments if it not in brought)


def _own_freezes(before: Ownership, was: Ownership, taken: Ownership) -> tuple[Freeze, ...]:
    """Without what only the other customer's cases brought."""
    brought = set(taken.freezes) - set(was.freezes)
    return tuple(it for it in before.freezes if it not in brought)


def _own_shares(before: Ownership, change: GiveBack) -> tuple[tuple[Share, ...], list[Share]]:
    """The grants but those that only the other customer brought, and of the earlier ones those whose place these or
    the ownership took."""
    was, taken = change.was, change.taken
    brought = set(taken.shares) - set(was.shares)
    own = tuple(share for share in before.shares if share not in brought)
    replacing = [share for share in before.shares if share in brought]
    back = [
        share
        for share in was.shares
        if share not in taken.shares
        and (share.rep_id == taken.owner_id or any(other.covers(share) for other in replacing))
    ]
    return own, back


def _with_shares(step: Step, own: Sequence[Share], back: Sequence[Share], there: set[str], at: datetime) -> Step:
    """The step with these grants, and with those that come back: if they have not ended meanwhile and their reps have
    neither left nor become the owner."""
    coming = [share for share in back if share.until > at and share.rep_id in there]
    kept = without_rep(together(own, coming), step.ownership.owner_id)
    return step.model_copy(update={"ownership": step.ownership.model_copy(update={"shares": kept})})


def _with_version(clock: Clock | None, own: Ownership, other: Ownership) -> dict[str, object]:
    """A clock of one of the two, with the version of the policy that it goes by."""
    return {"clock": clock, "policy": own.policy if clock == own.clock else other.policy}


def _running_on(clock: Clock | None, at: datetime, policy: Policy) -> Clock | None:
    """The clock with what is still to come; one that ran out meanwhile starts anew, for nobody could heed it."""
    if clock is None:
        return None
    if _end(clock) <= at:
        return restarted(clock, at, at, policy)
    return clock.model_copy(update={"due": tuple(due for due in clock.due if due.at > at)})


def _end(clock: Clock) -> datetime:
    """When it runs out; never, while it is held without an end."""
    return next((due.at for due in clock.due if due.stage is Stage.EXPIRE), _NEVER)
