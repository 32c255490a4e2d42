"""The load: clients that each do one thing after the other, and what they saw."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True)
class Turn:
    """What one turn of load came to."""

    seconds: float
    """From the first start to the last end."""
    latencies: tuple[float, ...]
    """Seconds, one for each thing done."""

    @property
    def rate(self) -> float:
        """Things done a second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True)
class Speed:
    """Several turns of the same load: the median rate, and latencies over all of them in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    done: int


async def closed_loop(clients: int, seconds: float, once: Callable[[], Awaitable[None]]) -> Turn:
    """Let each client start one thing after the other for some seconds, and finish what it has begun."""
    latencies: list[float] = []
    began = perf_counter()

    async def client() -> None:
        while (start := perf_counter()) < began + seconds:
            await once()
            latencies.append(perf_counter() - start)

    await asyncio.gather(*(client() for _ in range(clients)))
    return Turn(perf_counter() - began, tuple(latencies))


def speed(turns: Sequence[Turn]) -> Speed:
    """The turns taken together."""
    latencies = [1000 * latency for latency in chain.from_iterable(turn.latencies for turn in turns)]
    cuts = quantiles(latencies, n=100, method="inclusive")
    return Speed(median(turn.rate for turn in turns), cuts[49], cuts[94], cuts[98], len(latencies))


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """The median of the ratios of neighbouring turns, so that a machine that slows down slows both."""
    return median(one / other for one, other in zip(of, to, strict=True))
