"""Plots whose texts are texts: they appear in the reader's own fonts, Chinese ones, too, and in one size everywhere."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from reports.elements import element

_SIDE, _LEFT, _TOP = 240, 60, 16


class Pair(NamedTuple):
    """One line of a bar chart: what happened beside what the draft gives."""

    label: str
    was: float
    would_be: float


def bars(pairs: Sequence[Pair], title: str) -> Element:
    """Two horizontal bars for each pair, with both numbers at their ends; on a narrow screen the label is above."""
    most = max((max(pair.was, pair.would_be) for pair in pairs), default=0) or 1
    rows = [
        element(
            "div",
            element("span", pair.label, class_="label", title=pair.label),
            element("div", _bar(pair.was, most, "was"), _bar(pair.would_be, most, "draft"), class_="pair"),
            class_="row",
        )
        for pair in pairs
    ]
    return element("div", *rows, class_="bars", role="group", aria_label=title)


def lorenz(was: Sequence[float], would_be: Sequence[float], title: str, axes: tuple[str, str]) -> Element:
    """The Lorenz curves (M. O. Lorenz, 1905): the share of all that the least served have together.

    Args:
        was: what each one had.
        would_be: what each one would have.
        title: what the plot is called to those who cannot see it.
        axes: what is written beside the horizontal and the vertical axis.
    """
    bottom, right = _TOP + _SIDE, _LEFT + _SIDE
    upright = f"translate({_LEFT - 14} {_TOP + _SIDE / 2}) rotate(-90)"
    lines = [
        element("title", title),
        element("rect", x=_LEFT, y=_TOP, width=_SIDE, height=_SIDE, class_="frame"),
        element("line", x1=_LEFT, y1=bottom, x2=right, y2=_TOP, class_="even"),
        *(_curve(values, kind) for values, kind in ((was, "was"), (would_be, "draft"))),
        element("text", axes[0], x=_LEFT + _SIDE / 2, y=bottom + 24, text_anchor="middle"),
        element("text", axes[1], x=0, y=0, text_anchor="middle", transform=upright),
    ]
    width, height = right + 20, bottom + 40
    return element("svg", *lines, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img")


def _bar(value: float, most: float, kind: str) -> Element:
    bar = element("span", class_=kind, style=f"width:{value / most:.2%}")
    return element("div", bar, element("span", f"{value:,.0f}", class_="number"), class_="bar")


def _curve(values: Sequence[float], kind: str) -> Element:
    points = " ".join(f"{_LEFT + x * _SIDE:.1f},{_TOP + (1 - y) * _SIDE:.1f}" for x, y in _cumulated(values))
    return element("polyline", points=points, class_=kind)


def _cumulated(values: Sequence[float]) -> list[tuple[float, float]]:
    total, running = sum(values) or 1, 0.0
    points = [(0.0, 0.0)]
    for place, value in enumerate(sorted(values), 1):
        running += value
        points.append((place / len(values), running / total))
    return points
