"""Leads: submitted, asked after, and confirmed by a person when in doubt."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.guard import Guards
from api.idempotency import IdempotencyKey, fingerprint, remember
from api.language import Locale
from api.lead_sight import Sights
from api.lead_views import LeadEventView, LeadStatus, LeadView, event_view, known_view, lead_view
from api.pagination import Page, Paged
from api.principal import Eyes
from api.problems import Problem, ProblemType, documented
from domain.identity import Outcome
from domain.lead import Lead
from domain.submission import Choice, Submission
from domain.submitted import CheckedLead, SubmittedLead
from domain.text import LongText, Reference, ShortText
from store.checking import Check
from store.errors import NotFound
from store.reading import LeadFilter, Reading
from store.visibility import EVERYTHING

router = APIRouter(prefix="/v1/leads", tags=["leads"])

Prefer = Annotated[str | None, Header(description="`respond-async`: answer 202 at once.")]


class LeadFilters(BaseModel):
    """How a list of leads is narrowed."""

    outcome: Outcome | None = None
    source: ShortText | None = None
    customer_id: Reference | None = None
    asked: Annotated[Reference | None, Field(description="A rep who is asked about it now.")] = None


class Said(StrEnum):
    """What a person may say of a lead in doubt."""

    SAME = "same"
    NEW = "new"
    UNSURE = "unsure"


class Confirmation(BaseModel, extra="forbid"):
    """A person's word on a lead in doubt."""

    answer: Said = Field(description="`same` as a customer, a `new` one, or `unsure`: then a manager is asked.")
    customer_id: Reference | None = Field(
        None, description="With `same`, and only then: the customer that it is.", validate_default=True
    )
    by: Reference = Field(description="The rep who says so.", examples=["li.wei"])
    comment: LongText | None = Field(None, description="For whoever reads the timeline.")

    @field_validator("customer_id")
    @classmethod
    def _with_same_only(cls, customer_id: str | None, info: ValidationInfo) -> str | None:
        answer = info.data.get("answer")
        if answer is Said.SAME and customer_id is None:
            raise PydanticCustomError("missing", "must say which customer the lead is the same as")
        if answer in (Said.NEW, Said.UNSURE) and customer_id is not None:
            raise PydanticCustomError("customer_id_unexpected", "must name no customer unless it is the same")
        return customer_id

    @property
    def choice(self) -> Choice:
        """The word as the lead's workflow takes it."""
        unsure = self.answer is Said.UNSURE
        return Choice(customer_id=self.customer_id, by=self.by, unsure=unsure, comment=self.comment)


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
    sights: Sights,
    locale: Locale,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> LeadView:
    """Submit a lead and learn whether the customer is known, and who owns it.

    201 for a lead seen for the first time, 200 for one sent again, 202 with `Prefer: respond-async`. A rep submits in
    their own name, and of somebody else's customer learns only that it is known and whom to ask.
    """
    lead = await sights.submitted(Lead.model_validate(submitted.model_dump()))
    mark = fingerprint("POST /v1/leads", lead)
    if idempotency_key is not None:
        await remember(context.database, caller.id, idempotency_key, mark)
    submission = Submission(lead_id=context.ids.lead_id(lead.source, lead.external_id), fingerprint=mark, lead=lead)
    response.headers["Location"] = f"/v1/leads/{submission.lead_id}"
    known = await _sent_before(context, submission, locale)
    if known is not None:
        response.status_code = 200
        return await sights.told(known)
    if prefer is not None and "respond-async" in prefer.lower():
        await context.gateway.begin(submission)
        response.status_code = 202
        return LeadView(lead_id=submission.lead_id, status=LeadStatus.IN_PROGRESS)
    try:
        return await sights.told(lead_view(await context.gateway.submit(submission), locale))
    except Problem as problem:
        # Between our look and the start another request may have brought the same lead to its end.
        if problem.kind is not ProblemType.LEAD_IN_PROGRESS:
            raise
        finished = await _sent_before(context, submission, locale)
        if finished is None:
            raise
        response.status_code = 200
        return await sights.told(finished)


