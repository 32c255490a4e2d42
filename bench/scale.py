"""The same leads beside few, more and many customers that exist already."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.effort import Effort
from bench.feed import Feed
from bench.leads import CAPACITY, lead, new_customers
from bench.load import Speed, Turn, closed_loop, ratio, speed
from bench.preload import preload
from bench.say import say
from bench.stand import Service, Wrong, running_service, temporal_server
from domain.identity import Outcome
from domain.lead import Lead
from domain.policy_file import parse_policy
from domain.submission import Registration, Submission
from store.intake import Intake

CLIENTS = 8


@dataclass(frozen=True)
class Size:
    """What was measured beside so many customers."""

    customers: int
    speed: Speed
    rate_ratio: float
    """Leads a second to those beside the fewest customers."""
    step_ms: float
    """Median duration of the atomic step alone."""
    step_cpu_ms: float
    """Mean CPU of the atomic step alone."""


@dataclass
class _Site:
    customers: int
    service: Service
    intake: Intake
    feed: Feed
    turns: list[Turn] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    step_cpu: list[float] = field(default_factory=list)


async def measure(folder: Path, effort: Effort) -> list[Size]:
    """Run one service for each size on one server, and let them take turns.

    Raises:
        Wrong: when a lead is not answered as it should be, or is not in the read model.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(temporal_server(folder))
        sites = [
            await stack.enter_async_context(_site(server.address, folder / f"beside-{size}", size))
            for size in effort.sizes
        ]
        for turn in range(effort.rounds + 1):
            for site in sites:
                await _turn(site, effort, turn)
        for site in sites:
            arrived = site.feed.outcomes.total() + effort.steps * (effort.rounds + 1)
            site.service.check_written(site.customers + arrived, site.customers + arrived)
        return [_size(site, sites[0]) for site in sites]


@asynccontextmanager
async def _site(temporal: str, folder: Path, customers: int) -> AsyncIterator[_Site]:
    async with running_service(temporal, folder) as service:
        policy = parse_policy(service.settings.policy_file.read_text(encoding="utf-8"))
        say(f"writing {customers} customers")
        preload(service.database, policy, service.ids, customers)
        intake = Intake(service.database, policy, service.ids)
        yield _Site(customers, service, intake, Feed(service, new_customers(count(customers))))


async def _turn(site: _Site, effort: Effort, turn: int) -> None:
    """Load by HTTP, then the step alone in this process while the service rests. The first turn only warms up."""
    load = await closed_loop(CLIENTS, effort.seconds, site.feed.once)
    first = CAPACITY - (turn + 1) * effort.steps
    cpu = process_time()
    steps = [_step(site, number) for number in range(first, first + effort.steps)]
    cpu = process_time() - cpu
    if turn:
        site.turns.append(load)
        site.steps += steps
        site.step_cpu.append(cpu / effort.steps)


def _step(site: _Site, number: int) -> float:
    """Seconds that one atomic step takes."""
    new = Lead.model_validate(lead(number))
    submission = Submission(lead_id=site.service.ids.lead_id(new.source, new.external_id), fingerprint="", lead=new)
    registration = Registration(submission=submission, at=datetime.now(UTC))
    began = perf_counter()
    answer = site.intake.register(registration).answer
    if answer.outcome is not Outcome.NEW_CUSTOMER or answer.owner is None:
        raise Wrong(answer.outcome)
    return perf_counter() - began


def _size(site: _Site, smallest: _Site) -> Size:
    return Size(
        customers=site.customers,
        speed=speed(site.turns),
        rate_ratio=ratio([turn.rate for turn in site.turns], [turn.rate for turn in smallest.turns]),
        step_ms=1000 * median(site.steps),
        step_cpu_ms=1000 * median(site.step_cpu),
    )
