"""A virtual clock: what is to happen when, one after the other."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

Action = Callable[[datetime], None]


class Agenda:
    """What is still to come. Of two things at one instant, the one that was put on it first comes first."""

    def __init__(self, ends: datetime) -> None:
        self._ends = ends
        self._coming: list[tuple[datetime, int, Action]] = []
        self._numbers = count()

    def put(self, at: datetime, action: Action) -> None:
        """Have something happen at a time; after the end nothing does."""
        if at < self._ends:
            heappush(self._coming, (at, next(self._numbers), action))

    def after(self, at: datetime, days: float, action: Action) -> None:
        """Have something happen so many days after an instant."""
        self.put(at + timedelta(days=days), action)

    def run(self) -> Iterator[datetime]:
        """Let everything happen; yields each time."""
        while self._coming:
            at, _, action = heappop(self._coming)
            action(at)
            yield at
