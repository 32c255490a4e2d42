"""A transfer that was approved: to whom the customer goes, and what the policy says goes along."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from domain.assignment import Rep
from domain.change import Refused, Transfer
from domain.event import EventKind
from domain.ownership import Ownership, Place
from domain.policy import Onward, Policy, TransferredClock
from domain.share import Access, Share, with_share, without_rep
from domain.step import Step, owned_by


def transferred(before: Ownership, change: Transfer, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step:
    """The customer under the owner whom an approval gave it to. Commitments, follow-ups and history stay with it.

    Args:
        before: the ownership as it stands, which may be another one than was asked about.
        change: the approved transfer.
        policy: the rules in force.
        reps: both reps, as far as they are known.
        at: the workflow's time.

    Raises:
        Refused: ``already_the_owner``; ``customer_in_pool`` or ``owner_changed`` when it is not with whom it was when
            the transfer was asked for; ``unknown_rep`` or ``rep_inactive`` for the new owner.
    """
    known = {rep.id: rep for rep in reps}
    if before.owner_id == change.to_id:
        raise Refused("already_the_owner", about=change.to_id)
    if before.owner_id != change.from_id:
        raise Refused("customer_in_pool" if before.place is Place.POOL else "owner_changed")
    if change.to_id not in known:
        raise Refused("unknown_rep", about=change.to_id)
    if not known[change.to_id].active:
        raise Refused("rep_inactive", about=change.to_id)
    after = owned_by(before, change.to_id, policy, at)
    clock = before.clock if policy.transfers.clock is TransferredClock.KEEP else None
    if clock is not None and not clock.held:
        after = after.model_copy(update={"clock": clock, "policy": before.policy})
    shares = without_rep(before.shares, change.to_id) if policy.transfers.shares is Onward.KEEP else ()
    previous = known.get(change.from_id or "")
    handing_over = _reading_on(previous, change, policy, at) if previous and previous.active else None
    if handing_over is not None:
        shares = with_share(shares, handing_over)
    data: dict[str, JsonValue] = {
        **change.model_dump(mode="json", exclude={"kind"}),
        "clock_kept": clock is not None and after.clock == clock,
        "previous_owner_reads_until": handing_over.until.isoformat() if handing_over else None,
    }
    return Step(ownership=after.model_copy(update={"shares": shares}), event=EventKind.TRANSFERRED, data=data)


def _reading_on(previous: Rep, change: Transfer, policy: Policy, at: datetime) -> Share | None:
    """The grant by which the previous owner hands the customer over."""
    days = policy.transfers.previous_owner_reads_days
    if not days:
        return None
    until = at + timedelta(days=days)
    return Share(rep_id=previous.id, access=Access.READ, until=until, approval_id=change.approval_id, since=at)
