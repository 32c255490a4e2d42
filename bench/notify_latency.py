"""How soon somebody hears of it: from the event, as it is recorded, to the message at the event stream."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import select

from bench.effort import FULL, Effort
from bench.hearing import listening, tokens_of
from bench.leads import lead, staff
from bench.stand import Service, Wrong, running_service, temporal_server
from domain.event import EventKind
from store.rows import table_of
from store.tables import EventRow

RATE = 20.0
"""Leads a second, whether the ones before are answered or not."""
PATIENCE = 30.0


@dataclass(frozen=True)
class Heard:
    """What was measured."""

    leads: int
    rate: float
    """Leads a second that were really answered."""
    streams: int
    p50: float
    p95: float
    p99: float
    """Milliseconds."""


async def measure(folder: Path, effort: Effort) -> Heard:
    """Leads of new customers at ``RATE``, each owner's stream open.

    Raises:
        Wrong: when an owner is not told, or told twice.
    """
    seconds = 10 * effort.seconds if effort is FULL else effort.seconds
    async with temporal_server(folder) as server, running_service(server.address, folder / "service") as service:
        people = list(dict.fromkeys(rep for reps in staff().values() for rep in reps))
        tokens = await tokens_of(service, people)
        came: defaultdict[str, list[float]] = defaultdict(list)

        def hear(notification: dict[str, Any], at: float) -> None:
            came[notification["event_id"]].append(at)

        async with listening(service, tokens, hear):
            leads, took = await _submit(service, round(seconds * RATE))
            await _all_came(came, leads)
        if doubled := [event_id for event_id, times in came.items() if len(times) > 1]:
            raise Wrong(f"{len(doubled)} events were told twice")
        cuts = quantiles(_delays(service, came), n=100, method="inclusive")
    return Heard(leads, leads / took, len(people), cuts[49], cuts[94], cuts[98])


async def _submit(service: Service, leads: int) -> tuple[int, float]:
    began, numbers = perf_counter(), count()
    async with asyncio.TaskGroup() as tasks:
        for number in range(leads):
            tasks.create_task(service.submit(lead(next(numbers))))
            await asyncio.sleep(max(0.0, began + (number + 1) / RATE - perf_counter()))
    return leads, perf_counter() - began


async def _all_came(came: dict[str, list[float]], leads: int) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while len(came) < leads:
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise Wrong(f"{len(came)} of {leads} owners were told") from error


def _delays(service: Service, came: dict[str, list[float]]) -> list[float]:
    """Milliseconds from recording to hearing, by the one clock of this machine."""
    event = table_of(EventRow).c
    assigned = select(event.id, event.recorded_at).where(event.kind == EventKind.OWNER_ASSIGNED)
    with service.database.read() as session:
        recorded = {row.id: row.recorded_at.timestamp() for row in session.connection().execute(assigned)}
    return [1000 * (times[0] - recorded[event_id]) for event_id, times in came.items()]
