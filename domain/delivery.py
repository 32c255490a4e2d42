"""What becomes of a message after an attempt to deliver it: pure rules over what the receiver said, and time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How a message leaves the house."""

    EMAIL = "email"
    CHAT = "chat"
    WEBHOOK = "webhook"


class State(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up. A person may have it tried again."""
    PARKED = "parked"
    """Its endpoint is off. A person may have it tried again."""


class Result(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    AGAIN = "again"
    """The receiver is away, slow or busy, or does not want it now."""
    REFUSED = "refused"
    """It will never be wanted, however often it is tried."""
    GONE = "gone"
    """The endpoint says that it is no more (410)."""


SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failure it is tried again, three days in all: the schedule that Standard Webhooks recommends."""

JITTER = 0.2
"""By so much of itself a wait may be longer, so that what failed at once does not come again at once."""

FAILING_FOR = timedelta(days=3)
"""An endpoint to which nothing could be delivered for so long is turned off."""

MAX_RETRY_AFTER = timedelta(hours=24)
"""A receiver may ask for so much patience at a time."""

_MAX_REST = timedelta(minutes=1)
_BACK_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Attempt:
    """How one attempt went."""

    result: Result
    at: datetime
    """When it ended."""
    took: timedelta
    status: int | None = None
    """The receiver's answer: an HTTP status or an SMTP reply code."""
    error: str | None = None
    """A code such as ``timeout``; never the receiver's words, which may quote an address."""
    retry_after: timedelta | None = None
    """How long the receiver asks us to wait."""


@dataclass(frozen=True)
class Verdict:
    """How a delivery stands after an attempt."""

    state: State
    next_at: datetime
    """When to try again; of no meaning once it is over."""


def verdict(attempt: Attempt, attempts: int, jitter: float) -> Verdict:
    """What becomes of a delivery.

    Args:
        attempt: how the attempt went.
        attempts: how many there were, this one included.
        jitter: a random number from 0 to 1.
    """
    if attempt.result is Result.DELIVERED:
        return Verdict(State.DELIVERED, attempt.at)
    if attempt.result is Result.GONE:
        return Verdict(State.PARKED, attempt.at)
    if attempt.result is Result.REFUSED or attempts > len(SCHEDULE):
        return Verdict(State.FAILED, attempt.at)
    wait = SCHEDULE[attempts - 1] * (1 + JITTER * jitter)
    return Verdict(State.PENDING, attempt.at + max(wait, asked_patience(attempt)))


def asked_patience(attempt: Attempt) -> timedelta:
    """How long the receiver asks us to wait, as far as we heed it."""
    return min(attempt.retry_after or timedelta(0), MAX_RETRY_AFTER)


@dataclass(frozen=True)
class Health:
    """How an endpoint has been doing."""

    failing_since: datetime | None = None
    """The first failure after the last success."""
    paused_until: datetime | None = None
    """Until when nothing is tried there."""


def health_after(attempt: Attempt, before: Health) -> Health:
    """How an endpoint does after an attempt.

    One that fails rests for a tenth of the time that it has been failing, at most a minute, so that a thousand
    messages do not knock at a closed door one after the other; for longer where it asks for that.
    """
    if attempt.result is Result.DELIVERED:
        return Health()
    now = attempt.at
    since = before.failing_since or now
    rest = max(min((now - since) / 10, _MAX_REST), asked_patience(attempt))
    until = max(now + rest, before.paused_until or now)
    return Health(since, until if until > now else None)


def is_dead(health: Health, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is turned off."""
    return health.failing_since is not None and now - health.failing_since >= FAILING_FOR


def is_back(before: Health, after: Health, now: datetime) -> bool:
    """Whether an endpoint works again after so long that what waits for it shall wait no more."""
    was_away = before.failing_since is not None and now - before.failing_since >= _BACK_AFTER
    return was_away and after.failing_since is None
