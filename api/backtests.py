"""Back-tests over HTTP: order one, watch it, read its result or its report."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.gateway import Status
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.language import Locale
from api.pagination import Page, Paged
from api.policy_body import PolicyId, refused
from api.problems import Problem, documented
from domain.backtest import Comparison, Order, Period, Progress
from domain.instant import Date
from domain.policy import Policy
from domain.policy_file import PolicyError, parse_policy
from domain.text import Reference
from reports.backtest import html_of
from reports.backtest_sheet import workbook_of
from reports.backtest_table import csv_of
from reports.spreadsheet import XLSX
from store.backtests import Backtests, Ordered
from store.errors import NotFound, UnusableReference

router = APIRouter(prefix="/v1/backtests", tags=["backtests"])

_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class NewBacktest(BaseModel):
    """A back-test to run: of the draft in ``policy``, or of the version that ``policy_id`` names."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    policy: str | None = Field(None, description="The draft: the text of a policy file (YAML).", max_length=500_000)
    policy_id: PolicyId | None = Field(None, description="Or a version that is stored (`GET /v1/policies`).")
    begins: Date = Field(alias="from", description="The first day, in the time zone of the policy in force.")
    until: Date | None = Field(None, description="The day after the last; tomorrow unless given.")

    @model_validator(mode="after")
    def _one_draft(self) -> Self:
        if (self.policy is None) == (self.policy_id is None):
            raise PydanticCustomError("one_policy", "either policy or policy_id")
        return self


class BacktestItem(BaseModel):
    """A back-test as it was ordered, and how it stands."""

    id: str
    status: Status
    draft: str = Field(description="The draft's version with its fingerprint.")
    begins: date = Field(serialization_alias="from")
    until: date
    ordered_by: str
    ordered_at: datetime
    finished_at: datetime | None = Field(description="When its result was there.")


class BacktestView(BacktestItem):
    """A back-test and how far it is; ``result`` once it is done."""

    progress: Progress | None = Field(description="While it runs: happenings read, and how many there are.")
    result: Comparison | None


@router.get("", summary="List back-tests")
async def list_backtests(context: Wired, paging: Paged) -> Page[BacktestItem]:
    """Every back-test that was ordered, the latest first."""
    orders = await to_thread.run_sync(_kept(context).page, paging.after, paging.limit)
    items = [await _item(ordered, context) for ordered in orders]
    return paging.page(items, lambda item: item, lambda item: (item.ordered_at.isoformat(), item.id))


@router.post("", status_code=202, summary="Order a back-test")
async def order_backtest(
    new: NewBacktest, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None
) -> BacktestView:
    """Run the leads of a past period through a draft policy and compare with what happened; nothing is changed.

    The answer comes at once; ask again under `Location` until its `status` is `done`.
    """
    ordered = Ordered(
        id=new_id(context.ids, "backtest", caller.id, key),
        draft=await to_thread.run_sync(_draft, new, context),
        **_period(new, await to_thread.run_sync(lambda: context.policy)).model_dump(),
        ordered_by=caller.id,
        ordered_at=datetime.now(UTC),
    )
    ordered = await to_thread.run_sync(_kept(context).note, ordered, mark_of(caller.id, key, "POST /v1/backtests", new))
    period = Period(begins=ordered.begins, until=ordered.until)
    await context.gateway.begin_backtest(ordered.id, Order(policy=new.policy, policy_id=new.policy_id, period=period))
    response.headers["Location"] = f"/v1/backtests/{ordered.id}"
    return BacktestView(status="running", progress=None, result=None, **ordered.model_dump())


@router.get("/{backtest_id}", summary="Get a back-test", responses=documented(404))
async def get_backtest(backtest_id: Reference, context: Wired) -> BacktestView:
    """How far it is, and what came of it: customers and value per rep and region, evenness, collisions, who gains."""
    ordered, result = await to_thread.run_sync(_kept(context).get, backtest_id)
    status, progress = ("done", None) if result is not None else await context.gateway.backtest(backtest_id)
    if status == "done" and result is None:  # it was written down since
        ordered, result = await to_thread.run_sync(_kept(context).get, backtest_id)
    return BacktestView(status=status, progress=progress, result=result, **ordered.model_dump())


@router.get(
    "/{backtest_id}/report",
    summary="Get a back-test's report",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "The report."}, **documented(404)},
)
async def get_backtest_report(backtest_id: Reference, context: Wired, locale: Locale) -> Response:
    """One page without scripts, with plots and tables, in Chinese or English; 404 until the back-test is done."""
    page = html_of(await _done(backtest_id, context), locale)
    return Response(page, media_type="text/html", headers={**_NO_SCRIPTS, **_language(locale)})


@router.get(
    "/{backtest_id}/table",
    summary="Get a back-test's table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, XLSX: {}}, "description": "The table."}, **documented(404)},
)
async def get_backtest_table(
    backtest_id: Reference,
    context: Wired,
    locale: Locale,
    format: Annotated[Literal["csv", "xlsx"], Query(description="Plain, or a workbook.")] = "csv",  # noqa: A002
) -> Response:
    """Reps and regions for a spreadsheet; 404 until the back-test is done.

    Texts that a spreadsheet would take for formulas begin with an apostrophe.
    """
    result = await _done(backtest_id, context)
    headers = {"Content-Disposition": f'attachment; filename="{backtest_id}.{format}"', **_language(locale)}
    if format == "xlsx":
        book = await to_thread.run_sync(workbook_of, result, locale)
        return Response(book, media_type=XLSX, headers=headers)
    return Response(csv_of(result, locale), media_type="text/csv", headers=headers)


def _kept(context: Context) -> Backtests:
    return Backtests(context.database)


async def _item(ordered: Ordered, context: Context) -> BacktestItem:
    """A back-test without a result is asked for at Temporal by its id."""
    status = "done" if ordered.finished_at else (await context.gateway.backtest(ordered.id))[0]
    return BacktestItem(status=status, **ordered.model_dump())


async def _done(backtest_id: str, context: Context) -> Comparison:
    _, result = await to_thread.run_sync(_kept(context).get, backtest_id)
    if result is None:
        raise NotFound
    return result


def _language(locale: str) -> dict[str, str]:
    return {"Content-Language": locale, "Vary": "Accept-Language"}


def _period(new: NewBacktest, current: Policy) -> Period:
    until = new.until or current.day_of(datetime.now(UTC)) + timedelta(days=1)
    try:
        return Period(begins=new.begins, until=until)
    except ValidationError as error:
        raise Problem.invalid("until", "period_empty", until) from error


def _draft(new: NewBacktest, context: Context) -> str:
    """The fingerprint of a draft that can be run; else a problem that names each error with its line."""
    if new.policy is not None:
        try:
            return parse_policy(new.policy).fingerprint
        except PolicyError as error:
            raise refused(error.findings) from error
    policy_id = new.policy_id or ""
    with context.database.read() as session:
        if context.policies.stored(session, policy_id) is None:
            raise UnusableReference("policy_id", "policy_unknown", policy_id)
    return policy_id
