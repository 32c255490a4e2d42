"""Sharing a customer: grants given, extended, taken back and come to their end."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from domain.assignment import Rep
from domain.change import CollaboratorLeft, GrantShare, Refused, RevokeShare, ShareChange, ShareExpired
from domain.event import EventKind
from domain.ownership import Ownership, Place
from domain.policy import Onward, Policy
from domain.share import MAX_SHARES, Access, Share, with_share, without_rep
from domain.step import Step


def shared(before: Ownership, change: ShareChange, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step | None:
    """What a change of the share grants comes to; None when it changes nothing any more.

    Args:
        before: the ownership as it stands.
        change: what is asked.
        policy: the rules in force.
        reps: the rep to whom something is granted, if known.
        at: the workflow's time.

    Raises:
        Refused: ``unknown_rep``, ``rep_inactive``, ``owner_cannot_share``, ``customer_in_pool``, ``share_over`` or
            ``too_many_shares`` for a grant, ``not_shared`` when a person takes back what nobody has.
    """
    match change:
        case GrantShare():
            return _granted(before, change, policy, reps, at)
        case RevokeShare():
            step = _revoked(before, change.rep_id, {"reason": change.reason})
            if step is None:
                raise Refused("not_shared", about=change.rep_id)
            return step
        case CollaboratorLeft():
            return _revoked(before, change.rep_id, {"move_id": change.move_id})
        case ShareExpired():
            return _expired(before, change)


def may_log(ownership: Ownership, rep_id: str, at: datetime) -> bool:
    """Whether nothing says that a rep may only read: the rep owns the customer, collaborates, or has no grant at all.

    Who may come near a customer that nobody shared with them is not decided here.
    """
    granted = _open_accesses(ownership, rep_id, at)
    return rep_id == ownership.owner_id or Access.COLLABORATE in granted or not granted


def collaborates(ownership: Ownership, rep_id: str, at: datetime) -> bool:
    """Whether a rep beside the owner may work on the customer at an instant."""
    return Access.COLLABORATE in _open_accesses(ownership, rep_id, at)


def _open_accesses(ownership: Ownership, rep_id: str, at: datetime) -> set[Access]:
    return {share.access for share in ownership.shares if share.rep_id == rep_id and share.until > at}


def _granted(before: Ownership, change: GrantShare, policy: Policy, reps: Sequence[Rep], at: datetime) -> Step | None:
    rep = next((rep for rep in reps if rep.id == change.rep_id), None)
    if rep is None:
        raise Refused("unknown_rep", about=change.rep_id)
    if not rep.active:
        raise Refused("rep_inactive", about=rep.id)
    if rep.id == before.owner_id:
        raise Refused("owner_cannot_share", about=rep.id)
    if before.place is Place.POOL and policy.sharing.in_pool is Onward.END:
        raise Refused("customer_in_pool")
    if change.until <= at:
        raise Refused("share_over", until=change.until.isoformat())
    granted = Share(rep_id=rep.id, access=change.access, until=change.until, approval_id=change.approval_id, since=at)
    if any(share.covers(granted) for share in before.shares):
        return None
    was = next((share for share in before.shares if share.what == granted.what), None)
    if was is not None:
        granted = granted.model_copy(update={"since": was.since})
    after = with_share(before.shares, granted)
    if len(after) > MAX_SHARES:
        raise Refused("too_many_shares", limit=MAX_SHARES)
    event = EventKind.SHARE_EXTENDED if was else EventKind.SHARE_GRANTED
    data = {**_told(granted), "before": was.until.isoformat() if was else None}
    return Step(ownership=before.model_copy(update={"shares": after}), event=event, data=data)


def _revoked(before: Ownership, rep_id: str, because: dict[str, JsonValue]) -> Step | None:
    left = without_rep(before.shares, rep_id)
    if left == before.shares:
        return None
    after = before.model_copy(update={"shares": left})
    return Step(ownership=after, event=EventKind.SHARE_REVOKED, data={"rep_id": rep_id, **because})


def _expired(before: Ownership, change: ShareExpired) -> Step | None:
    """A grant that was extended or taken back meanwhile is not the one that came to its end."""
    over = [it for it in before.shares if it.what == (change.rep_id, change.access) and it.until == change.due_at]
    if not over:
        return None
    after = before.model_copy(update={"shares": tuple(share for share in before.shares if share not in over)})
    return Step(ownership=after, event=EventKind.SHARE_EXPIRED, data=_told(over[0]))


def _told(share: Share) -> dict[str, JsonValue]:
    return share.model_dump(mode="json", include={"rep_id", "access", "until", "approval_id"})
