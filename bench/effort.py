"""How much is measured: enough for stable figures, or just enough to see that everything runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """The extent of every measurement."""

    rounds: int
    """How often what is compared takes turns."""
    seconds: float
    """How long one turn lasts."""
    clients: tuple[int, ...]
    """Levels of concurrency."""
    sizes: tuple[int, ...]
    """Numbers of customers that exist already."""
    steps: int
    """Atomic steps in one turn."""
    rows: tuple[int, ...]
    """Rows of imported files."""


FULL = Effort(
    rounds=4, seconds=6, clients=(1, 8, 32), sizes=(1_000, 10_000, 100_000), steps=200, rows=(10_000, 100_000)
)
QUICK = Effort(rounds=1, seconds=2, clients=(1, 8), sizes=(100, 1_000), steps=20, rows=(500,))
