"""Which of the policy's rules a customer is under: its assignment rule, its clock, its pool."""

from datetime import datetime

from domain.assignment import Case
from domain.follow_up import Clock, start_clock
from domain.ownership import Ownership
from domain.policy import Policy
from domain.rules.pool import PublicPool
from domain.rules.rule import AssignmentRule


def as_it_stands(ownership: Ownership) -> Case:
    """The customer as a case, without any lead."""
    return Case(customer_type=ownership.customer_type, region=ownership.region, **dict(ownership.facts))


def rule_of(ownership: Ownership, policy: Policy) -> AssignmentRule:
    """The rule that gave the customer its place; when the policy has it no more, the one that applies by now."""
    return policy.rulebook.named(ownership.rule) or policy.rulebook.rule_for(as_it_stands(ownership))


def clock_name(ownership: Ownership, policy: Policy) -> str | None:
    """The name of the clock that the customer's rule gives a customer like it, if it gives one."""
    return policy.rulebook.clock_of(rule_of(ownership, policy), as_it_stands(ownership))


def with_new_clock(ownership: Ownership, policy: Policy, at: datetime) -> Ownership:
    """The ownership with that clock, started, and the version of the policy by which it runs."""
    name = clock_name(ownership, policy)
    if name is None:
        return ownership.model_copy(update={"clock": None, "policy": None})
    rule = policy.clocks[name]
    clock = start_clock(name, rule, at, policy.calendar(rule.calendar))
    return ownership.model_copy(update={"clock": clock, "policy": policy.fingerprint})


def restarted(clock: Clock, at: datetime, now: datetime, policy: Policy) -> Clock:
    """A running clock from ``at`` on, by its own rule and that rule's calendar as it is now."""
    return clock.restarted(at, now, policy.calendar(clock.rule.calendar))


def next_pool(ownership: Ownership, policy: Policy) -> PublicPool:
    """The public pool that takes customers like this one."""
    return policy.rulebook.pool_for(as_it_stands(ownership))


def pool_of(pooled: Ownership, policy: Policy) -> PublicPool:
    """The rules of the pool in which a customer is; when the policy has it no more, of the one that would take it."""
    return policy.pool(pooled.queue) or next_pool(pooled, policy)
