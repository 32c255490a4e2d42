"""What a customer's workflow waits for: the next change that time alone brings."""

from domain.change import ClockDue, ShareExpired, TryAgain
from domain.ownership import Ownership

Pending = ClockDue | TryAgain | ShareExpired


def next_change(ownership: Ownership) -> Pending | None:
    """The next stage of the clock, the next try out of a queue, or the end of a share grant, whose time is in
    ``due_at``; None when nothing is pending. Of two at one instant, what moves the customer comes first."""
    moving, ending = _next_move(ownership), _next_end(ownership)
    if moving is None or ending is None:
        return moving or ending
    return ending if moving.due_at is not None and ending.due_at < moving.due_at else moving


def _next_end(ownership: Ownership) -> ShareExpired | None:
    share = min(ownership.shares, key=lambda it: (it.until, it.what), default=None)
    return ShareExpired(rep_id=share.rep_id, access=share.access, due_at=share.until) if share else None


def _next_move(ownership: Ownership) -> ClockDue | TryAgain | None:
    if ownership.clock is not None and ownership.clock.due:
        due = ownership.clock.due[0]
        return ClockDue(stage=due.stage, due_at=due.at)
    wait = ownership.wait
    times = [at for at in (wait.overdue_at, wait.retry_at) if at is not None] if wait else []
    return TryAgain(due_at=min(times)) if times else None


def request_id(ownership: Ownership, change: Pending) -> str:
    """The id that makes it happen once, whoever else watches the same customer."""
    at = change.due_at.isoformat() if change.due_at else ""
    if isinstance(change, ShareExpired):
        return f"{ownership.customer_id}:{change.kind}:{change.rep_id}:{change.access}:{at}"
    if isinstance(change, ClockDue):
        return f"{ownership.customer_id}:{change.stage}:{at}"
    return f"{ownership.customer_id}:{change.kind}:{ownership.seq}:{at}"
