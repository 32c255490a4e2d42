"""A simulated year as one HTML page without scripts."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from messages import message
from reports.elements import element, page
from reports.simulation_table import (
    TARGET,
    Say,
    about,
    detector_heads,
    detector_rows,
    month_heads,
    month_rows,
    notes,
    percent,
    verdicts,
    why_heads,
    why_rows,
)
from simulator.result import Result

_STYLE = Path(__file__).with_name("backtest.css").read_text(encoding="utf-8")
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 220, 56, 12


def html_of(result: Result, locale: str) -> str:
    """The report in one language."""
    say: Say = partial(message, locale)
    title = say("simulation-title")
    body = element(
        "body",
        element("h1", title),
        element("p", about(result, say), class_="lead"),
        *(element("p", it) for it in verdicts(result, say)),
        element("h2", say("simulation-collisions")),
        _key(say),
        rates(result, say("simulation-collisions")),
        _grid(month_heads(say), month_rows(result, say)),
        element("h2", say("simulation-why")),
        _grid(why_heads(say), why_rows(result, say)),
        element("h2", say("simulation-detectors")),
        _grid(detector_heads(say), detector_rows(result, say)),
        *(element("p", note, class_="note") for note in notes(say)),
    )
    return page(title, _STYLE, body, locale)


def rates(result: Result, title: str) -> Element:
    """The collision rates month by month, without and with OneOwner, and the target as a dashed line."""
    without = [month.rate_without or 0.0 for month in result.months]
    with_ = [month.rate_with or 0.0 for month in result.months]
    most = max(*without, *with_, 2 * TARGET)
    bottom, right = _TOP + _HEIGHT, _LEFT + _WIDTH

    def y(rate: float) -> float:
        return bottom - rate / most * _HEIGHT

    step = _WIDTH / max(1, len(without) - 1)
    lines = [
        element("title", title),
        element("rect", x=_LEFT, y=_TOP, width=_WIDTH, height=_HEIGHT, class_="frame"),
        element("line", x1=_LEFT, y1=y(TARGET), x2=right, y2=y(TARGET), class_="even"),
        *(
            element(
                "polyline",
                points=" ".join(f"{_LEFT + at * step:.1f},{y(rate):.1f}" for at, rate in enumerate(values)),
                class_=kind,
            )
            for values, kind in ((without, "was"), (with_, "draft"))
        ),
        *(element("text", percent(rate), x=_LEFT - 6, y=y(rate) + 4, text_anchor="end") for rate in (0, TARGET, most)),
        *(
            element("text", str(month.month), x=_LEFT + at * step, y=bottom + 18, text_anchor="middle")
            for at, month in enumerate(result.months)
        ),
    ]
    width, height = right + 20, bottom + 28
    return element("svg", *lines, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img")


def _key(say: Say) -> Element:
    kinds = (("was", "simulation-without"), ("draft", "simulation-with"))
    return element(
        "p", *(part for kind, name in kinds for part in (element("span", class_=kind), say(name))), class_="key"
    )


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Element:
    """A table whose first column is text, as is a last one that explains."""

    def kind(at: int) -> str:
        return "text" if at == 0 or at == 7 else "number"

    head = element("tr", *(element("th", text, class_=kind(at)) for at, text in enumerate(heads)))
    body = [element("tr", *(element("td", text, class_=kind(at)) for at, text in enumerate(row))) for row in rows]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="wide")
