"""What open event streams cost: so many on one process, and how much memory each takes."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil

from bench.effort import FULL, Effort
from bench.hearing import listening, tokens_of
from bench.leads import lead, staff
from bench.stand import Service, Wrong, cpu_of, running_service, temporal_server

STREAMS, FEW = 1000, 50
PEOPLE, LEADS = 10, 30
SETTLE, IDLE = 3.0, 10.0
"""Seconds until what has been opened is still, and of silence in which the CPU is measured."""


@dataclass(frozen=True)
class Held:
    """What was measured."""

    streams: int
    kib_each: float
    """Of the service's own memory, for each stream."""
    idle_cpu: float
    """Share of one core that the open streams take in silence, beyond what the service takes without any."""
    heard: int
    """Notifications that came, each at every stream of its person."""


async def measure(folder: Path, effort: Effort) -> Held:
    """Open the streams, leave them in silence, then let some leads be heard at all streams of those who got them.

    Raises:
        Wrong: when a stream does not begin or does not hear.
    """
    streams = STREAMS if effort is FULL else FEW
    async with temporal_server(folder) as server, running_service(server.address, folder / "service") as service:
        people = list(dict.fromkeys(rep for reps in staff().values() for rep in reps))[:PEOPLE]
        tokens = await tokens_of(service, people)
        async with listening(service, tokens, lambda *_: None):
            await asyncio.sleep(SETTLE)  # what every stream shares is there now
        await asyncio.sleep(SETTLE)
        alone, before = await _cpu_of_idling(service), _memory(service)
        heard: list[str] = []

        def hear(notification: dict[str, Any], _: float) -> None:
            heard.append(notification["event_id"])

        open_streams = Counter(islice(cycle(people), streams))
        async with listening(service, list(islice(cycle(tokens), streams)), hear):
            await asyncio.sleep(SETTLE)
            after, idle = _memory(service), await _cpu_of_idling(service)
            expected = await _let_happen(service, open_streams)
            await _all_heard(heard, expected)
    return Held(streams, (after - before) / 1024 / streams, idle - alone, len(heard))


async def _let_happen(service: Service, open_streams: Counter[str]) -> int:
    """Some leads; how many messages that makes at the streams of those who got them."""
    answers = [await service.submit(lead(number)) for number in range(LEADS)]
    return sum(open_streams[answer["owner"]["id"]] for answer in answers)


async def _all_heard(heard: list[str], expected: int) -> None:
    try:
        async with asyncio.timeout(30):
            while len(heard) < expected:
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise Wrong(f"{len(heard)} of {expected} messages came") from error


def _memory(service: Service) -> int:
    """Bytes that the service has to itself."""
    return int(psutil.Process(service.process.pid).memory_full_info().uss)


async def _cpu_of_idling(service: Service) -> float:
    before = cpu_of(service.process.pid)
    await asyncio.sleep(IDLE)
    return (cpu_of(service.process.pid) - before) / IDLE
