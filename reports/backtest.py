"""A back-test as one HTML page without scripts, to be sent to whoever decides about the policy."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from domain.backtest import Comparison
from messages import message
from reports.backtest_table import (
    Row,
    faithfulness,
    for_people,
    heads,
    notes,
    reason_rows,
    region_rows,
    rep_rows,
    summary,
    trade_rows,
    widest,
)
from reports.elements import element, page
from reports.plots import Pair, bars, lorenz

_MOST_BARS, _MOST_TRADES = 30, 20
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def html_of(result: Comparison, locale: str) -> str:
    """The report in one language. It names reps and regions, never customers."""
    say: Callable[..., str] = partial(message, locale)
    reps, regions = rep_rows(result), region_rows(result, locale)
    body = element(
        "body",
        element("h1", say("backtest-title")),
        element("p", say("backtest-about", **_facts(result)), class_="lead"),
        _tiles(result, say),
        element("p", faithfulness(result, say), class_="note"),
        *_chart(say("backtest-per-rep"), widest(reps, _MOST_BARS), len(reps), say),
        element("h2", say("backtest-evenness")),
        element("div", *_curves(reps, say), class_="plots"),
        element("p", say("backtest-evenness-note"), class_="note"),
        *_chart(say("backtest-per-region"), regions[:_MOST_BARS], len(regions), say),
        element("h2", say("backtest-unassigned")),
        _grid([say(f"backtest-{name}") for name in ("reason", "was", "draft")], _reasons(result, locale)),
        element("h2", say("backtest-trades")),
        *_most(min(len(result.trades), _MOST_TRADES), len(result.trades), say),
        _grid([say(f"backtest-{name}") for name in ("trade-was", "trade-draft", "customers")], _trades(result, locale)),
        element("h2", say("backtest-table")),
        _grid(heads(result, locale, "rep"), map(_line, reps)),
        element("h2", say("backtest-regions")),
        _grid(heads(result, locale, "region"), map(_line, regions)),
        element("h2", say("backtest-notes")),
        *(element("p", note, class_="note") for note in notes(result, say)),
    )
    return page(say("backtest-title"), _STYLE, body, locale)


def _facts(result: Comparison) -> dict[str, str]:
    period = {"from": str(result.period.begins), "until": str(result.period.until)}
    return {"draft": result.draft, "current": result.current, **period}


def _tiles(result: Comparison, say: Callable[..., str]) -> Element:
    """Each figure under the draft, and beneath it what happened."""
    tiles = []
    for name, (was, _, would_be) in summary(result):
        unit = f" {result.currency}" if name == "value" else ""
        if was is None:
            share = result.moved / (result.actual.customers or 1)
            beneath = f"{share:.1%}"
        else:
            beneath = f"{say('backtest-was')} {_told(was)}{unit}"
        tiles.append(
            element(
                "div",
                element("div", say(f"backtest-{name}"), class_="what"),
                element("div", f"{_told(would_be)}{unit}", class_="figure"),
                element("small", beneath),
                class_="tile",
            )
        )
    return element("div", *tiles, class_="tiles")


def _told(value: float | Decimal | None) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,.0f}"


def _chart(title: str, rows: Sequence[Row], number: int, say: Callable[..., str]) -> Iterable[Element]:
    """A heading, the key, how many of all are shown, and the bars."""
    parts = (element("span", class_="was"), say("backtest-was"), element("span", class_="draft"), say("backtest-draft"))
    yield element("h2", title)
    yield element("p", *parts, class_="key")
    yield from _most(len(rows), number, say)
    yield bars([Pair(row.name, row.was.customers, row.would_be.customers) for row in rows], title)


def _most(shown: int, number: int, say: Callable[..., str]) -> Iterable[Element]:
    if shown < number:
        yield element("p", say("backtest-most", shown=shown, all=number), class_="note")


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


def _line(row: Row) -> Element:
    changes: dict[int, int | Decimal] = {2: row.customers, 5: row.value}
    cells = [
        element("td", told, class_="up" if changes.get(at, 0) > 0 else "down" if changes.get(at, 0) < 0 else "same")
        for at, told in enumerate(for_people(row))
    ]
    return element("tr", element("td", row.name, class_="text"), *cells)


def _reasons(result: Comparison, locale: str) -> Iterable[Element]:
    for reason, was, _, would_be in reason_rows(result, locale):
        yield element("tr", element("td", reason, class_="text"), *_numbers(was, would_be))


def _trades(result: Comparison, locale: str) -> Iterable[Element]:
    for was, would_be, customers in trade_rows(result, locale)[:_MOST_TRADES]:
        yield element("tr", *(element("td", name, class_="text") for name in (was, would_be)), *_numbers(customers))


def _numbers(*values: int) -> Iterable[Element]:
    return (element("td", f"{value:,}") for value in values)


def _grid(columns: Sequence[str], rows: Iterable[Element]) -> Element:
    """A table that scrolls sideways by itself; a column whose cells are texts is headed at the left."""
    body = list(rows)
    texts = [cell.get("class") == "text" for cell in body[0]] if body else [True, *[False] * (len(columns) - 1)]
    heads_ = [
        element("th", column, class_="text" if text else "number") for column, text in zip(columns, texts, strict=True)
    ]
    table = element("table", element("thead", element("tr", *heads_)), element("tbody", *body))
    return element("div", table, class_="wide")
