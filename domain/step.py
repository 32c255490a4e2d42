"""What a change comes to, and the ways from one ownership to the next."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Assignment, Case, Reason, Rep, assign
from domain.event import EventKind
from domain.follow_up import Clock, Stage, start_clock
from domain.ownership import Ownership, Place
from domain.policy import Policy, Running
from domain.rules.rule import AssignmentRule


class Step(BaseModel):
    """What a change comes to: the next ownership, the event that tells of it, and the assignment when one was made."""

    model_config = ConfigDict(frozen=True)
    ownership: Ownership
    event: EventKind
    data: dict[str, JsonValue] = Field(default_factory=dict)
    assignment: Assignment | None = None


def assigned(before: Ownership, case: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    """The ownership after the policy's methods were tried: an owner with a fresh clock, or a queue with the reason."""
    decision = assign(case, policy, reps)
    before = before.model_copy(update={"rule": decision.rule})
    if decision.owner_id is not None:
        return Step(
            ownership=owned_by(before, decision.owner_id, policy, at),
            event=EventKind.OWNER_ASSIGNED,
            assignment=decision,
        )
    waiting = _ownerless(before, Place.QUEUE, decision.queue, decision.reason, at)
    return Step(ownership=waiting, event=EventKind.QUEUED, assignment=decision)


def owned_by(before: Ownership, rep_id: str, policy: Policy, at: datetime) -> Ownership:
    """The ownership under a new owner, with the clock that its rule names."""
    clock = _clock(before, policy, at)
    return before.model_copy(
        update={
            "seq": before.seq + 1,
            "place": Place.OWNED,
            "owner_id": rep_id,
            "queue": None,
            "reason": None,
            "since": at,
            "previous_owner_id": before.owner_id or before.previous_owner_id,
            "clock": clock,
            "policy": policy.fingerprint if clock else None,
            "merged_into": None,
        }
    )


def pooled(before: Ownership, policy: Policy, at: datetime) -> Ownership:
    """The ownership after the customer went to the public pool."""
    return _ownerless(before, Place.POOL, policy.pool, None, at)


def moved(before: Ownership, policy: Policy, at: datetime) -> Ownership:
    """The ownership by the version that decides now, when that says that running clocks move to it.

    The clock is laid out anew from when it started. What had been done by then is not done again, and what the other
    version would have done before ``at`` is left out, but for its end.
    """
    old = before.clock
    if old is None or policy.running is Running.KEEP or before.policy in (None, policy.fingerprint):
        return before
    clock = _clock(before, policy, old.started_at)
    if clock is None:
        return before.model_copy(update={"clock": None, "policy": None})
    due = tuple(it for it in clock.due if it.at > at or it.stage is Stage.EXPIRE or it in old.due)
    return before.model_copy(update={"clock": clock.model_copy(update={"due": due}), "policy": policy.fingerprint})


def rules_changed(before: Ownership, after: Ownership) -> Step | None:
    """What is told of a clock that goes on by another version when nothing else came of the change."""
    if after.policy == before.policy:
        return None
    data: dict[str, JsonValue] = {"from_policy": before.policy, "to_policy": after.policy}
    return Step(ownership=after, event=EventKind.RULES_CHANGED, data=data)


def restarted(clock: Clock, at: datetime, now: datetime, policy: Policy) -> Clock:
    """The clock begun anew at an instant, by the calendar that its rule names."""
    return clock.restarted(at, now, policy.calendar(clock.rule.calendar))


def rule_of(ownership: Ownership, policy: Policy) -> AssignmentRule:
    """The rule that gave the customer its place; when the policy has it no more, the one that applies by now."""
    return policy.rulebook.named(ownership.rule) or policy.rulebook.rule_for(as_it_stands(ownership))


def as_it_stands(ownership: Ownership) -> Case:
    """The customer as a case, without any lead."""
    return Case(customer_type=ownership.customer_type, region=ownership.region, **dict(ownership.facts))


def _clock(before: Ownership, policy: Policy, at: datetime) -> Clock | None:
    name = rule_of(before, policy).clock
    if name is None:
        return None
    rule = policy.clocks[name]
    return start_clock(name, rule, at, policy.calendar(rule.calendar))


def _ownerless(before: Ownership, place: Place, queue: str | None, reason: Reason | None, at: datetime) -> Ownership:
    return before.model_copy(
        update={
            "seq": before.seq + 1,
            "place": place,
            "owner_id": None,
            "queue": queue,
            "reason": reason,
            "since": at,
            "previous_owner_id": before.owner_id or before.previous_owner_id,
            "clock": None,
            "policy": None,
            "merged_into": None,
        }
    )
