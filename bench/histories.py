"""What a lead leaves in Temporal's histories: events and bytes, by what became of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.leads import Body, lead, repeat, same_name_elsewhere, staff, trade_show
from bench.stand import Service, Wrong, running_service, temporal_server
from domain.identity import Outcome

TIMER_WITHIN = 10.0


@dataclass(frozen=True)
class Footprint:
    """Histories of one kind of lead; the workflows that it starts are counted with it."""

    kind: str
    workflows: int
    events: int
    bytes: int


@dataclass(frozen=True)
class _Site:
    service: Service
    temporal: Client


async def measure(folder: Path) -> list[Footprint]:
    """Submit one lead of each kind and weigh the histories."""
    async with _site(folder) as site:
        return [
            await _new(site, "new customer", lead(1)),
            await _new(site, "duplicate", repeat(1), Outcome.DUPLICATE),
            await _confirmed(site),
            await _trade_show(site),
        ]


@asynccontextmanager
async def _site(folder: Path) -> AsyncIterator[_Site]:
    async with (
        temporal_server(folder) as server,
        running_service(server.address, folder / "histories") as service,
    ):
        yield _Site(service, await Client.connect(server.address, data_converter=pydantic_data_converter))


async def _new(site: _Site, kind: str, body: Body, expected: Outcome = Outcome.NEW_CUSTOMER) -> Footprint:
    answer = await _submitted(site, body, expected)
    return _footprint(kind, await _ended(site, answer["lead_id"]))


async def _confirmed(site: _Site) -> Footprint:
    """A lead in doubt, and the person's word that settles it."""
    answer = await _submitted(site, same_name_elsewhere(1), Outcome.NEEDS_CONFIRMATION)
    word = {"answer": "new", "by": next(iter(staff().values()))[0]}
    response = await site.service.http.post(f"/v1/leads/{answer['lead_id']}/confirmation", json=word)
    if not response.is_success:
        raise Wrong(response.text)
    return _footprint("in doubt, then confirmed", await _ended(site, answer["lead_id"]))


async def _trade_show(site: _Site) -> Footprint:
    """A lead whose customer has a clock, with the workflow that watches it up to its first timer."""
    answer = await _submitted(site, trade_show(0), Outcome.NEW_CUSTOMER)
    watched = await _watched(site, answer["customer_id"])
    return _footprint("trade show, with the customer's workflow", await _ended(site, answer["lead_id"]), watched)


async def _submitted(site: _Site, body: Body, expected: Outcome) -> Body:
    answer = await site.service.submit(body)
    if answer["outcome"] != expected:
        raise Wrong(f"not {expected}: {answer}")
    return answer


async def _ended(site: _Site, workflow_id: str) -> WorkflowHistory:
    handle = site.temporal.get_workflow_handle(workflow_id)
    await handle.result()
    return await handle.fetch_history()


async def _watched(site: _Site, workflow_id: str) -> WorkflowHistory:
    async with asyncio.timeout(TIMER_WITHIN):
        for _ in count():
            history = await site.temporal.get_workflow_handle(workflow_id).fetch_history()
            if history.events[-1].event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                break
            await asyncio.sleep(0.1)
    return history


def _footprint(kind: str, *histories: WorkflowHistory) -> Footprint:
    events = [event for history in histories for event in history.events]
    return Footprint(kind, len(histories), len(events), sum(event.ByteSize() for event in events))
