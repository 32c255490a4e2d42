"""Leads as callers see them, with what speaks for and against each candidate in their language."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from domain.answer import Answer
from domain.confirmation import Due
from domain.identity import Candidate, Outcome
from domain.matching.decision import Reason
from domain.ownership import Owner
from domain.policy import KeyKind, Told
from messages import message
from store.reading import KnownLead
from store.tables import LeadEventRow


class LeadStatus(StrEnum):
    """How far a lead has come."""

    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    SETTLED = "settled"


class ReasonView(BaseModel):
    """A rule of likeness that applied."""

    code: Reason
    text: str


class EvidenceView(BaseModel):
    """One thing compared."""

    feature: str
    adds: float = Field(description="To the log-odds that the two are one customer: above 0 it speaks for it.")
    text: str


class CandidateView(BaseModel):
    """A customer, or a lead that waits itself, that the lead may be."""

    id: str
    matched_on: tuple[KeyKind, ...] = Field(description="The kinds of exact keys that both hold.")
    conflicts_on: tuple[KeyKind, ...] = ()
    confidence: float
    certain: bool
    reasons: tuple[ReasonView, ...] = ()
    evidence: tuple[EvidenceView, ...] = Field((), description="What spoke for and against, the strongest first.")


class LeadView(BaseModel):
    """The answer to a lead."""

    lead_id: str
    status: LeadStatus
    outcome: Outcome | None = None
    customer_id: str | None = None
    owner: Owner | None = None
    team: str | None = Field(None, description="The owner's team, told to a rep who may know no more of the customer.")
    queue: str | None = Field(None, description="Where the customer waits when it has no owner.")
    reason: str | None = Field(None, description="Why it waits there; otherwise why the outcome is what it is.")
    confidence: float | None = None
    decision: str | None = Field(None, description="Link to the decision trace.")
    matched_on: tuple[KeyKind, ...] = ()
    candidates: tuple[CandidateView, ...] = Field((), description="Whom it may be, when a person must say.")
    asked: tuple[str, ...] = Field((), description="While it waits: the reps who are asked now.")
    due: tuple[Due, ...] = Field((), description="While it waits: what happens next, and when.")
    received_at: datetime | None = None
    settled_at: datetime | None = None


class LeadEventView(BaseModel):
    """One thing that happened to a lead."""

    id: str
    kind: str
    text: str
    at: datetime
    recorded_at: datetime
    actor: str
    decision: str
    data: dict[str, Any]


def known_view(known: KnownLead, locale: str) -> LeadView:
    """A lead as it stands, with when it came and when it was settled."""
    times = {"received_at": known.received_at, "settled_at": known.settled_at}
    return lead_view(known.answer, locale).model_copy(update=times)


def lead_view(answer: Answer, locale: str) -> LeadView:
    """The answer to a lead."""
    settled = answer.outcome is not Outcome.NEEDS_CONFIRMATION
    return LeadView(
        lead_id=answer.lead_id,
        status=LeadStatus.SETTLED if settled else LeadStatus.WAITING,
        outcome=answer.outcome,
        customer_id=answer.customer_id,
        owner=answer.owner,
        queue=answer.queue,
        reason=answer.queue_reason or answer.reason,
        confidence=answer.confidence,
        decision=f"/v1/decisions/{answer.decision_id}",
        matched_on=answer.matched_on,
        candidates=tuple(_candidate_view(candidate, locale) for candidate in answer.candidates),
        asked=answer.waiting.asked if answer.waiting else (),
        due=answer.waiting.due if answer.waiting else (),
    )


def existence_view(view: LeadView, team: str | None, tell: Collection[Told]) -> LeadView:
    """What may be told of a lead to somebody who may not see the customer: that it is known, and whom to ask.

    Invariant existence_not_content: whatever is not named here is left out.

    Args:
        view: the whole.
        team: the owner's.
        tell: what the policy lets them know of whom to ask.
    """
    owner = Told.OWNER in tell
    return LeadView(
        lead_id=view.lead_id,
        status=view.status,
        outcome=view.outcome,
        owner=view.owner if owner else None,
        team=team if Told.TEAM in tell else None,
        queue=view.queue,
        asked=view.asked if owner else (),
        received_at=view.received_at,
        settled_at=view.settled_at,
    )


def event_view(row: LeadEventRow, locale: str) -> LeadEventView:
    """One thing that happened, as a sentence, too."""
    return LeadEventView(
        id=row.id,
        kind=row.kind,
        text=message(locale, f"lead-event-{row.kind.replace('_', '-')}"),
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        decision=f"/v1/decisions/{row.decision_id}",
        data=row.data,
    )


def _candidate_view(candidate: Candidate, locale: str) -> CandidateView:
    said = candidate.evidence
    return CandidateView(
        id=candidate.id,
        matched_on=candidate.matched_on,
        conflicts_on=candidate.conflicts_on,
        confidence=candidate.confidence,
        certain=candidate.certain,
        reasons=tuple(ReasonView(code=code, text=_text(locale, "match", code)) for code in candidate.reasons),
        evidence=tuple(
            EvidenceView(feature=one.feature, adds=one.adds, text=_text(locale, "feature", one.feature)) for one in said
        ),
    )


def _text(locale: str, kind: str, code: str) -> str:
    return message(locale, f"{kind}-{code.replace('_', '-')}")
