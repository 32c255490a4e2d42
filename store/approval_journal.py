"""What the customers' timelines tell of an approval, and the decision trace that explains it."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from domain.approval.state import OPEN, ApprovalState, Stage, Status
from domain.event import EventKind
from domain.ids import IdMaker
from store.journal import Cause, record_decision, record_event

_TOLD = {
    Status.RETURNED: EventKind.APPROVAL_RETURNED,
    Status.APPROVED: EventKind.APPROVAL_GRANTED,
    Status.REJECTED: EventKind.APPROVAL_REJECTED,
    Status.RECALLED: EventKind.APPROVAL_RECALLED,
    Status.EXPIRED: EventKind.APPROVAL_EXPIRED,
}
_FELL_DUE = {Stage.REMIND: EventKind.APPROVAL_REMINDED, Stage.ESCALATE: EventKind.APPROVAL_ESCALATED}


def tell(
    session: Session,
    ids: IdMaker,
    before: ApprovalState | None,
    after: ApprovalState,
    policy_version: str,
    cause: Cause,
    at: datetime,
) -> None:
    """Put on the timeline of each customer what became of the request, with everybody whom it concerns.

    Args:
        session: the transaction in which it happens.
        ids: makes the decisions' ids.
        before: the approval as it stood; None when it begins.
        after: as it stands now.
        policy_version: by which it was decided.
        cause: what brought it about.
        at: the workflow's time.
    """
    for kind in _kinds(before, after):
        about = [result.customer_id for result in after.results if result.refusal is not None]
        told = about if kind is EventKind.APPROVAL_OVERTAKEN else [subject.customer_id for subject in after.subjects]
        refusals = {result.customer_id: result for result in after.results}
        if not told:
            continue
        decision_id = record_decision(
            session,
            id=ids.make("dec", f"{cause.id}:{kind}"),
            kind=kind,
            policy_version=policy_version,
            at=at,
            customer_id=told[0],
            trace=_trace(kind, after),
        )
        for customer_id in told:
            data: dict[str, JsonValue] = {
                "approval_id": after.id,
                "cause": cause.id,
                "request": after.wanted.kind,
                "status": after.status,
                "asked": _asked(kind, before, after),
                "told": [*after.concerned],
            }
            if (result := refusals.get(customer_id)) and result.refusal:
                data |= {"refusal": result.refusal, "about": result.about}
            record_event(
                session,
                id=f"{cause.id}:{kind}:{customer_id}",
                customer_id=customer_id,
                kind=kind,
                at=at,
                actor=cause.actor,
                decision_id=decision_id,
                data=data,
            )


def _kinds(before: ApprovalState | None, after: ApprovalState) -> Iterator[EventKind]:
    if before is None:
        yield EventKind.APPROVAL_REQUESTED
    elif before.status is Status.RETURNED and after.status is Status.PENDING:
        yield EventKind.APPROVAL_RESUBMITTED
    elif after.status is before.status and after.status in OPEN:
        yield from _waited_for(before, after)
    if after.status in _TOLD and (before is None or before.status is not after.status):
        yield _TOLD[after.status]
    if any(result.refusal is not None for result in after.results):
        yield EventKind.APPROVAL_OVERTAKEN


def _waited_for(before: ApprovalState, after: ApprovalState) -> Iterator[EventKind]:
    """What time did to those whose word is waited for; or that it is waited for others, too, from now on."""
    fell = next((due.stage for due in before.due[:1] if after.due == before.due[1:]), None)
    if fell in _FELL_DUE:
        yield _FELL_DUE[fell]
    elif not set(before.asked).issuperset(after.asked):
        yield EventKind.APPROVAL_ASKED


def _asked(kind: EventKind, before: ApprovalState | None, after: ApprovalState) -> list[JsonValue]:
    """Whose word is waited for; where others are asked, only those who were not asked before."""
    known = before.asked if before and kind is EventKind.APPROVAL_ASKED else ()
    return [rep_id for rep_id in after.asked if rep_id not in known]


def _trace(kind: EventKind, state: ApprovalState) -> dict[str, JsonValue]:
    """Who was asked by which rule and said what, and the steps that the case did not need; no text of people's."""
    shown = state.model_dump(mode="json", exclude={"wanted": {"reason"}, "due": True})
    return {"change": kind, "approval": shown}
