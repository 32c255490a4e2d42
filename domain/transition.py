"""From one ownership to the next: what each change comes to.

The first ownership (``birth``) is decided together with the registration, so that no customer is ever nowhere.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from domain.assignment import Case, Reason, Rep, assign
from domain.case import place_of, region_of
from domain.change import (
    Change,
    ChangeProfile,
    Claim,
    ClockDue,
    GiveBack,
    ItemChange,
    LeadArrived,
    LogFollowUp,
    MergeInto,
    OwnerLeft,
    PlaceItem,
    Refused,
    Release,
    TakeItem,
    TakeOver,
    Unmerge,
)
from domain.event import EventKind
from domain.follow_up import Stage, shortfalls
from domain.merge import decide_merge, rep_in_question
from domain.ownership import Ownership, Place
from domain.policy import OnExpiry, Policy
from domain.profile import Profile
from domain.rules.methods import Method
from domain.rules.rule import ChangeCondition
from domain.step import Step, as_it_stands, assigned, owned_by, pooled, restarted, rule_of


def case_for(before: Ownership, change: Change) -> Case:
    """The case that a change puts to assignment; it names every rep whom the change is about."""
    plain = as_it_stands(before)
    match change:
        case LeadArrived():
            known = {name: value for name, value in before.facts if value is not None}
            region = before.region or change.case.region
            own = {"customer_type": before.customer_type, "region": region}
            return change.case.model_copy(update={**known, **own})
        case Claim() | Release():
            return plain.model_copy(update={"named_contact": change.rep_id})
        case OwnerLeft():
            return plain.model_copy(update={"excluded": (change.rep_id,), "successor": change.successor_id})
        case ClockDue() if before.owner_id and before.clock and before.clock.rule.exclude_previous_owner:
            return plain.model_copy(update={"excluded": (before.owner_id,)})
        case MergeInto() | TakeOver() | Unmerge() | GiveBack():
            return plain.model_copy(update={"named_contact": rep_in_question(change)})
        case _:
            return plain


def decide(before: Ownership, change: Change, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step | None:
    """What a change comes to, or None when it changes nothing any more.

    Args:
        before: the ownership as it stands.
        change: what is asked.
        policy: the rules in force.
        reps: the reps that ``case_for`` needs.
        at: the workflow's time.

    Raises:
        Refused: when the rules do not allow it.
    """
    case_ = case_for(before, change)
    if before.place is Place.MERGED and not isinstance(change, ClockDue | Unmerge):
        raise Refused("already_merged", before.merged_into)
    match change:
        case MergeInto() | TakeOver() | Unmerge() | GiveBack():
            return decide_merge(before, change, case_, policy, reps, at)
        case LogFollowUp():
            return _followed_up(before, change, policy, at)
        case Claim():
            return _claimed(before, change, policy, reps, at)
        case Release():
            return _released(before, change, policy, at)
        case LeadArrived():
            return _lead_arrived(before, case_, policy, reps, at)
        case OwnerLeft():
            return _moved_on(before, change, case_, policy, reps, at) if before.owner_id == change.rep_id else None
        case ClockDue():
            return _due(before, change, case_, policy, reps, at)
        case ChangeProfile() | PlaceItem() | TakeItem():
            return _written(before, change)


def located(ownership: Ownership, profile: Profile) -> Ownership:
    """The ownership of a customer that lies, and does, what its profile says."""
    facts = ownership.facts.model_copy(update=place_of(profile))
    return ownership.model_copy(update={"region": region_of(profile), "facts": facts})


def birth(customer_id: str, case: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    """The first ownership of a customer, decided together with its registration."""
    unborn = Ownership(
        customer_id=customer_id,
        customer_type=case.customer_type,
        region=case.region,
        facts=case.facts(),
        seq=0,
        place=Place.QUEUE,
        owner_id=None,
        queue=policy.rulebook.rule_for(case).queue,
        since=at,
    )
    return assigned(unborn, case, policy, reps, at)


def names_another_contact(ownership: Ownership, case: Case, policy: Policy) -> bool:
    """Whether a further lead of a known customer lets the policy change its owner."""
    rule = rule_of(ownership, policy)
    if ChangeCondition.CUSTOMER_NAMES_CONTACT not in rule.changes_when:
        return False
    return case.named_contact is not None and case.named_contact != ownership.owner_id


def concerns_owner(ownership: Ownership, case: Case, policy: Policy) -> bool:
    """Whether a further lead is something that the customer's workflow must decide about."""
    located = ownership.region is None and case.region is not None
    return located or ownership.place is not Place.OWNED or names_another_contact(ownership, case, policy)