@router.post("/check", summary="Check whether a customer is known")
async def check_lead(typed: CheckedLead, sights: Sights) -> Check:
    """Say whether the customer exists, how sure that is and whom to ask, and nothing else of it. Nothing is written.

    A person learns neither how sure it is nor what matched, and may not ask often: 429.
    """
    await sights.counted()
    lead = Lead.model_validate(typed.model_dump())
    return await to_thread.run_sync(sights.check, lead)


@router.get("", summary="List leads")
async def list_leads(
    context: Wired,
    viewer: Eyes,
    sights: Sights,
    paging: Paged,
    locale: Locale,
    filters: Annotated[LeadFilters, Query()],
) -> Page[LeadView]:
    """Leads that the caller may see, newest first, with the answers that were given.

    `outcome=needs_confirmation` lists what waits, `asked` what waits for one person.
    """
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    only = LeadFilter(**filters.model_dump())
    rows = await to_thread.run_sync(Reading(context.database, viewer).leads, only, after, paging.limit)
    shown = {
        row[0]: lead_view(row[3], locale).model_copy(update={"received_at": row[1], "settled_at": row[2]})
        for row in rows
    }
    told = await sights.told_of_all(shown)
    return paging.page(rows, lambda row: told[row[0]], lambda row: (row[1].isoformat(), row[0]))


@router.get("/{lead_id}", summary="Get a lead", responses=documented(404))
async def get_lead(lead_id: Reference, context: Wired, viewer: Eyes, sights: Sights, locale: Locale) -> LeadView:
    """A lead with its answer as it would be given now."""
    known = await to_thread.run_sync(Reading(context.database, viewer).lead, lead_id)
    if known is not None:
        return await sights.told(known_view(known, locale))
    if await context.gateway.is_in_progress(lead_id):
        return LeadView(lead_id=lead_id, status=LeadStatus.IN_PROGRESS)
    raise NotFound


@router.get("/{lead_id}/timeline", summary="Get a lead's timeline", responses=documented(404))
async def get_lead_timeline(
    lead_id: Reference, context: Wired, viewer: Eyes, paging: Paged, locale: Locale
) -> Page[LeadEventView]:
    """Everything that happened to a lead, oldest first: who was asked, who said what, and how it ended."""
    after = int(paging.after[0]) if paging.after else None
    rows = await to_thread.run_sync(Reading(context.database, viewer).lead_timeline, lead_id, after, paging.limit)
    return paging.page(rows, lambda row: event_view(row, locale), lambda row: (str(row.position),))


@router.post("/{lead_id}/confirmation", summary="Confirm a lead in doubt", responses=documented(404, 409))
async def confirm_lead(
    lead_id: Reference,
    confirmation: Confirmation,
    context: Wired,
    viewer: Eyes,
    guard: Guards,
    sights: Sights,
    locale: Locale,
) -> LeadView:
    """Say who a lead in doubt is. When two people say it, the first counts and both get its answer.

    Whoever is not sure leaves it waiting: their manager is asked at once, else those of the customers' owners.
    """
    await guard.in_the_name_of(confirmation.by)
    reading = Reading(context.database, viewer)
    known = await to_thread.run_sync(reading.lead, lead_id)
    if known is None:
        raise NotFound
    if known.settled_at is None:
        answer = await context.gateway.confirm(lead_id, confirmation.choice)
        if answer is not None:
            return await sights.told(lead_view(answer, locale))
        known = await to_thread.run_sync(reading.lead, lead_id) or known
    return await sights.told(known_view(known, locale))


async def _sent_before(context: Context, submission: Submission, locale: str) -> LeadView | None:
    """The answer to a lead that came before, or None.

    Raises:
        Problem: 422 when it came with another body.
    """
    known = await to_thread.run_sync(Reading(context.database, EVERYTHING).lead, submission.lead_id)
    if known is None:
        return None
    if known.fingerprint != submission.fingerprint:
        raise Problem(ProblemType.IDEMPOTENCY_KEY_REUSED)
    return known_view(known, locale)
