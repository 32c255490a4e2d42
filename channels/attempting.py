"""What the channels have in common: a delivery goes in, how the attempt went comes out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from domain.delivery import Result
from store.tables import DeliveryRow


@dataclass(frozen=True)
class Outcome:
    """What an attempt came to."""

    result: Result
    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None


class Deliver(Protocol):
    """A channel."""

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Try to deliver. Whatever goes wrong outside is an outcome; only mistakes in our code are raised."""


DELIVERED = Outcome(Result.DELIVERED)
NOTHING_TO_SAY = Outcome(Result.DELIVERED, error="nothing_to_say")
"""Whom it was for has left, or has read it elsewhere."""


def again(error: str, status: int | None = None, retry_after: timedelta | None = None) -> Outcome:
    """It did not work now."""
    return Outcome(Result.AGAIN, status, error, retry_after)


def refused(error: str, status: int | None = None) -> Outcome:
    """It will never work."""
    return Outcome(Result.REFUSED, status, error)
