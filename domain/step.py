"""What a change comes to, and the ways from one ownership to the next."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Assignment, Case, Reason, Rep, assign
from domain.customer_rules import next_pool, with_new_clock
from domain.event import EventKind
from domain.follow_up import Stage
from domain.ownership import Ownership, Place
from domain.policy import Onward, Policy, Running
from domain.share import without_rep
from domain.waiting import wait_of


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
    waiting = ownerless(before, Place.QUEUE, decision.queue, decision.reason, at)
    waiting = waiting.model_copy(update={"wait": wait_of(decision, case, policy, reps, at)})
    return Step(ownership=waiting, event=EventKind.QUEUED, assignment=decision)


def owned_by(before: Ownership, rep_id: str, policy: Policy, at: datetime) -> Ownership:
    """The ownership under a new owner, who is no collaborator any more, with the clock that its rule names."""
    free = ownerless(before, Place.OWNED, None, None, at)
    owned = {"owner_id": rep_id, "shares": without_rep(before.shares, rep_id)}
    return with_new_clock(free.model_copy(update=owned), policy, at)


def pooled(before: Ownership, policy: Policy, at: datetime) -> Ownership:
    """The ownership after the customer went to the public pool that takes customers like it."""
    free = ownerless(before, Place.POOL, next_pool(before, policy).pool, None, at)
    return free if policy.sharing.in_pool is Onward.KEEP else free.model_copy(update={"shares": ()})


def ownerless(before: Ownership, place: Place, queue: str | None, reason: Reason | None, at: datetime) -> Ownership:
    """The ownership in another place, without all that belonged to the one before."""
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
            "wait": None,
            "claimed_from": None,
            "protected_until": None,
            "merged_into": None,
        }
    )


def moved(before: Ownership, policy: Policy, at: datetime) -> Ownership:
    """The ownership by the version that decides now, when that says that running clocks move to it.

    The clock is laid out anew from when it started. What had been done by then is not done again, and what the other
    version would have done before ``at`` is left out, but for its end. What a held clock is held for is asked then.
    """
    old = before.clock
    if old is None or policy.running is Running.KEEP or before.policy in (None, policy.fingerprint):
        return before
    after = with_new_clock(before, policy, old.started_at)
    if after.clock is None:
        return after
    due = tuple(it for it in after.clock.due if it.at > at or it.stage is Stage.EXPIRE or it in old.due)
    return after.model_copy(update={"clock": after.clock.model_copy(update={"due": due})})


def rules_changed(before: Ownership, after: Ownership) -> Step | None:
    """What is told of a clock that goes on by another version when nothing else came of the change."""
    if after.policy == before.policy:
        return None
    data: dict[str, JsonValue] = {"from_policy": before.policy, "to_policy": after.policy}
    return Step(ownership=after, event=EventKind.RULES_CHANGED, data=data)
