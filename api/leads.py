"""Leads: submitted, asked after, and confirmed by a person when in doubt."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from api.auth import Caller
from api.context import Context, Wired
from api.idempotency import IdempotencyKey, fingerprint, remember
from api.pagination import Page, Paged
from api.problems import Problem, ProblemType, documented
from domain.answer import Answer
from domain.identity import Candidate, Outcome
from domain.lead import Lead
from domain.ownership import Owner
from domain.policy import KeyKind
from domain.submission import Choice, Submission
from domain.submitted import CheckedLead, SubmittedLead
from domain.text import Reference, ShortText
from store.checking import Check, Checking
from store.errors import NotFound
from store.reading import KnownLead, LeadFilter, Reading

router = APIRouter(prefix="/v1/leads", tags=["leads"])

Prefer = Annotated[str | None, Header(description="`respond-async`: answer 202 at once.")]


class LeadStatus(StrEnum):
    """How far a lead has come."""

    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    SETTLED = "settled"


class LeadView(BaseModel):
    """The answer to a lead."""

    lead_id: str
    status: LeadStatus
    outcome: Outcome | None = None
    customer_id: str | None = None
    owner: Owner | None = None
    queue: str | None = Field(None, description="Where the customer waits when it has no owner.")
    reason: str | None = Field(None, description="Why it waits there; otherwise why the outcome is what it is.")
    confidence: float | None = None
    decision: str | None = Field(None, description="Link to the decision trace.")
    matched_on: tuple[KeyKind, ...] = ()
    candidates: tuple[Candidate, ...] = Field((), description="Whom it may be, when a person must say.")
    received_at: datetime | None = None
    settled_at: datetime | None = None


class LeadFilters(BaseModel):
    """How a list of leads is narrowed."""

    outcome: Outcome | None = None
    source: ShortText | None = None
    customer_id: Reference | None = None


class Confirmation(BaseModel, extra="forbid"):
    """A person's word on a lead in doubt."""

    same_as: Reference | None = Field(..., description="The customer that it is; null for a new customer.")
    by: Reference = Field(description="The rep who says so.")


@router.post(
    "",
    status_code=201,
    summary="Submit a lead",
    responses={200: {"model": LeadView}, 202: {"model": LeadView}, **documented(409)},
)
async def submit_lead(
    submitted: SubmittedLead,
    response: Response,
    context: Wired,
    caller: Caller,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> LeadView:
    """Submit a lead and learn whether the customer is known, and who owns it.

    201 for a lead seen for the first time, 200 for one sent again, 202 with `Prefer: respond-async`.
    """
    lead = Lead.model_validate(submitted.model_dump())
    mark = fingerprint("POST /v1/leads", lead)
    if idempotency_key is not None:
        await remember(context.database, caller.id, idempotency_key, mark)
    submission = Submission(lead_id=context.ids.lead_id(lead.source, lead.external_id), fingerprint=mark, lead=lead)
    response.headers["Location"] = f"/v1/leads/{submission.lead_id}"
    known = await _sent_before(context, submission)
    if known is not None:
        response.status_code = 200
        return known
    if prefer is not None and "respond-async" in prefer.lower():
        await context.gateway.begin(submission)
        response.status_code = 202
        return LeadView(lead_id=submission.lead_id, status=LeadStatus.IN_PROGRESS)
    try:
        return _view(await context.gateway.submit(submission))
    except Problem as problem:
        # Between our look and the start another request may have brought the same lead to its end.
        finished = await _sent_before(context, submission) if problem.kind is ProblemType.LEAD_IN_PROGRESS else None
        if finished is None:
            raise
        response.status_code = 200
        return finished


@router.post("/check", summary="Check whether a customer is known")
async def check_lead(typed: CheckedLead, context: Wired) -> Check:
    """Say whether the customer exists, how sure that is and whom to ask, and nothing else of it. Nothing is written."""
    lead = Lead.model_validate(typed.model_dump())
    return await to_thread.run_sync(Checking(context.database, context.policy).check, lead)


@router.get("", summary="List leads")
async def list_leads(context: Wired, paging: Paged, filters: Annotated[LeadFilters, Query()]) -> Page[LeadView]:
    """Leads, newest first, with the answers that were given; `outcome=needs_confirmation` lists what waits."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    only = LeadFilter(**filters.model_dump())
    rows = await to_thread.run_sync(Reading(context.database).leads, only, after, paging.limit)
    return paging.page(
        rows,
        lambda row: _view(row[3]).model_copy(update={"received_at": row[1], "settled_at": row[2]}),
        lambda row: (row[1].isoformat(), row[0]),
    )


@router.get("/{lead_id}", summary="Get a lead", responses=documented(404))
async def get_lead(lead_id: Reference, context: Wired) -> LeadView:
    """A lead with its answer as it would be given now."""
    known = await to_thread.run_sync(Reading(context.database).lead, lead_id)
    if known is not None:
        return _known_view(known)
    if await context.gateway.is_in_progress(lead_id):
        return LeadView(lead_id=lead_id, status=LeadStatus.IN_PROGRESS)
    raise NotFound


@router.post("/{lead_id}/confirmation", summary="Confirm a lead in doubt", responses=documented(404))
async def confirm_lead(lead_id: Reference, confirmation: Confirmation, context: Wired) -> LeadView:
    """Say who a lead in doubt is. When two people say it, the first counts and both get its answer."""
    known = await to_thread.run_sync(Reading(context.database).lead, lead_id)
    if known is None:
        raise NotFound
    if known.settled_at is None:
        choice = Choice(customer_id=confirmation.same_as, by=confirmation.by)
        answer = await context.gateway.confirm(lead_id, choice)
        if answer is not None:
            return _view(answer)
        known = await to_thread.run_sync(Reading(context.database).lead, lead_id) or known
    return _known_view(known)


async def _sent_before(context: Context, submission: Submission) -> LeadView | None:
    """The answer to a lead that came before, or None.

    Raises:
        Problem: 422 when it came with another body.
    """
    known = await to_thread.run_sync(Reading(context.database).lead, submission.lead_id)
    if known is None:
        return None
    if known.fingerprint != submission.fingerprint:
        raise Problem(ProblemType.IDEMPOTENCY_KEY_REUSED)
    return _known_view(known)


def _known_view(known: KnownLead) -> LeadView:
    return _view(known.answer).model_copy(update={"received_at": known.received_at, "settled_at": known.settled_at})


def _view(answer: Answer) -> LeadView:
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
        candidates=answer.candidates,
    )
