"""An approval as callers see it: what is asked for, with the chain drawn as data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from domain.approval.request import Wanted
from domain.approval.rules import ApprovalKind, Mode
from domain.approval.state import (
    ApprovalState,
    Due,
    Passed,
    Result,
    Seat,
    Status,
    Step,
    StepOutcome,
    Subject,
    Verdict,
)
from messages import message
from store.approval_reading import Titles
from store.tables import ApprovalActRow


class SeatView(BaseModel):
    """A voice in a step."""

    approver: str = Field(description="The rule by which it was given: a role, `committee:` or `rep:` with a name.")
    holder: str | None = Field(description="Whose voice it is; null when the rule names nobody any more.")
    asked: tuple[str, ...] = Field(description="Who may speak with it: the holder, or whoever stands in for them.")
    delegated_by: tuple[str, ...]
    verdict: Verdict | None
    by: str | None
    at: AwareDatetime | None


class StepView(BaseModel):
    """A step of the chain."""

    id: int
    name: str
    title: str = Field(description="Its name in the caller's language.")
    mode: Mode
    quorum: int | None
    current: bool
    outcome: StepOutcome | None
    added_by: str | None = Field(description="Who added it as a signer, beside the policy's chain.")
    seats: tuple[SeatView, ...]


class ApprovalSummary(BaseModel):
    """A request, and how far it has come."""

    id: str
    kind: ApprovalKind
    title: str = Field(description="The kind in the caller's language.")
    status: Status
    status_text: str
    request: Wanted
    customers: tuple[Subject, ...] = Field(description="With whose each was when it was asked for.")
    requester: str | None
    asked: tuple[str, ...] = Field(description="Whose word is waited for now.")
    due: tuple[Due, ...]
    opened_at: AwareDatetime
    ended_at: AwareDatetime | None


class ApprovalView(ApprovalSummary):
    """A request with its chain."""

    policy: str = Field(description="The version by which it is decided.")
    chain: tuple[StepView, ...]
    not_needed: tuple[Passed, ...] = Field(description="Steps of the policy's chain, each with the test that fails.")
    results: tuple[Result, ...] = Field(description="What became of each customer once it was approved.")


class ActView(BaseModel):
    """Something that was done about a request, or tried."""

    id: str
    action: str
    by: str | None = Field(description="The rep; null for the system, and for an administrator without one.")
    principal: str
    step: int | None
    at: datetime
    deed: dict[str, Any]
    refusal: str | None = Field(description="The rule by which it was refused; null when it was done.")


def summary(state: ApprovalState, locale: str) -> ApprovalSummary:
    """A request as lists show it."""
    return ApprovalSummary(**_shown(state, locale))


def view(state: ApprovalState, titles: Titles, locale: str) -> ApprovalView:
    """A request with its chain."""
    current = state.current if state.ended_at is None else None
    return ApprovalView(
        **_shown(state, locale),
        policy=state.policy,
        chain=tuple(_step(step, step == current, titles, locale) for step in state.steps),
        not_needed=state.passed,
        results=state.results,
    )


def act_view(row: ApprovalActRow) -> ActView:
    """An act, done or refused."""
    return ActView(
        id=row.id,
        action=row.action,
        by=row.person,
        principal=row.principal,
        step=row.step,
        at=row.at,
        deed=row.deed,
        refusal=row.refusal,
    )


def _shown(state: ApprovalState, locale: str) -> dict[str, Any]:
    return {
        "id": state.id,
        "kind": state.wanted.kind,
        "title": message(locale, f"approval-kind-{state.wanted.kind.replace('_', '-')}"),
        "status": state.status,
        "status_text": message(locale, f"approval-status-{state.status}"),
        "request": state.wanted,
        "customers": state.subjects,
        "requester": state.requester.person,
        "asked": state.asked,
        "due": state.due,
        "opened_at": state.opened_at,
        "ended_at": state.ended_at,
    }


def _step(step: Step, current: bool, titles: Titles, locale: str) -> StepView:
    zh, en = titles.get(step.name, (step.name, step.name))
    return StepView(
        id=step.id,
        name=step.name,
        title=zh if locale == "zh-CN" else en,
        mode=step.mode,
        quorum=step.quorum,
        current=current,
        outcome=step.outcome,
        added_by=step.added_by,
        seats=tuple(_seats(step.seats)),
    )


def _seats(seats: Sequence[Seat]) -> list[SeatView]:
    return [
        SeatView(
            approver=seat.approver.name,
            holder=seat.holder,
            asked=seat.asked,
            delegated_by=seat.line,
            verdict=seat.verdict,
            by=seat.by,
            at=seat.at,
        )
        for seat in seats
    ]
