"""No-op workflows and leads in turns, at each level of concurrency."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.effort import Effort
from bench.feed import Feed
from bench.leads import CAPACITY, half_known, new_customers
from bench.load import Speed, Turn, closed_loop, ratio, speed
from bench.noop import Once, noop_worker
from bench.stand import Service, cpu_of, running_service, temporal_server
from domain.identity import Outcome

WARM_UP = 8


@dataclass(frozen=True)
class Cpu:
    """Milliseconds of CPU for one lead, by process."""

    temporal: float
    service: float
    load: float
    """The clients'."""


@dataclass(frozen=True)
class Level:
    """What was measured with so many clients."""

    clients: int
    noop: Speed
    new: Speed
    half_known: Speed
    rate_ratio: float
    """Leads of new customers a second to no-op workflows a second."""
    p50_ratio: float
    cpu: Cpu
    asked_again: int
    """How often a lead had to be sent again; its latency counts from the first time."""


@dataclass(frozen=True)
class _Site:
    temporal: int | None
    """The server's process id."""
    service: Service
    noop: Once
    new: Feed
    half_known: Feed


async def measure(folder: Path, effort: Effort, *, database_url: str = "") -> list[Level]:
    """Measure each level on a fresh server and a fresh read model, and see that every lead has arrived.

    Args:
        folder: where everything lives while it is measured.
        effort: how much is measured.
        database_url: the read model's address; empty for the embedded default.

    Raises:
        Wrong: when a lead is not answered as it should be, or is not in the read model.
    """
    async with _site(folder, database_url) as site:
        for once in (site.noop, site.new.once, site.half_known.once):
            await closed_loop(WARM_UP, effort.seconds / 2, once)
        levels = [await _level(site, clients, effort) for clients in effort.clients]
        outcomes = site.new.outcomes + site.half_known.outcomes
        site.service.check_written(outcomes.total(), outcomes[Outcome.NEW_CUSTOMER])
    return levels


@asynccontextmanager
async def _site(folder: Path, database_url: str) -> AsyncIterator[_Site]:
    async with (
        temporal_server(folder) as server,
        noop_worker(server.address) as noop,
        running_service(server.address, folder / "throughput", database_url=database_url) as service,
    ):
        unknown, mixed = new_customers(count()), half_known(count(CAPACITY // 2))
        yield _Site(server.pid, service, noop, Feed(service, unknown), Feed(service, mixed))


async def _level(site: _Site, clients: int, effort: Effort) -> Level:
    noop: list[Turn] = []
    new: list[Turn] = []
    mixed: list[Turn] = []
    cpu = [0.0, 0.0, 0.0]
    asked_again = site.service.asked_again
    for _ in range(effort.rounds):
        noop.append(await closed_loop(clients, effort.seconds, site.noop))
        before = _cpu(site)
        new.append(await closed_loop(clients, effort.seconds, site.new.once))
        cpu = [sum(values) for values in zip(cpu, _cpu(site), (-used for used in before), strict=True)]
        mixed.append(await closed_loop(clients, effort.seconds, site.half_known.once))
    ceiling, leads = speed(noop), speed(new)
    return Level(
        clients=clients,
        noop=ceiling,
        new=leads,
        half_known=speed(mixed),
        rate_ratio=ratio([turn.rate for turn in new], [turn.rate for turn in noop]),
        p50_ratio=leads.p50 / ceiling.p50,
        cpu=Cpu(*(1000 * used / leads.done for used in cpu)),
        asked_again=site.service.asked_again - asked_again,
    )


def _cpu(site: _Site) -> tuple[float, float, float]:
    return cpu_of(site.temporal), site.service.cpu, cpu_of(os.getpid())
