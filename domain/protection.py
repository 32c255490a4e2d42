"""What keeps a customer with its owner although the follow-up clock has run out."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.commitment import CommitmentKind
from domain.follow_up import Clock, Due, Stage
from domain.ownership import Ownership


class Protection(NamedTuple):
    """What protects a customer, and until when; None: until somebody says that it is over."""

    by: tuple[str, ...]
    until: datetime | None


def protection_of(ownership: Ownership, kinds: Collection[CommitmentKind], at: datetime) -> Protection | None:
    """What protects a customer at an instant: open commitments of these kinds, the time after a claim,
    and an open collision case."""
    found: list[tuple[str, datetime | None]] = [
        (commitment.kind, commitment.until)
        for commitment in ownership.commitments
        if commitment.kind in kinds and commitment.is_open(at)
    ]
    if ownership.protected_until is not None and ownership.protected_until > at:
        found.append(("claim", ownership.protected_until))
    found += [("collision", freeze.until) for freeze in ownership.freezes if freeze.until > at]
    if not found:
        return None
    ends = [until for _, until in found if until is not None]
    until = max(ends) if len(ends) == len(found) else None
    return Protection(tuple(dict.fromkeys(by for by, _ in found)), until)


def held(clock: Clock, until: datetime | None) -> Clock:
    """The clock that has run out, and does so again at an instant, or when somebody ends the protection."""
    due = () if until is None else (Due(stage=Stage.EXPIRE, at=until),)
    return clock.model_copy(update={"due": due, "held": True})


def reheld(ownership: Ownership, kinds: Collection[CommitmentKind], at: datetime) -> Ownership:
    """A held clock runs out when what protects the customer now is over: at once when nothing does."""
    clock = ownership.clock
    if clock is None or not clock.held:
        return ownership
    found = protection_of(ownership, kinds, at) or Protection((), at)
    return ownership.model_copy(update={"clock": held(clock, found.until)})
