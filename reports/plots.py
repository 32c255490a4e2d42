"""Plots as SVG whose texts are texts: they appear in the reader's own fonts, Chinese ones, too."""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element

from reports.elements import element

WIDTH, _LABEL, _NUMBERS, _BAR, _GAP = 760, 170, 84, 11, 12
_LONGEST = 22
"""Columns of a label; a Chinese character takes two."""


class Pair(NamedTuple):
    """One line of a bar chart: what happened beside what the draft gives."""

    label: str
    was: float
    would_be: float


def bars(pairs: Sequence[Pair], title: str) -> Element:
    """Two horizontal bars for each pair, with both numbers at their ends."""
    most = max((max(pair.was, pair.would_be) for pair in pairs), default=0) or 1
    row = 2 * _BAR + _GAP
    height = row * len(pairs) + _GAP
    scale = (WIDTH - _LABEL - _NUMBERS) / most
    lines: list[Element] = []
    for at, pair in enumerate(pairs):
        top = at * row + _GAP / 2
        middle = top + _BAR + 4.0
        lines.append(element("text", shortened(pair.label), x=_LABEL - 10, y=middle, text_anchor="end"))
        for number, (value, kind) in enumerate(((pair.was, "was"), (pair.would_be, "draft"))):
            y = top + number * _BAR
            lines.append(element("rect", x=_LABEL, y=y, width=value * scale, height=_BAR - 1, class_=kind))
            end = _LABEL + value * scale + 6
            lines.append(element("text", f"{value:,.0f}", x=end, y=y + _BAR - 2, class_="number"))
    return _plot(height, title, lines)


def lorenz(was: Sequence[float], would_be: Sequence[float], title: str, axes: tuple[str, str]) -> Element:
    """The Lorenz curves (M. O. Lorenz, 1905): the share of all that the least served have together.

    Args:
        was: what each one had.
        would_be: what each one would have.
        title: what the plot is called to those who cannot see it.
        axes: what is written beside the horizontal and the vertical axis.
    """
    side, left, top = 240, 60, 16
    lines = [
        element("rect", x=left, y=top, width=side, height=side, class_="frame"),
        element("line", x1=left, y1=top + side, x2=left + side, y2=top, class_="even"),
    ]
    for values, kind in ((was, "was"), (would_be, "draft")):
        points = " ".join(f"{left + x * side:.1f},{top + (1 - y) * side:.1f}" for x, y in _cumulated(values))
        lines.append(element("polyline", points=points, class_=kind))
    lines.append(element("text", axes[0], x=left + side / 2, y=top + side + 24, text_anchor="middle"))
    lines.append(
        element(
            "text",
            axes[1],
            x=0,
            y=0,
            text_anchor="middle",
            transform=f"translate({left - 14} {top + side / 2}) rotate(-90)",
        )
    )
    return _plot(top + side + 40, title, lines, width=left + side + 20)


def shortened(label: str) -> str:
    """A label that fits: at most so many columns, as terminals and Chinese fonts count them."""
    columns, kept = 0, ""
    for character in label:
        columns += 2 if east_asian_width(character) in "WF" else 1
        if columns > _LONGEST:
            return f"{kept}…"
        kept += character
    return kept


def _cumulated(values: Sequence[float]) -> list[tuple[float, float]]:
    total, running = sum(values) or 1, 0.0
    points = [(0.0, 0.0)]
    for place, value in enumerate(sorted(values), 1):
        running += value
        points.append((place / len(values), running / total))
    return points


def _plot(height: float, title: str, lines: Sequence[Element], width: int = WIDTH) -> Element:
    return element(
        "svg", element("title", title), *lines,
        viewBox=f"0 0 {width} {height:g}", width=width, height=height, role="img", aria_label=title,
    )  # fmt: skip
