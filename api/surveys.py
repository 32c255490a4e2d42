"""Surveys: the link by which a customer answers one question without signing in, and the answers."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from api.auth import Caller
from api.context import Context, Wired
from api.language import Locale
from api.problems import Problem, documented
from api.signing import claims_of
from api.survey_links import PREFIX, PURPOSE, path_of, token_of
from domain.change import Refused
from domain.text import Reference
from reports.survey_page import MOST_CHARACTERS, message_page, question_page
from store.surveys import Occasion, Survey, Surveys

router = APIRouter(prefix=PREFIX, tags=["kpis"])
guarded = APIRouter(prefix="/v1/customers/{customer_id}/surveys", tags=["kpis"])

_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
Token = Annotated[str, Field(min_length=1, max_length=2000)]


class SurveyLink(BaseModel):
    """The link of a survey that waits for an answer. It names nobody and counts once."""

    survey_id: str
    occasion: Occasion
    token: str
    path: str = Field(description="What the customer opens in a browser.")
    expires_at: AwareDatetime


class SurveyView(BaseModel):
    """A survey with its answer, if there is one."""

    survey_id: str
    occasion: Occasion
    rep_id: str | None = Field(description="Whom the customer had to do with.")
    sent_at: AwareDatetime
    expires_at: AwareDatetime
    answered_at: AwareDatetime | None
    score: int | None = Field(description="1 to 5.")
    comment: str | None


class Surveyed(BaseModel):
    """A customer's surveys."""

    items: list[SurveyView]


class Answer(BaseModel, extra="forbid"):
    """What the form sends."""

    token: Token
    score: int = Field(ge=1, le=5)
    comment: str | None = Field(None, max_length=MOST_CHARACTERS)


@guarded.post("", status_code=201, summary="Get a survey's link", responses=documented(404, 409))
async def make_survey_link(customer_id: Reference, context: Wired, caller: Caller) -> SurveyLink:
    """The link of the latest survey that waits for an answer; where none does, of a new one, at most one a day."""
    actor = caller.person or caller.id
    survey = await to_thread.run_sync(_kept(context).to_answer, customer_id, actor, datetime.now(UTC))
    token = token_of(context.ids, survey)
    return SurveyLink(
        survey_id=survey.id,
        occasion=survey.occasion,
        token=token,
        path=path_of(token),
        expires_at=survey.expires_at,
    )


@guarded.get("", summary="List a customer's surveys", responses=documented(404))
async def list_surveys(customer_id: Reference, context: Wired) -> Surveyed:
    """What the customer was asked and answered, the latest first."""
    return Surveyed(items=[_view(it) for it in await to_thread.run_sync(_kept(context).of_customer, customer_id)])


_PAGE: dict[int | str, dict[str, Any]] = {
    status: {"content": {**problem.get("content", {}), "text/html": {}}, "description": told}
    for status, told, problem in (
        (200, "A page for the customer.", {}),
        (403, "The link is invalid.", documented(403)[403]),
        (409, "It was answered.", documented(409)[409]),
    )
}


@router.get(
    "", summary="See a survey's question", response_class=Response, responses={200: _PAGE[200], 403: _PAGE[403]}
)
async def see_survey(
    context: Wired, locale: Locale, token: Annotated[Token, Query(description="From the link.")]
) -> Response:
    """The question as a page in both languages. Nothing changes, however often a mail scanner looks."""
    try:
        survey_id = _survey_of(context, token)
    except Problem as problem:
        return _page(message_page("survey-over", locale), problem.kind.status, locale)
    if await to_thread.run_sync(_kept(context).answered, survey_id):
        return _page(message_page("survey-answered", locale), 200, locale)
    return _page(question_page(token, PREFIX, locale), 200, locale)


@router.post(
    "",
    summary="Answer a survey",
    response_class=Response,
    responses=_PAGE,
    openapi_extra={"requestBody": {"content": {_FORM: {"schema": Answer.model_json_schema()}}, "required": True}},
)
async def answer_survey(request: Request, context: Wired, locale: Locale) -> Response:
    """Keep the answer that the page's form sends, once."""
    answer = _read(await request.body())
    try:
        survey_id = _survey_of(context, answer.token)
        comment = (answer.comment or "").strip() or None
        await to_thread.run_sync(_kept(context).answer, survey_id, answer.score, comment, datetime.now(UTC))
    except Problem as problem:
        return _page(message_page("survey-over", locale), problem.kind.status, locale)
    except Refused as refusal:
        over = refusal.code == "survey_over"
        return _page(message_page("survey-over" if over else "survey-answered", locale), 403 if over else 409, locale)
    return _page(message_page("survey-thanks", locale), 200, locale)


def _read(body: bytes) -> Answer:
    """The form's fields.

    Raises:
        RequestValidationError: when they are not those of the form.
    """
    form = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=10)) if body.count(b"&") < 10 else {}
    try:
        return Answer.model_validate(form)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults, body=form) from error


def _survey_of(context: Context, token: str) -> str:
    survey_id: str = claims_of(context.ids, PURPOSE, token, "jti")["jti"]
    return survey_id


def _kept(context: Context) -> Surveys:
    return Surveys(context.database, context.policies, context.ids)


def _view(it: Survey) -> SurveyView:
    return SurveyView(survey_id=it.id, **{name: value for name, value in vars(it).items() if name != "id"})


def _page(content: str, status: int, locale: str) -> Response:
    return Response(content, status, {**_HEADERS, "Content-Language": locale}, "text/html")
