"""Assignments: every one that was made, explained; and one that would be made, tried out."""

from datetime import UTC, datetime
from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.context import Context, Wired
from api.explanations import ExplanationView, explanation_view
from api.language import Locale
from api.pagination import Page, Paged
from api.policy_body import PolicyId, checked
from api.problems import Problem, documented
from domain.assignment import Reason
from domain.identity import Outcome
from domain.instant import Instant
from domain.lead import Lead
from domain.ownership import Owner
from domain.policy import Policy
from domain.submitted import SubmittedLead
from domain.text import Reference
from messages import message
from store.assignments import Assigned, Assignments
from store.previewing import Preview, Previewing

router = APIRouter(prefix="/v1", tags=["assignments"])


class AssignmentView(BaseModel):
    """A customer was given to somebody, taken, given back, or put where it waits."""

    kind: str = Field(examples=["owner_assigned"])
    text: str
    at: datetime
    actor: str
    owner_id: str | None = Field(description="Who owned the customer from then on.")
    queue: str | None = Field(description="Where it waited from then on.")
    policy_version: str
    decision: str = Field(description="Link to the decision trace, with the inputs.")
    approval_id: str | None = Field(description="The approval that decided it.")
    given_reason: str | None = Field(description="Why, in the words of whoever decided.")
    explanation: ExplanationView | None = Field(
        description="The rules and methods tried; null where somebody decided and no rule was asked."
    )


class PreviewBody(BaseModel, extra="forbid"):
    """A lead that is not submitted, and the rules to try it with; those in force unless given."""

    lead: SubmittedLead
    policy: PolicyId | None = Field(None, description="The id of a stored version.")
    content: str | None = Field(None, description="A policy file (YAML) that is not stored.")
    at: Instant | None = Field(None, description="When it would come in; now unless given.")

    @model_validator(mode="after")
    def _one_policy_only(self) -> Self:
        if self.policy is not None and self.content is not None:
            raise PydanticCustomError("one_policy_only", "must not give both policy and content")
        return self


class PreviewView(BaseModel):
    """What would become of the lead."""

    outcome: Outcome
    confidence: float
    customer_id: str | None = Field(description="The known customer that it would join.")
    owner: Owner | None
    queue: str | None
    reason: str | None = Field(description="Why nobody would get it; otherwise why the outcome is what it is.")
    policy_version: str
    explanation: ExplanationView | None = Field(description="Null where nothing would be assigned.")


@router.get(
    "/customers/{customer_id}/assignments", summary="Explain a customer's assignments", responses=documented(404)
)
def list_assignments(customer_id: Reference, context: Wired, paging: Paged, locale: Locale) -> Page[AssignmentView]:
    """Every assignment ever made, oldest first: each rule tried, and why it did or did not apply."""
    after = int(paging.after[0]) if paging.after else None
    rows = Assignments(context.database).page(customer_id, after, paging.limit)
    return paging.page(rows, lambda it: _assignment_view(it, locale), lambda it: (str(it.event.position),))


@router.post("/assignments/preview", summary="Preview an assignment")
def preview_assignment(body: PreviewBody, context: Wired, locale: Locale) -> PreviewView:
    """Who would get a lead, and why. Nothing is written: not even a turn in a rotation is used up."""
    lead = Lead.model_validate(body.lead.model_dump())
    previewing = Previewing(context.database, context.policies)
    return _preview_view(previewing.preview(lead, _policy(body, context), body.at or datetime.now(UTC)), locale)


def _policy(body: PreviewBody, context: Context) -> Policy | None:
    if body.content is not None:
        return checked(body.content, context)[0]
    if body.policy is None:
        return None
    with context.database.read() as session:
        policy = context.policies.stored(session, body.policy)
    if policy is None:
        raise Problem.invalid("policy", "policy_unknown", body.policy)
    return policy


def _assignment_view(assigned: Assigned, locale: str) -> AssignmentView:
    event, decision = assigned.event, assigned.decision
    made = decision.trace.get("assignment")
    return AssignmentView(
        kind=event.kind,
        text=message(locale, f"event-{event.kind.replace('_', '-')}"),
        at=event.at,
        actor=event.actor,
        owner_id=event.data.get("owner_id"),
        queue=event.data.get("queue"),
        policy_version=decision.policy_version,
        decision=f"/v1/decisions/{decision.id}",
        approval_id=decision.trace.get("approval_id") or decision.trace.get("exception"),
        given_reason=decision.trace.get("reason"),
        explanation=explanation_view(made, locale) if made else None,
    )


def _preview_view(preview: Preview, locale: str) -> PreviewView:
    found, ownership, made = preview.found, preview.ownership, preview.assignment
    waits: Reason | None = ownership.reason if ownership else None
    return PreviewView(
        outcome=found.outcome,
        confidence=found.confidence,
        customer_id=found.candidates[0].id if found.outcome is Outcome.DUPLICATE else None,
        owner=preview.owner,
        queue=ownership.queue if ownership else None,
        reason=waits or found.reason,
        policy_version=preview.policy_version,
        explanation=explanation_view(made.model_dump(mode="json"), locale) if made else None,
    )
