"""How often a caller may do what would tell them too much when done often."""

from math import ceil
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.problems import Problem, ProblemType


class Rates:
    """Counts per caller, in this process: of several behind a balancer each counts what comes to it."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, limit: str, *who: str) -> None:
        """Count one.

        Args:
            limit: such as ``30/minute``.
            who: what is counted, and for whom.

        Raises:
            Problem: 429 with Retry-After when that is one too many.
        """
        item: RateLimitItem = parse(limit)
        if not self._limiter.hit(item, *who):
            wait = max(1, ceil(self._limiter.get_window_stats(item, *who).reset_time - time()))
            raise Problem(ProblemType.TOO_MANY_REQUESTS, headers={"Retry-After": str(wait)})
