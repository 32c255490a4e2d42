"""Freezing a customer while a collision case is open: what that holds, and what becomes of it afterwards."""

from datetime import datetime

from pydantic import JsonValue

from domain.change import FreezeAssignment, Refused, ThawAssignment
from domain.event import EventKind
from domain.freeze import Freeze, frozen_until
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.protection import reheld
from domain.step import Step


def freezing(before: Ownership, change: FreezeAssignment | ThawAssignment, policy: Policy, at: datetime) -> Step | None:
    """What a case's asking comes to; None when the customer is that way already, or the time is over."""
    others = tuple(it for it in before.freezes if it.case_id != change.case_id and it.until > at)
    if isinstance(change, ThawAssignment):
        return _thawed(before, others, change, policy, at)
    wanted = Freeze(case_id=change.case_id, until=change.until)
    if change.until <= at or wanted in before.freezes:
        return None
    after = reheld(before.model_copy(update={"freezes": (*others, wanted)}), policy.protect, at)
    return Step(ownership=after, event=EventKind.ASSIGNMENT_FROZEN, data=wanted.model_dump(mode="json"))


def check_not_frozen(before: Ownership, at: datetime, approval_id: str | None = None) -> None:
    """Refuse what would give a frozen customer to somebody, unless a case decided that which froze it.

    Args:
        before: the customer as it stands.
        at: the workflow's time.
        approval_id: the case or approval by which it is to go, if there is one.

    Raises:
        Refused: ``assignment_frozen`` with the case and the time until when.
    """
    on = [freeze for freeze in before.freezes if freeze.until > at]
    if not on or (approval_id is not None and any(freeze.lets_pass(approval_id) for freeze in on)):
        return
    last = max(on, key=lambda freeze: freeze.until)
    raise Refused("assignment_frozen", about=last.case_id, until=last.until.isoformat())


def kept_waiting(before: Ownership, due_at: datetime | None, told: str | None, at: datetime) -> Step | None:
    """A frozen customer in a queue whose time to be tried has come: it is tried when the freeze ends.

    Args:
        before: the customer, which is frozen.
        due_at: the time in its ``wait`` that has come; None when a rep's change is the cause.
        told: the queue's owner.
        at: the workflow's time.
    """
    wait, until = before.wait, frozen_until(before.freezes, at)
    if wait is None or until is None:
        return None
    overdue = due_at is not None and due_at == wait.overdue_at
    overdue_at = None if overdue else wait.overdue_at
    after = before.model_copy(update={"wait": wait.model_copy(update={"retry_at": until, "overdue_at": overdue_at})})
    if after == before:
        return None
    data: dict[str, JsonValue] = {"protected_by": ["collision"], "until": until.isoformat()}
    if overdue:
        return Step(ownership=after, event=EventKind.QUEUE_OVERDUE, data={**data, "told": told})
    return Step(ownership=after, event=EventKind.QUEUE_RETRIED, data=data)


def _thawed(
    before: Ownership, others: tuple[Freeze, ...], change: ThawAssignment, policy: Policy, at: datetime
) -> Step | None:
    """What was held goes on at once: a clock that has run out does so now, and who waits in a queue is tried."""
    if not any(freeze.case_id == change.case_id for freeze in before.freezes):
        return None
    after = reheld(before.model_copy(update={"freezes": others}), policy.protect, at)
    if after.place is Place.QUEUE and after.wait is not None and not others:
        after = after.model_copy(update={"wait": after.wait.model_copy(update={"retry_at": at})})
    return Step(ownership=after, event=EventKind.ASSIGNMENT_THAWED, data={"case_id": change.case_id})
