"""What is measured for the business over HTTP: figures, the rows behind each, missed targets, the report."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.context import Context, Wired
from api.language import Locale
from api.pagination import Page, Paged
from api.principal import Eyes
from api.problems import Problem, documented
from domain.kpi.fact import Dimension, Fact, Measure
from domain.kpi.figures import DEFINITIONS, Figure, Unit
from domain.kpi.names import Kpi
from domain.kpi.report import CalendarMonth, MonthFigures
from domain.kpi.rules import TargetRules
from messages import message
from reports.kpis import html_of
from reports.kpis_sheet import workbook_of
from reports.kpis_table import MonthlyReport, reason_name
from reports.spreadsheet import XLSX
from store.kpi_months import Months
from store.kpi_snapshots import Snapshots, window_of
from store.kpis import Kpis, Part
from store.visibility import Viewer

router = APIRouter(prefix="/v1/kpis", tags=["kpis"])

TREND = 12
"""Months that a report looks back on, its own included."""
_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

MonthText = Annotated[
    str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Such as `2026-10`; this month unless given.")
]
By = Annotated[Dimension, Query(description="Break it down by this.")]


class FigureView(BaseModel):
    """One figure."""

    kpi: Kpi
    name: str
    formula: str
    unit: Unit
    value: float | None = Field(description="None where there is nothing to divide by.")
    over: float = Field(description="The customers, follow-ups, answers or decisions that it is about.")
    target: float | None
    missed: bool
    correction: Figure | None = Field(description="What it is now, where that is another than when it was closed.")
    rows: str = Field(description="Where the rows behind it are.")


class PartView(BaseModel):
    """The figures of one team, region, rep ..."""

    key: str = Field(description="Empty for what has none.")
    name: str | None
    figures: list[FigureView]


class KpisView(BaseModel):
    """A month's figures, of those for whom the caller answers."""

    month: str
    closed_at: AwareDatetime | None = Field(description="Since when they stay as they are; later news corrects them.")
    time_zone: str
    figures: list[FigureView]
    by: Dimension | None
    parts: list[PartView]


class KpiRow(BaseModel):
    """A row behind a figure: one fact."""

    measure: Measure
    at: AwareDatetime
    event_id: str
    customer_id: str
    subject_id: str = Field(description="What counts once: the customer, case, approval, survey or event.")
    rep: str | None
    team: str | None
    region: str | None
    source: str | None
    policy: str | None
    reason: str | None
    value: float


class AlertView(BaseModel):
    """A target that a closed month missed."""

    month: str
    kpi: Kpi
    name: str
    value: float
    target: float
    at: AwareDatetime


class Alerts(BaseModel):
    """Every missed target."""

    items: list[AlertView]


@router.get("", summary="Get a month's figures")
async def get_kpis(
    context: Wired, viewer: Eyes, locale: Locale, month: MonthText = None, by: By | None = None
) -> KpisView:
    """Every figure with its formula, its target and the address of the rows behind it.

    A closed month stays as it was closed; what became known since stands beside it as `correction`.
    """
    return await to_thread.run_sync(_kpis, context, viewer, locale, month, by)


@router.get("/alerts", summary="List missed targets")
async def list_alerts(context: Wired, locale: Locale) -> Alerts:
    """The targets that closed months missed, the latest month first."""
    alerts = await to_thread.run_sync(Snapshots(context.database, context.policies).alerts)
    return Alerts(
        items=[
            AlertView(
                month=str(CalendarMonth.of(it.month)),
                kpi=Kpi(it.kpi),
                name=_name(Kpi(it.kpi), locale),
                value=it.value,
                target=it.target,
                at=it.at,
            )
            for it in alerts
        ]
    )


@router.get(
    "/report",
    summary="Get a month's report",
    response_class=Response,
    responses={200: {"content": {"text/html": {}, XLSX: {}}, "description": "The report."}},
)
async def get_kpi_report(
    context: Wired,
    viewer: Eyes,
    locale: Locale,
    month: MonthText = None,
    format: Annotated[Literal["html", "xlsx"], Query(description="A page, or a workbook.")] = "html",  # noqa: A002
) -> Response:
    """One page without scripts, with plots and tables, or a workbook, in Chinese or English."""
    report = await to_thread.run_sync(_report, context, viewer, month)
    headers = {"Content-Language": locale, "Vary": "Accept-Language"}
    if format == "xlsx":
        book = await to_thread.run_sync(workbook_of, report, locale)
        name = f'attachment; filename="kpis-{report.month.month}.xlsx"'
        return Response(book, media_type=XLSX, headers={**headers, "Content-Disposition": name})
    page = await to_thread.run_sync(html_of, report, locale)
    return Response(page, media_type="text/html", headers={**_NO_SCRIPTS, **headers})


