"""A back-test as one HTML page without scripts, to be sent to whoever decides about the policy."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from xml.etree.ElementTree import Element

from domain.assignment import Reason
from domain.backtest import Comparison, Outcome
from messages import message
from reports.backtest_table import Row, figures, heads, region_rows, rep_rows, widest
from reports.elements import document, element
from reports.plots import Pair, bars, lorenz

_MOST_BARS, _MOST_TRADES = 30, 20
_STYLE = """
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1d2733;
  max-width: 980px; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.7rem; margin: 0 0 .2rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
p.lead { color: #566373; margin: 0 0 1.2rem } p.note { color: #566373; font-size: .9rem; max-width: 46rem }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: .8rem }
.tile { border: 1px solid #dde3ea; border-radius: 8px; padding: .7rem .9rem }
.tile .what { color: #566373; font-size: .85rem } .tile .figure { font-size: 1.35rem; font-weight: 600 }
.tile .figure small { font-weight: 400; color: #566373; font-size: .9rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #e6ebf0; text-align: right; overflow-wrap: anywhere }
th { color: #566373; font-weight: 600; vertical-align: bottom } th:first-child, td:first-child { text-align: left }
td.up { color: #0b6e4f } td.down { color: #b3261e }
svg { max-width: 100%; height: auto; fill: #1d2733;
  font: 12px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
svg .number { font-size: 10px; fill: #566373 } svg rect.was { fill: #a9b8c9 } svg rect.draft { fill: #1769aa }
svg polyline { fill: none; stroke-width: 2 } svg polyline.was { stroke: #8496a9 } svg polyline.draft { stroke: #1769aa }
svg .frame { fill: none; stroke: #dde3ea } svg .even { stroke: #c3ccd6; stroke-dasharray: 4 4 }
.key span { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin: 0 .4rem 0 1rem }
.key .was { background: #a9b8c9; margin-left: 0 } .key .draft { background: #1769aa }
.plots { display: flex; flex-wrap: wrap; gap: 1rem }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } tr, svg { break-inside: avoid } }
"""


def html_of(result: Comparison, locale: str) -> str:
    """The report in one language. It names reps and regions, never customers."""
    say: Callable[..., str] = partial(message, locale)
    facts = {"from": str(result.period.begins), "until": str(result.period.until)}
    reps, regions = rep_rows(result), region_rows(result)
    body = element(
        "body",
        element("h1", say("backtest-title")),
        element("p", say("backtest-about", draft=result.draft, current=result.current, **facts), class_="lead"),
        _tiles(result, say),
        element("p", *_notes(result, say), class_="note"),
        element("h2", say("backtest-per-rep")),
        _key(say),
        bars(_pairs(widest(reps, _MOST_BARS)), say("backtest-per-rep")),
        element("h2", say("backtest-evenness")),
        element("div", *_curves(reps, say), class_="plots"),
        element("p", say("backtest-evenness-note"), class_="note"),
        element("h2", say("backtest-table")),
        _table(heads(result, locale, "rep"), reps),
        element("h2", say("backtest-per-region")),
        bars(_pairs(regions[:_MOST_BARS]), say("backtest-per-region")),
        _table(heads(result, locale, "region"), regions),
        element("h2", say("backtest-unassigned")),
        _unassigned(result, say),
        element("h2", say("backtest-trades")),
        _trades(result, say),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width"),
        element("title", say("backtest-title")),
        element("style", _STYLE),
    )
    return document(element("html", head, body, lang=locale))


def _tiles(result: Comparison, say: Callable[..., str]) -> Element:
    figures: Sequence[tuple[str, Callable[[Outcome], str]]] = (
        ("customers-owned", lambda it: f"{it.owned:,}"),
        ("value", lambda it: f"{it.value:,.0f} {result.currency}"),
        ("unassigned", lambda it: f"{sum(it.unassigned.values()):,}"),
        ("collisions", lambda it: f"{it.collisions:,}"),
        ("gini-customers", lambda it: f"{it.gini_customers:.3f}"),
        ("gini-value", lambda it: f"{it.gini_value:.3f}"),
    )
    tiles = [
        _tile(
            say(f"backtest-{name}"),
            element("small", f"{told(result.actual)} → "),
            told(result.drafted),
        )
        for name, told in figures
    ]
    share = result.moved / (result.actual.customers or 1)
    tiles.append(_tile(say("backtest-moved"), f"{result.moved:,}", element("small", f" ({share:.1%})")))
    return element("div", *tiles, class_="tiles")


def _tile(what: str, *figure: Element | str) -> Element:
    return element("div", element("div", what, class_="what"), element("div", *figure, class_="figure"), class_="tile")


def _notes(result: Comparison, say: Callable[..., str]) -> list[Element | str]:
    """What a reader must know before they believe the figures."""
    notes = [say("backtest-collisions-note")]
    if result.unfaithful:
        notes.append(say("backtest-unfaithful", number=result.unfaithful, all=result.actual.customers))
    else:
        notes.append(say("backtest-faithful"))
    if set(result.versions) - {result.current}:
        notes.append(say("backtest-versions", versions=", ".join(result.versions)))
    notes.append(say("backtest-limits"))
    return [part for note in notes for part in (note, element("br"))]


def _key(say: Callable[..., str]) -> Element:
    parts = (element("span", class_="was"), say("backtest-was"), element("span", class_="draft"), say("backtest-draft"))
    return element("p", *parts, class_="key")


def _pairs(rows: Iterable[Row]) -> list[Pair]:
    return [Pair(row.name, row.was.customers, row.would_be.customers) for row in rows]


def _curves(reps: Sequence[Row], say: Callable[..., str]) -> list[Element]:
    return [
        lorenz(
            [float(getattr(row.was, field)) for row in reps],
            [float(getattr(row.would_be, field)) for row in reps],
            say(f"backtest-gini-{field}"),
            (say("backtest-share-reps"), say(f"backtest-share-{field}")),
        )
        for field in ("customers", "value")
    ]


def _table(columns: Sequence[str], rows: Iterable[Row]) -> Element:
    body = [
        element("tr", element("td", row.name), *(_cell(at, told, row) for at, told in enumerate(figures(row))))
        for row in rows
    ]
    return _grid(columns, body)


def _cell(at: int, told: str, row: Row) -> Element:
    changes: dict[int, int | Decimal] = {2: row.customers, 5: row.value}
    change = changes.get(at, 0)
    return element("td", told, class_="up" if change > 0 else "down" if change < 0 else "same")


def _unassigned(result: Comparison, say: Callable[..., str]) -> Element:
    before, after = result.actual.unassigned, result.drafted.unassigned
    rows = [
        element("tr", *(element("td", told) for told in (_reason(reason, say), *_counted(before, after, reason))))
        for reason in sorted({*before, *after})
    ]
    return _grid([say(f"backtest-{name}") for name in ("reason", "was", "draft")], rows)


def _counted(before: dict[Reason, int], after: dict[Reason, int], reason: Reason) -> tuple[str, str]:
    return f"{before.get(reason, 0):,}", f"{after.get(reason, 0):,}"


def _reason(reason: Reason, say: Callable[..., str]) -> str:
    return say(f"reason-{reason.replace('_', '-')}")


def _trades(result: Comparison, say: Callable[..., str]) -> Element:
    def told(rep_id: str | None) -> str:
        return say("backtest-nobody") if rep_id is None else result.names.get(rep_id, rep_id)

    rows = [
        element("tr", *(element("td", cell) for cell in (told(it.was), told(it.would_be), f"{it.customers:,}")))
        for it in result.trades[:_MOST_TRADES]
    ]
    return _grid([say(f"backtest-{name}") for name in ("trade-was", "trade-draft", "customers")], rows)


def _grid(columns: Sequence[str], rows: Sequence[Element]) -> Element:
    head = element("thead", element("tr", *(element("th", column) for column in columns)))
    return element("table", head, element("tbody", *rows))
