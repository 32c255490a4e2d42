"""Waiting in a queue: until when at most, when to try again, and whom it concerns when a rep changes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.assignment import Assignment, Case, Reason, Rep, reach_of
from domain.assignment.roster import folded
from domain.customer_rules import as_it_stands
from domain.ownership import Ownership, Place, Wait
from domain.policy import Policy

_HANGS_ON_REPS = frozenset(
    {
        Reason.UNKNOWN_REP,
        Reason.INACTIVE,
        Reason.ON_LEAVE,
        Reason.AT_DAILY_CAP,
        Reason.AT_TOTAL_CAP,
        Reason.NO_TERRITORY,
        Reason.NO_SPECIALIST,
        Reason.POOL_EMPTY,
        Reason.NOBODY_ON_DUTY,
        Reason.ALL_AT_CAP,
        Reason.SCORE_TOO_LOW,
    }
)
"""The reasons that another rep, or a change of one, may take away."""
_RULES_GO_BY = (
    "rotation_pools",
    "territories",
    "time_zone",
    "currency",
    "exchange_rates",
    "calendars",
    "default_calendar",
)
"""What of a policy decides, beside the rule itself, whom assignment gives."""


def wait_of(decision: Assignment, case: Case, policy: Policy, reps: Sequence[Rep], at: datetime) -> Wait:
    """How a customer waits for whom no rule found an owner.

    What the customer wrote is left out: it is the lead's, and erased with it.

    Args:
        decision: what assignment came to.
        case: what it decided about.
        policy: the rules in force.
        reps: the reps that it looked at.
        at: when the customer began to wait.
    """
    return Wait(
        case=case.model_copy(update={"need": None, "excluded": ()}),
        reasons=tuple(dict.fromkeys(trial.reason for trial in decision.trials)),
        overdue_at=_overdue_at(decision.queue, policy, at),
        retry_at=min(_openings(decision, policy, reps, at), default=None),
    )


def concerns(ownership: Ownership, rep: Rep, policy: Policy) -> bool:
    """Whether a change of a rep may give a customer in a queue an owner: assignment would look at the rep, and whoever
    it looked at before could not take the customer."""
    if ownership.place is not Place.QUEUE:
        return False
    reasons = ownership.wait.reasons if ownership.wait else (ownership.reason,)
    if _HANGS_ON_REPS.isdisjoint(reasons):
        return False
    reach = reach_of(waiting_case(ownership), policy)
    knows = reach.vertical is not None and reach.vertical in map(folded, rep.verticals)
    return rep.id in reach.rep_ids or knows or not set(reach.regions).isdisjoint(rep.regions)


def decided_otherwise(ownership: Ownership, before: Policy, after: Policy) -> bool:
    """Whether another version of the policy may give a customer in a queue an owner: another rule applies to it, or one
    that says something else, or whatever the rules go by has changed."""
    if ownership.place is not Place.QUEUE:
        return False
    if any(getattr(before, name) != getattr(after, name) for name in _RULES_GO_BY):
        return True
    case = waiting_case(ownership)
    return before.rulebook.rule_for(case) != after.rulebook.rule_for(case)


def known_better(before: Ownership, after: Ownership, at: datetime) -> Ownership:
    """What has become known of a customer in a queue may give it an owner: it is tried again at once."""
    known = (before.region, before.facts) != (after.region, after.facts)
    if not known or after.place is not Place.QUEUE:
        return after
    wait = after.wait or Wait(case=as_it_stands(after))
    return after.model_copy(update={"wait": wait.model_copy(update={"retry_at": at})})


def waiting_case(ownership: Ownership) -> Case:
    """A customer in a queue as a case: with whom its lead asked for, and what is known of it by now."""
    known = {"customer_type": ownership.customer_type, "region": ownership.region, **dict(ownership.facts)}
    return ownership.wait.case.model_copy(update=known) if ownership.wait else Case.model_validate(known)


def _overdue_at(queue: str | None, policy: Policy, at: datetime) -> datetime | None:
    rules = policy.queues.get(queue or "")
    if rules is None or rules.sla_hours is None:
        return None
    time, calendar = timedelta(hours=rules.sla_hours), policy.calendar(rules.calendar)
    return calendar.add_business_time(at, time) if calendar else at + time


def _openings(decision: Assignment, policy: Policy, reps: Sequence[Rep], at: datetime) -> Iterator[datetime]:
    """When time alone takes a hindrance away: a leave ends, a day or somebody's hours begin. All come after ``at``."""
    known = {rep.id: rep for rep in reps}
    for trial in decision.trials:
        for rep_id, reason in trial.passed_over.items():
            rep = known.get(rep_id)
            if rep is None:
                continue
            if reason is Reason.ON_LEAVE and rep.back_at is not None:
                yield rep.back_at
            elif reason is Reason.AT_DAILY_CAP and rep.daily_cap:
                yield policy.next_day(at)
            elif reason is Reason.OFF_DUTY and (calendar := policy.duty_calendar(rep.calendar)):
                yield calendar.next_open(at)
