"""A month goes by for one trade-show customer, under the shipped policy and on its workflow's own clock.

The only place outside the tests that moves a clock: an experimental feature of the embedded server.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from api.customers import CustomerView, EventView
from api.decisions import Decision
from demo.caller import Caller
from demo.promise import Difference
from demo.teller import Teller
from demo.words import Words
from domain.assignment import Assignment
from domain.event import EventKind
from domain.follow_up import Stage

MONTH = timedelta(days=30)
SETTLE = 30.0
"""Seconds in which what fell due must be in the read model."""
POLL = 0.2

LATE = timedelta(hours=1)
"""So much later than its time nothing may happen, on the workflow's clock."""

What = tuple[EventKind, datetime]


async def tell_month(
    teller: Teller, words: Words, caller: Caller, temporal: str, customer: CustomerView
) -> list[Difference]:
    """Show the customer's deadlines, let 30 days pass without a follow-up, and show what happened.

    Args:
        teller: the terminal.
        words: for the decision.
        caller: the way to the API.
        temporal: ``host:port`` of the embedded server.
        customer: owned, with a follow-up clock.

    Returns:
        What was not as the deadlines had said.
    """
    teller.heading("demo-month", customer=customer.name, owner=customer.owner.name if customer.owner else "-")
    rows = [(*_when(customer, due.at), words.code("stage", due.stage)) for due in customer.due]
    teller.table(rows, "demo-day", "demo-date", "demo-falls-due")
    earlier = {event.id for event in await _timeline(caller, customer)}
    await _let_pass(temporal, customer.id)
    events = await _since(caller, customer, earlier)
    teller.paragraph("demo-month-passed")
    told = [(*_when(customer, event.at), event.text, words.rep(event.data.get("owner_id"))) for event in events]
    teller.table(told, "demo-day", "demo-date", "demo-happened", "demo-owner")
    await _tell_decision(teller, words, caller, events)
    return month_differences(customer, await caller.get(CustomerView, f"/v1/customers/{customer.id}"), events)


def month_differences(before: CustomerView, after: CustomerView, events: Sequence[EventView]) -> list[Difference]:
    """Every stage must have happened in its time, the last as a reassignment to somebody else."""
    due = [(EventKind.REASSIGNED if it.stage is Stage.EXPIRE else EventKind(it.stage), it.at) for it in before.due]
    happened = [(EventKind(event.kind), event.at) for event in events]
    broken = []
    if not (len(due) == len(happened) and all(map(_in_time, due, happened))):
        broken.append(Difference("demo-month-differs", {"due": _listed(due), "happened": _listed(happened)}))
    if after.owner is None or after.owner == before.owner:
        broken.append(Difference("demo-not-reassigned", {"id": after.id}))
    return broken


async def _let_pass(temporal: str, customer_id: str) -> None:
    client = await Client.connect(temporal)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    await skipper.fast_forward(client.get_workflow_handle(customer_id), MONTH)


async def _timeline(caller: Caller, customer: CustomerView) -> list[EventView]:
    return await caller.every(EventView, f"/v1/customers/{customer.id}/timeline")


async def _since(caller: Caller, customer: CustomerView, earlier: set[str]) -> list[EventView]:
    """What happened since, once there is an event for each deadline or time is up."""
    events: list[EventView] = []
    for _ in range(round(SETTLE / POLL)):
        events = [event for event in await _timeline(caller, customer) if event.id not in earlier]
        if len(events) >= len(customer.due):
            break
        await asyncio.sleep(POLL)
    return events


async def _tell_decision(teller: Teller, words: Words, caller: Caller, events: Iterable[EventView]) -> None:
    for event in events:
        if event.kind == EventKind.REASSIGNED and event.decision:
            decision = await caller.get(Decision, event.decision)
            assignment = Assignment.model_validate(decision.trace["assignment"])
            teller.paragraph("demo-decision", owner=words.rep(assignment.owner_id), policy=decision.policy_version)
            teller.table(words.trace(assignment), "demo-method", "demo-came-of-it")


def _when(customer: CustomerView, at: datetime) -> tuple[int, str]:
    """A time as the day, counted from when the owner got the customer, and the date."""
    return round((at - customer.since) / timedelta(days=1)), at.date().isoformat()


def _in_time(due: What, happened: What) -> bool:
    return due[0] is happened[0] and timedelta(0) <= happened[1] - due[1] < LATE


def _listed(things: Iterable[What]) -> str:
    return ", ".join(f"{kind} {at.isoformat(timespec='minutes')}" for kind, at in things) or "-"
