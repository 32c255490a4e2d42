"""A month's figures as one HTML page without scripts: on a phone, on paper, by day and by night."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from domain.kpi.fact import Dimension
from domain.kpi.figures import DEFINITIONS, Figure, Unit
from domain.kpi.names import Kpi
from messages import message
from reports.charts import Point, heat_map, line_chart
from reports.elements import element, page
from reports.kpis_table import (
    HEADED,
    IN_PARTS,
    MonthlyReport,
    formula,
    kpi_name,
    part_rows,
    reason_rows,
    target_told,
    told,
)
from reports.plots import lorenz

_MOST_ROWS = 50
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_TABLES = (Dimension.TEAM, Dimension.REGION, Dimension.REP, Dimension.SOURCE, Dimension.POLICY)


def html_of(report: MonthlyReport, locale: str) -> str:
    """The report in one language. It names teams, regions and reps, never customers."""
    say: Callable[..., str] = partial(message, locale)
    title = say("kpi-report-title", month=report.month.month)
    body = element(
        "body",
        element("h1", title),
        element("p", _state(report, say), class_="lead"),
        element("div", *(_tile(report, kpi, locale) for kpi in HEADED), class_="tiles"),
        *_corrections(report, locale),
        element("div", *_plots(report, locale), class_="plots"),
        *_collisions(report, locale),
        *(part for dimension in _TABLES for part in _parts(report, dimension, locale)),
        element("h2", say("kpi-all")),
        _grid([say(f"kpi-column-{name}") for name in ("figure", "value", "over", "formula")], _all(report, locale)),
        element("p", say("kpi-note"), class_="note"),
    )
    return page(title, _STYLE, body, locale)


def _state(report: MonthlyReport, say: Callable[..., str]) -> str:
    closed = report.month.closed_at
    if closed is None:
        return say("kpi-open", at=f"{report.made_at:%Y-%m-%d %H:%M} UTC", zone=report.month.time_zone)
    return say("kpi-closed", at=f"{closed:%Y-%m-%d %H:%M} UTC", zone=report.month.time_zone)


def _tile(report: MonthlyReport, kpi: Kpi, locale: str) -> Element:
    it = report.month.figures.overall[kpi]
    has_target = report.targets.limit(kpi) is not None and it.value is not None
    mark = "missed" if report.missed(kpi, it) else "kept" if has_target else ""
    return element(
        "div",
        element("div", kpi_name(kpi, locale), class_="what"),
        element("div", told(kpi, it.value, locale), class_="figure"),
        element("small", target_told(report, kpi, locale)),
        class_=f"tile {mark}".strip(),
    )


def _corrections(report: MonthlyReport, locale: str) -> Iterator[Element]:
    """What became known after the month was closed."""
    if not report.month.corrections:
        return
    rows = [
        element(
            "tr",
            element("td", kpi_name(kpi, locale), class_="text"),
            element("td", told(kpi, report.month.figures.overall[kpi].value, locale)),
            element("td", told(kpi, now.value, locale)),
        )
        for kpi, now in report.month.corrections.items()
    ]
    yield element("h2", message(locale, "kpi-corrections"))
    yield element("p", message(locale, "kpi-corrections-note"), class_="note")
    yield _grid([message(locale, f"kpi-column-{name}") for name in ("figure", "closed", "now")], rows)


def _plots(report: MonthlyReport, locale: str) -> Iterator[Element]:
    for kpi in (Kpi.COLLISION_RATE, Kpi.COMPLETENESS, Kpi.HOURS_TO_FIRST_TOUCH):
        points = [Point(it.month, it.figures.overall[kpi].value) for it in report.trend]
        limit = report.targets.limit(kpi)
        chart = line_chart(
            points,
            kpi_name(kpi, locale),
            partial(_told_by, kpi, locale),
            _tick_of(kpi),
            None if limit is None else (limit, target_told(report, kpi, locale)),
            most=1.0 if kpi is Kpi.COMPLETENESS else None,
        )
        yield element("section", element("h2", kpi_name(kpi, locale)), chart)
    gini = told(Kpi.UNEVENNESS, report.month.figures.overall[Kpi.UNEVENNESS].value, locale)
    axes = (message(locale, "kpi-share-reps"), message(locale, "kpi-share-customers"))
    name = message(locale, "kpi-load", gini=gini)
    yield element("section", element("h2", name), lorenz((), report.month.figures.loads, name, axes))


def _told_by(kpi: Kpi, locale: str, value: float) -> str:
    return told(kpi, value, locale)


def _tick_of(kpi: Kpi) -> Callable[[float], str]:
    if DEFINITIONS[kpi].unit is Unit.SHARE:
        return lambda value: f"{value * 100:.3g}%"
    return lambda value: f"{value:,.4g}"


def _collisions(report: MonthlyReport, locale: str) -> Iterator[Element]:
    """Which teams meet, and what happened why."""
    pairs = {(it.one, it.other): it.cases for it in report.month.figures.team_pairs}
    teams = sorted({team for pair in pairs for team in pair})
    if pairs:
        names = [(team, report.name(Dimension.TEAM, team, locale)) for team in teams]
        yield element("h2", message(locale, "kpi-heat"))
        yield heat_map(names, pairs, message(locale, "kpi-heat-note"))
    rows = [
        element(
            "tr",
            element("td", name, class_="text"),
            element("td", reason, class_="text"),
            element("td", told(kpi, it.value, locale)),
        )
        for name, reason, it, kpi in reason_rows(report, locale)
    ]
    if rows:
        yield element("h2", message(locale, "kpi-reasons"))
        yield _grid([message(locale, f"kpi-column-{name}") for name in ("figure", "reason", "value")], rows)


def _parts(report: MonthlyReport, dimension: Dimension, locale: str) -> Iterator[Element]:
    rows = list(part_rows(report, dimension, locale))
    if not rows:
        return
    yield element("h2", message(locale, f"kpi-by-{dimension}"))
    if len(rows) > _MOST_ROWS:
        yield element("p", message(locale, "kpi-most", shown=_MOST_ROWS, all=len(rows)), class_="note")
    heads = [message(locale, f"kpi-{dimension}"), *(kpi_name(kpi, locale) for kpi in IN_PARTS)]
    yield _grid(heads, (_part(report, name, figures, locale) for name, figures in rows[:_MOST_ROWS]))


def _part(report: MonthlyReport, name: str, figures: Sequence[tuple[Kpi, Figure]], locale: str) -> Element:
    cells = [
        element("td", told(kpi, it.value, locale), class_="missed" if report.missed(kpi, it) else "number")
        for kpi, it in figures
    ]
    return element("tr", element("td", name, class_="text"), *cells)


def _all(report: MonthlyReport, locale: str) -> Iterator[Element]:
    for kpi, it in report.month.figures.overall.items():
        yield element(
            "tr",
            element("td", kpi_name(kpi, locale), class_="text"),
            element("td", told(kpi, it.value, locale), class_="missed" if report.missed(kpi, it) else "number"),
            element("td", f"{it.over:,.0f}"),
            element("td", formula(kpi, locale), class_="text"),
        )


def _grid(columns: Sequence[str], rows: Iterable[Element]) -> Element:
    """A table that scrolls sideways by itself; a column whose cells are texts is headed at the left."""
    body = list(rows)
    texts = [cell.get("class") == "text" for cell in body[0]] if body else [True] * len(columns)
    heads = [
        element("th", column, class_="text" if text else "number") for column, text in zip(columns, texts, strict=True)
    ]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
    return element("div", table, class_="wide")
