"""A collision case as callers see it, with everything that happened about it as one timeline.

Invariant existence_not_content: of a customer whom a caller may not see it tells that it exists, and who is on it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from domain.collision_case.resolution import Resolution
from domain.collision_case.rules import Engagement
from domain.collision_case.state import CaseState, Due, Level, Proposal, Result, Settlement, Status, Voice
from messages import message
from store.collision_reading import Found
from store.tables import CollisionActRow, SightingRow

Happened = tuple[Sequence[SightingRow], Sequence[CollisionActRow], Mapping[str, Sequence[str]]]
"""What was seen, what was done, and who was told of each sighting."""


class CustomerInCase(BaseModel):
    """A customer on which reps met."""

    id: str
    name: str | None = Field(description="Null for who may know no more than that it exists.")
    owner_id: str | None


class ReasonView(BaseModel):
    """A rule of engagement, and for whom it speaks."""

    rule: Engagement
    text: str = Field(description="The rule and what it found, in the caller's language.")
    rep_id: str | None = Field(description="For whom it speaks; null for nobody.")
    customer_id: str
    weight: int
    facts: dict[str, str] = Field(description="What it went by; nothing for who may not see the customer.")


class ProposalView(BaseModel):
    """How the rules of engagement would settle it."""

    resolution: Resolution
    text: str
    reasons: tuple[ReasonView, ...]
    scores: dict[str, int] = Field(description="What speaks for each of the reps, in all.")


class SettlementView(BaseModel):
    """How it was settled."""

    resolution: Resolution
    text: str
    level: Level | None = Field(description="Whose word it was; null for the policy's, because time was up.")
    by: tuple[str, ...]
    words: str | None
    at: AwareDatetime
    via_approval: bool


class AppealView(BaseModel):
    """Somebody's objection, and what it is against."""

    by: str
    reason: str
    at: AwareDatetime
    against: SettlementView


class CaseEvent(BaseModel):
    """One entry of a case's timeline: something seen, done, tried, or told."""

    at: datetime
    kind: str
    text: str
    by: str | None = Field(description="The person; null for a detector, the system, and an administrator without one.")
    told: tuple[str, ...] = Field((), description="The reps who were told of it.")
    data: dict[str, Any]
    refusal: str | None = Field(None, description="The rule by which it was refused; null when it was done.")


class CollisionSummary(BaseModel):
    """A case, and how far it has come."""

    id: str
    status: Status
    status_text: str
    risk: bool = Field(description="Whether the reps have not met yet.")
    detector: str = Field(description="What saw it first; `reported`: a person.")
    customers: tuple[CustomerInCase, ...]
    reps: tuple[str, ...]
    level: Level | None = Field(description="Who is to settle it now.")
    asked: tuple[str, ...] = Field(description="Whose word is waited for now.")
    due: tuple[Due, ...]
    outcome: str | None
    opened_at: AwareDatetime
    settled_at: AwareDatetime | None


class CollisionView(CollisionSummary):
    """A case with its proposal, what was said, and its timeline."""

    policy: str | None
    frozen_until: AwareDatetime | None = Field(description="Until when nobody new may get the customers, at most.")
    proposal: ProposalView | None
    positions: tuple[Voice, ...]
    settlement: SettlementView | None
    results: tuple[Result, ...]
    done: bool = Field(description="Whether everything is done that was settled.")
    appeal_until: AwareDatetime | None
    appeal: AppealView | None
    acknowledged: tuple[str, ...]
    timeline: tuple[CaseEvent, ...]


def summary(found: Found, locale: str) -> CollisionSummary:
    """A case as lists show it."""
    return CollisionSummary(**_shown(found, locale))


def view(found: Found, state: CaseState, happened: Happened, locale: str) -> CollisionView:
    """A case as a whole."""
    return CollisionView(
        **_shown(found, locale),
        policy=state.policy,
        frozen_until=state.frozen_until if state.status is Status.OPEN else None,
        proposal=_proposal(state.proposal, found.hidden, locale) if state.proposal and not state.risk else None,
        positions=state.voices,
        settlement=_settlement(state.settlement, locale) if state.settlement else None,
        results=state.results,
        done=state.concluded,
        appeal_until=state.appeal_until if state.status is Status.SETTLED else None,
        appeal=AppealView(
            by=state.appeal.by,
            reason=state.appeal.reason,
            at=state.appeal.at,
            against=_settlement(state.appeal.against, locale),
        )
        if state.appeal
        else None,
        acknowledged=state.acknowledged,
        timeline=_timeline(happened, found.hidden, locale),
    )


def _shown(found: Found, locale: str) -> dict[str, Any]:
    row, state = found.row, found.state
    open_ = row.status == Status.OPEN
    standing = "risk" if open_ and row.risk else row.status
    return {
        "id": row.id,
        "status": row.status,
        "status_text": message(locale, f"collision-status-{standing}"),
        "risk": row.risk,
        "detector": row.cause,
        "customers": tuple(CustomerInCase(id=it.id, name=it.name, owner_id=it.owner_id) for it in found.customers),
        "reps": found.rep_ids,
        "level": state.level if state and open_ and not row.risk else None,
        "asked": state.asked if state else (),
        "due": state.due if state else (),
        "outcome": row.outcome,
        "opened_at": row.opened_at,
        "settled_at": row.settled_at,
    }


def _proposal(proposal: Proposal, hidden: bool, locale: str) -> ProposalView:
    return ProposalView(
        resolution=proposal.resolution,
        text=_option(proposal.resolution, locale),
        reasons=tuple(
            ReasonView(
                rule=reason.rule,
                text=message(
                    locale,
                    f"engagement-{reason.rule.replace('_', '-')}.{'for' if reason.rep_id else 'nobody'}",
                    **({"rep": reason.rep_id} if reason.rep_id else {}),
                ),
                rep_id=reason.rep_id,
                customer_id=reason.customer_id,
                weight=reason.weight,
                facts={} if hidden else reason.facts,
            )
            for reason in proposal.reasons
        ),
        scores=proposal.scores,
    )


def _settlement(settlement: Settlement, locale: str) -> SettlementView:
    return SettlementView(
        resolution=settlement.resolution,
        text=_option(settlement.resolution, locale),
        level=settlement.level,
        by=tuple(actor.person or actor.principal for actor in settlement.by),
        words=settlement.words,
        at=settlement.at,
        via_approval=settlement.via_approval,
    )


def _option(resolution: Resolution, locale: str) -> str:
    return message(locale, f"collision-option-{resolution.option}")


def _timeline(happened: Happened, hidden: bool, locale: str) -> tuple[CaseEvent, ...]:
    """Everything in the order in which it happened; of two at one instant what was seen comes first."""
    seen, acts, told = happened
    sightings = [
        CaseEvent(
            at=row.at,
            kind="seen",
            text=message(locale, "collision-act-seen"),
            by=None,
            told=tuple(told.get(row.id, ())),
            data={"detector": row.detector, "false_alarm": row.false_alarm, **({} if hidden else row.data)},
        )
        for row in seen
    ]
    done = [
        CaseEvent(
            at=row.at,
            kind=row.action,
            text=message(locale, _text_of(row.action)),
            by=row.person,
            told=tuple(row.told),
            data=row.deed,
            refusal=row.refusal,
        )
        for row in acts
    ]
    return tuple(sorted((*sightings, *done), key=lambda it: it.at))


def _text_of(action: str) -> str:
    return f"event-{action.replace('_', '-')}" if action.startswith("collision_") else f"collision-act-{action}"
