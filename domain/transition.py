"""From one ownership to the next: what each change comes to.

The first ownership (``birth``) is decided together with the registration, so that no customer is ever nowhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from domain.assignment import Case, Reason, Rep, assign
from domain.change import (
    Change,
    Claim,
    ClockDue,
    CollaboratorLeft,
    Designate,
    FreezeAssignment,
    GiveBack,
    GrantShare,
    LeadArrived,
    MergeInto,
    OwnerLeft,
    Refused,
    Release,
    RevokeShare,
    ShareExpired,
    TakeOver,
    ThawAssignment,
    Transfer,
    TryAgain,
    Unmerge,
)
from domain.claim import check_claim, cool_off_end
from domain.customer_rules import as_it_stands, pool_of, restarted, rule_of
from domain.event import EventKind
from domain.follow_up import Clock, Stage
from domain.freeze import frozen_until
from domain.freezing import check_not_frozen, freezing, kept_waiting
from domain.merge import collaborators_in_question, decide_merge, rep_in_question
from domain.ownership import Ownership, Place
from domain.policy import OnExpiry, Policy
from domain.protection import held, protection_of
from domain.rules.methods import Method
from domain.rules.rule import ChangeCondition
from domain.said import said
from domain.sharing import shared
from domain.step import Step, assigned, owned_by, pooled
from domain.transfer import transferred
from domain.waiting import waiting_case


def case_for(before: Ownership, change: Change) -> Case:
    """The case that a change puts to assignment; it names every rep whom the change is about."""
    plain = as_it_stands(before)
    match change:
        case LeadArrived():
            known = {name: value for name, value in before.facts if value is not None}
            region = before.region or change.case.region
            own = {"customer_type": before.customer_type, "region": region}
            return change.case.model_copy(update={**known, **own})
        case TryAgain():
            return waiting_case(before)
        case Claim() | Release() | Designate() | GrantShare():
            return plain.model_copy(update={"named_contact": change.rep_id})
        case Transfer():
            named = {"named_contact": change.to_id, "concerned": tuple(filter(None, (change.from_id,)))}
            return plain.model_copy(update=named)
        case OwnerLeft():
            return plain.model_copy(update={"excluded": (change.rep_id,), "successor": change.successor_id})
        case ClockDue() if before.owner_id and before.clock and before.clock.rule.exclude_previous_owner:
            return plain.model_copy(update={"excluded": (before.owner_id,)})
        case MergeInto() | TakeOver() | Unmerge() | GiveBack():
            about = {"named_contact": rep_in_question(change), "concerned": collaborators_in_question(change)}
            return plain.model_copy(update=about)
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
    if before.place is Place.MERGED and not isinstance(change, ClockDue | TryAgain | ShareExpired | Unmerge):
        raise Refused("already_merged", about=before.merged_into or "")
    match change:
        case MergeInto() | TakeOver() | Unmerge() | GiveBack():
            return decide_merge(before, change, case_, policy, reps, at)
        case Claim() | Release() | Designate() | Transfer():
            return _given(before, change, policy, reps, at)
        case LeadArrived():
            return _lead_arrived(before, case_, policy, reps, at)
        case OwnerLeft():
            return _moved_on(before, change, case_, policy, reps, at) if before.owner_id == change.rep_id else None
        case ClockDue():
            return _due(before, change, case_, policy, reps, at)
        case TryAgain():
            return _tried_again(before, change, case_, policy, reps, at)
        case GrantShare() | RevokeShare() | ShareExpired() | CollaboratorLeft():
            return shared(before, change, policy, reps, at)
        case FreezeAssignment() | ThawAssignment():
            return freezing(before, change, policy, at)
        case _:
            return said(before, change, policy, at)


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


def _given(
    before: Ownership, change: Claim | Release | Designate | Transfer, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step:
    """A customer that people take, give back or give to somebody: no rule is asked."""
    if not isinstance(change, Release):
        check_not_frozen(before, at, change.approval_id if isinstance(change, Transfer) else None)
    match change:
        case Claim():
            return _claimed(before, change, policy, reps, at)
        case Release():
            return _released(before, change, policy, at)
        case Designate():
            return _designated(before, change, policy, reps, at)
        case Transfer():
            return transferred(before, change, policy, reps, at)


def _claimed(before: Ownership, change: Claim, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    pool = pool_of(before, policy)
    rep = next((rep for rep in reps if rep.id == change.rep_id), None)
    check_claim(before, rep, pool, at, waived=change.exception is not None)
    protected = at + timedelta(days=pool.claim.protection_days) if pool.claim.protection_days else None
    claimed = {"claimed_from": pool.pool, "protected_until": protected}
    data: dict[str, JsonValue] = {"pool": pool.pool}
    if change.exception is not None:
        data["exception"] = change.exception
    if rep is not None and (pool.claim.per_day or pool.claim.total):
        data |= {"claimed_today": rep.claimed_today, "claimed_open": rep.claimed_open}
    owned = owned_by(before, change.rep_id, policy, at).model_copy(update=claimed)
    return Step(ownership=owned, event=EventKind.CLAIMED, data=data)


def _designated(before: Ownership, change: Designate, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    if before.place is Place.OWNED:
        raise Refused("customer_already_owned")
    if before.place is Place.POOL:
        raise Refused("customer_in_pool")
    rep = next((rep for rep in reps if rep.id == change.rep_id), None)
    if rep is None or not rep.available:
        raise Refused("rep_not_available")
    if rep.cap_reached is Reason.AT_TOTAL_CAP:
        raise Refused("rep_at_cap")
    owned = owned_by(before, rep.id, policy, at)
    return Step(ownership=owned, event=EventKind.DESIGNATED, data={"reason": change.reason})


def _released(before: Ownership, change: Release, policy: Policy, at: datetime) -> Step:
    if before.owner_id != change.rep_id:
        raise Refused("not_the_owner")
    free = pooled(before, policy, at)
    data: dict[str, JsonValue] = {"reason": change.reason}
    pool = pool_of(free, policy)
    if pool.claim.cool_off_days:
        data["cool_off_until"] = cool_off_end(free, pool).isoformat()
    return Step(ownership=free, event=EventKind.RELEASED, data=data)


def _tried_again(
    before: Ownership, change: TryAgain, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime
) -> Step | None:
    """A customer in a queue gets an owner, or waits on: in its queue, for the time that is left of the queue's.

    Only when the policy has the queue no more does it come into another.
    """
    wait = before.wait
    timed = change.due_at is not None
    if before.place is not Place.QUEUE or (
        timed and (wait is None or change.due_at not in (wait.overdue_at, wait.retry_at))
    ):
        return None
    if frozen_until(before.freezes, at) is not None:
        rules = policy.queues.get(before.queue or "")
        return kept_waiting(before, change.due_at, rules.owner if rules else None, at)
    step = assigned(before, case_, policy, reps, at)
    fresh = step.ownership.wait
    if fresh is None or before.queue not in policy.queues:
        return step
    overdue = timed and wait is not None and change.due_at == wait.overdue_at
    overdue_at = None if overdue else (wait or fresh).overdue_at
    on = {"reason": step.ownership.reason, "wait": fresh.model_copy(update={"overdue_at": overdue_at})}
    after = before.model_copy(update=on)
    if overdue:
        told: dict[str, JsonValue] = {"told": policy.queues[before.queue].owner}
        return Step(ownership=after, event=EventKind.QUEUE_OVERDUE, data=told, assignment=step.assignment)
    if after == before:
        return None
    return Step(ownership=after, event=EventKind.QUEUE_RETRIED, assignment=step.assignment)


def _lead_arrived(before: Ownership, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step | None:
    """A customer without an owner gets another try; an owned one changes hands only when the policy says so, and a
    frozen one stays where it is.

    Either way a customer whose region was unknown lies in the lead's from now on.
    """
    located = before.model_copy(update={"region": case_.region, "facts": case_.facts()})
    frozen = frozen_until(before.freezes, at) is not None
    if before.place is not Place.OWNED and not frozen:
        step = assigned(located, case_, policy, reps, at)
        if step.ownership.owner_id is not None:
            return step
    elif not frozen and names_another_contact(before, case_, policy):
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
    protection = protection_of(before, policy.protect, at)
    if protection is not None:
        kept = before.model_copy(update={"clock": held(clock, protection.until)})
        until = protection.until.isoformat() if protection.until else None
        data: dict[str, JsonValue] = {"protected_by": [*protection.by], "until": until}
        return Step(ownership=kept, event=EventKind.RECYCLING_HELD, data=data)
    return _run_out(before, clock, case_, policy, reps, at)


def _run_out(before: Ownership, clock: Clock, case_: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
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
