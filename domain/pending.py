"""What a customer's workflow waits for: the next change that time alone brings."""

from domain.change import ClockDue, TryAgain
from domain.ownership import Ownership


def next_change(ownership: Ownership) -> ClockDue | TryAgain | None:
    """The next stage of the clock, or the next try out of a queue, whose time is in ``due_at``; None when nothing is
    pending."""
    if ownership.clock is not None and ownership.clock.due:
        due = ownership.clock.due[0]
        return ClockDue(stage=due.stage, due_at=due.at)
    wait = ownership.wait
    times = [at for at in (wait.overdue_at, wait.retry_at) if at is not None] if wait else []
    return TryAgain(due_at=min(times)) if times else None


def request_id(ownership: Ownership, change: ClockDue | TryAgain) -> str:
    """The id that makes it happen once, whoever else watches the same customer."""
    at = change.due_at.isoformat() if change.due_at else ""
    if isinstance(change, ClockDue):
        return f"{ownership.customer_id}:{change.stage}:{at}"
    return f"{ownership.customer_id}:{change.kind}:{ownership.seq}:{at}"
