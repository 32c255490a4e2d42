"""Back-tests over HTTP: order one, watch it, read its result or its report."""

from datetime import UTC, datetime, timedelta

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.auth import Caller
from api.context import Context, Wired
from api.gateway import Status
from api.idempotency import IdempotencyKey, fingerprint, new_id, remember
from api.language import Locale
from api.problems import Fault, Problem, ProblemType, documented
from domain.backtest import Comparison, Order, Period, Progress
from domain.instant import Date
from domain.policy import Policy
from domain.policy_checks import Finding
from domain.policy_file import PolicyError, parse_policy
from domain.text import Reference
from messages import has_message, message
from reports.backtest import html_of
from reports.backtest_table import csv_of
from store.errors import NotFound

router = APIRouter(prefix="/v1/backtests", tags=["backtests"])

_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class NewBacktest(BaseModel):
    """A back-test to run."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    policy: str = Field(description="The draft: the text of a policy file (YAML).", max_length=500_000)
    begins: Date = Field(alias="from", description="The first day, in the time zone of the policy in force.")
    until: Date | None = Field(None, description="The day after the last; tomorrow unless given.")


class BacktestView(BaseModel):
    """A back-test and how far it is; ``result`` once it is done."""

    id: str
    status: Status
    progress: Progress | None = Field(description="While it runs: happenings read, and how many there are.")
    result: Comparison | None


@router.post("", status_code=202, summary="Order a back-test")
async def order_backtest(
    new: NewBacktest, response: Response, context: Wired, caller: Caller, locale: Locale, key: IdempotencyKey = None
) -> BacktestView:
    """Run the leads of a past period through a draft policy and compare with what happened; nothing is changed.

    The answer comes at once; ask again under `Location` until its `status` is `done`. Results are kept as long as
    Temporal keeps closed workflows.
    """
    order = Order(
        policy=_sound(new.policy, locale), period=_period(new, await to_thread.run_sync(lambda: context.policy))
    )
    if key is not None:
        await remember(context.database, caller.id, key, fingerprint("POST /v1/backtests", new))
    backtest_id = new_id(context.ids, "backtest", caller.id, key)
    await context.gateway.begin_backtest(backtest_id, order)
    response.headers["Location"] = f"/v1/backtests/{backtest_id}"
    return BacktestView(id=backtest_id, status="running", progress=None, result=None)


@router.get("/{backtest_id}", summary="Get a back-test", responses=documented(404))
async def get_backtest(backtest_id: Reference, context: Wired) -> BacktestView:
    """How far it is, and what came of it: customers and value per rep and region, evenness, collisions, who gains."""
    status, told = await _found(backtest_id, context)
    progress = told if isinstance(told, Progress) else None
    return BacktestView(
        id=backtest_id, status=status, progress=progress, result=told if isinstance(told, Comparison) else None
    )


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
    responses={200: {"content": {"text/csv": {}}, "description": "The table."}, **documented(404)},
)
async def get_backtest_table(backtest_id: Reference, context: Wired, locale: Locale) -> Response:
    """Reps and regions as CSV for a spreadsheet; texts that it would take for formulas begin with an apostrophe."""
    name = {"Content-Disposition": f'attachment; filename="{backtest_id}.csv"'}
    table = csv_of(await _done(backtest_id, context), locale)
    return Response(table, media_type="text/csv", headers={**name, **_language(locale)})


async def _found(backtest_id: str, context: Context) -> tuple[Status, Progress | Comparison | None]:
    found = await context.gateway.backtest(backtest_id) if backtest_id.startswith("backtest_") else None
    if found is None:
        raise NotFound
    return found


async def _done(backtest_id: str, context: Context) -> Comparison:
    _, told = await _found(backtest_id, context)
    if not isinstance(told, Comparison):
        raise NotFound
    return told


def _language(locale: str) -> dict[str, str]:
    return {"Content-Language": locale, "Vary": "Accept-Language"}


def _period(new: NewBacktest, current: Policy) -> Period:
    until = new.until or current.day_of(datetime.now(UTC)) + timedelta(days=1)
    try:
        return Period(begins=new.begins, until=until)
    except ValidationError as error:
        raise Problem.invalid("until", "period_empty", until) from error


def _sound(policy: str, locale: str) -> str:
    """The text of a policy without errors; else a problem that names each with its line."""
    try:
        parse_policy(policy)
    except PolicyError as error:
        faults = [_fault(finding, locale) for finding in error.findings]
        raise Problem(ProblemType.INVALID, faults=faults, count=len(faults)) from error
    return policy


def _fault(finding: Finding, locale: str) -> Fault:
    name = finding.code.replace("_", "-")
    known = next((it for it in (f"policy-{name}", f"rule-{name}") if has_message(locale, it)), "rule-value-error")
    facts = {"line": str(finding.line), "fault": message(locale, known, **finding.facts)}
    field = ".".join(("policy", *map(str, finding.path)))
    return Fault(field, finding.code, facts=facts, rule="policy_line_fault")
