"""How often a caller may do what would tell them too much when done often."""

from math import ceil
from time import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.problems import Problem, ProblemType


class Rates:
    """Counts per caller, in this process: of several behind a balancer each counts what comes to it."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, limit: str, *who: str) -> bool:
        """Count one, and say whether it is within the limit.

        Args:
            limit: such as ``30/minute``.
            who: what is counted, and for whom.
        """
        return self._limiter.hit(parse(limit), *who)

    def take(self, limit: str, *who: str) -> None:
        """Count one, as ``allows``.

        Raises:
            Problem: 429 with Retry-After when that is one too many.
        """
        if not self.allows(limit, *who):
            raise self.exceeded(limit, *who)

    def exceeded(self, limit: str, *who: str) -> Problem:
        """The problem of having done something too often, with when it may be done again."""
        wait = self._limiter.get_window_stats(parse(limit), *who).reset_time - time()
        return Problem(ProblemType.TOO_MANY_REQUESTS, headers={"Retry-After": str(max(1, ceil(wait)))})