def _written(before: Ownership, change: ChangeProfile | ItemChange) -> Step:
    """What is known of the customer changes, and not who owns it; where an item leaves it, its profile then tells."""
    match change:
        case ChangeProfile():
            return Step(ownership=located(before, change.profile), event=EventKind.PROFILE_CHANGED)
        case PlaceItem():
            data: dict[str, JsonValue] = {"merge_id": change.merge_id, "item": change.item, "to": change.to}
            return Step(ownership=before, event=EventKind.ITEM_DECIDED, data=data)
        case TakeItem():
            data = {"merge_id": change.merge_id, "item": change.item}
            return Step(ownership=before, event=EventKind.ITEM_RECEIVED, data=data)


def _followed_up(before: Ownership, change: LogFollowUp, policy: Policy, at: datetime) -> Step:
    """An effective follow-up restarts the clock from when it happened; it never sets the clock back or ahead."""
    lacking = shortfalls(change.follow_up, before.owner_id, policy.effective_follow_up)
    happened = min(change.follow_up.occurred_at or at, at)
    after = before
    if not lacking and before.clock is not None and happened > before.clock.started_at:
        after = before.model_copy(update={"clock": restarted(before.clock, happened, at, policy)})
    data: dict[str, JsonValue] = {"effective": not lacking, "shortfalls": [str(lack) for lack in lacking]}
    return Step(ownership=after, event=EventKind.FOLLOW_UP_LOGGED, data=data)


def _claimed(before: Ownership, change: Claim, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    if before.place is Place.OWNED:
        raise Refused("customer_already_owned")
    if before.place is Place.QUEUE:
        raise Refused("customer_in_queue")
    if not any(rep.id == change.rep_id and rep.available for rep in reps):
        raise Refused("rep_not_available")
    if any(rep.id == change.rep_id and rep.cap_reached is Reason.AT_TOTAL_CAP for rep in reps):
        raise Refused("rep_at_cap")
    return Step(ownership=owned_by(before, change.rep_id, policy, at), event=EventKind.CLAIMED)


def _released(before: Ownership, change: Release, policy: Policy, at: datetime) -> Step:
    if before.owner_id != change.rep_id:
        raise Refused("not_the_owner")
    return Step(ownership=pooled(before, policy, at), event=EventKind.RELEASED, data={"reason": change.reason})


def _lead_arrived(before: Ownership, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step | None:
    """A customer without an owner gets another try; an owned one changes hands only when the policy says so.

    Either way a customer whose region was unknown lies in the lead's from now on.
    """
    located = before.model_copy(update={"region": case_.region, "facts": case_.facts()})
    if before.place is not Place.OWNED:
        step = assigned(located, case_, policy, reps, at)
        if step.ownership.owner_id is not None:
            return step
    elif names_another_contact(before, case_, policy):
        decision = assign(case_, policy, reps, only=Method.NAMED_CONTACT)
        if decision.owner_id is not None:
            after = owned_by(located, decision.owner_id, policy, at)
            return Step(ownership=after, event=EventKind.OWNER_CHANGED, assignment=decision)
    return Step(ownership=located, event=EventKind.PROFILE_CHANGED) if case_.region != before.region else None


def _moved_on(
    before: Ownership, change: OwnerLeft, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step:
    """To the successor, under the rule that the customer has; when they cannot take it, by the rules."""
    data: dict[str, JsonValue] = {} if change.move_id is None else {"move_id": change.move_id}
    if case_.successor is not None:
        asked = case_.model_copy(update={"named_contact": case_.successor})
        decision = assign(asked, policy, reps, only=Method.NAMED_CONTACT)
        if decision.owner_id is not None:
            after = owned_by(before, decision.owner_id, policy, at)
            return Step(ownership=after, event=EventKind.OWNER_ASSIGNED, data=data, assignment=decision)
        data["successor"] = decision.reason
    step = assigned(before, case_, policy, reps, at)
    return step.model_copy(update={"data": data})


def _due(
    before: Ownership, due: ClockDue, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step | None:
    """A stage that is no longer the clock's next does nothing: the clock has moved on meanwhile."""
    clock = before.clock
    if clock is None or not clock.due or (clock.due[0].stage, clock.due[0].at) != (due.stage, due.due_at):
        return None
    if due.stage is not Stage.EXPIRE:
        return Step(ownership=before.model_copy(update={"clock": clock.without_next()}), event=EventKind(due.stage))
    if clock.rule.on_expiry is OnExpiry.RECYCLE:
        return Step(ownership=pooled(before, policy, at), event=EventKind.RECYCLED)
    decision = assign(case_, policy, reps)
    if decision.owner_id is not None:
        ruled = before.model_copy(update={"rule": decision.rule})
        return Step(
            ownership=owned_by(ruled, decision.owner_id, policy, at), event=EventKind.REASSIGNED, assignment=decision
        )
    if clock.rule.no_owner_found is OnExpiry.RECYCLE:
        return Step(ownership=pooled(before, policy, at), event=EventKind.RECYCLED, assignment=decision)
    kept = before.model_copy(update={"clock": restarted(clock, at, at, policy)})
    return Step(ownership=kept, event=EventKind.OWNER_KEPT, assignment=decision)