@router.get("/{kpi}/rows", summary="List the rows behind a figure", responses=documented(404))
async def list_kpi_rows(
    kpi: Kpi,
    context: Wired,
    viewer: Eyes,
    paging: Paged,
    month: MonthText = None,
    by: By | None = None,
    key: Annotated[str, Query(max_length=200, description="With `by`: which team, region ...; empty: none.")] = "",
) -> Page[KpiRow]:
    """The facts that a figure counts, as they are known now, each with its event and customer; nothing personal."""

    def read() -> list[tuple[int, Fact]]:
        chosen, policy = _month(context, month), context.policy
        snapshot = Snapshots(context.database, context.policies).closed(chosen)
        window = window_of(chosen, snapshot.time_zone if snapshot else policy.time_zone)
        part = None if by is None else Part(by, key)
        after = int(paging.after[0]) if paging.after else None
        return list(Kpis(context.database, viewer).rows(kpi, window, part, after, paging.limit))

    rows = await to_thread.run_sync(read)
    return paging.page(rows, lambda row: KpiRow(**row[1].model_dump(exclude={"id"})), lambda row: (str(row[0]),))


def _kpis(context: Context, viewer: Viewer, locale: str, month: str | None, by: Dimension | None) -> KpisView:
    months = Months(context.database, context.policies, viewer)
    told = months.told(_month(context, month), datetime.now(UTC))
    targets = context.policy.targets
    parts = told.figures.parts[by] if by else {}
    names = months.names(by, parts) if by else {}
    return KpisView(
        month=told.month,
        closed_at=told.closed_at,
        time_zone=told.time_zone,
        figures=[_figure(kpi, it, told, targets, locale, "") for kpi, it in told.figures.overall.items()],
        by=by,
        parts=[
            PartView(
                key=key,
                name=reason_name(key, locale) if key and by is Dimension.REASON else names.get(key),
                figures=[_figure(kpi, it, told, targets, locale, f"&by={by}&key={key}") for kpi, it in figures.items()],
            )
            for key, figures in parts.items()
        ],
    )


def _figure(kpi: Kpi, it: Figure, told: MonthFigures, targets: TargetRules, locale: str, part: str) -> FigureView:
    return FigureView(
        kpi=kpi,
        name=_name(kpi, locale),
        formula=message(locale, f"kpi-{kpi.replace('_', '-')}.formula"),
        unit=DEFINITIONS[kpi].unit,
        value=it.value,
        over=it.over,
        target=targets.limit(kpi),
        missed=it.value is not None and targets.misses(kpi, it.value),
        correction=None if part else told.corrections.get(kpi),
        rows=f"{router.prefix}/{kpi}/rows?month={told.month}{part}",
    )


def _name(kpi: Kpi, locale: str) -> str:
    return message(locale, f"kpi-{kpi.replace('_', '-')}")


def _report(context: Context, viewer: Viewer, month: str | None) -> MonthlyReport:
    months, now = Months(context.database, context.policies, viewer), datetime.now(UTC)
    trend = months.trend(_month(context, month), now, TREND)
    names = {it: dict(months.names(it, trend[-1].figures.parts[it])) for it in Dimension}
    return MonthlyReport(month=trend[-1], trend=trend, names=names, targets=context.policy.targets, made_at=now)


def _month(context: Context, month: str | None) -> CalendarMonth:
    """The month that is asked for.

    Raises:
        Problem: ``invalid``, when the calendar has no such year.
    """
    today = context.policy.day_of(datetime.now(UTC))
    if month is None:
        return CalendarMonth.of(today)
    try:
        chosen = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Problem.invalid("month", "month_unknown", month) from error
    if not 1970 <= chosen.year <= today.year + 1:
        raise Problem.invalid("month", "month_unknown", month)
    return CalendarMonth.of(chosen)
