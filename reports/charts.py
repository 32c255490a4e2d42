"""Line charts and heat maps in the reader's own fonts and colours: markup alone, which mail and print show, too."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, log10
from typing import NamedTuple
from xml.etree.ElementTree import Element

from reports.elements import element

_WIDTH, _HEIGHT = 560, 190
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 18, 14, 26
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM


class Point(NamedTuple):
    """One month of a line; None leaves a gap."""

    label: str
    value: float | None


def line_chart(
    points: Sequence[Point],
    title: str,
    told: Callable[[float], str],
    tick: Callable[[float], str],
    limit: tuple[float, str] | None = None,
    most: float | None = None,
) -> Element:
    """A line over months from 0 up, with the target as a dashed line and the last value written out.

    Args:
        points: in order.
        title: what the plot is called to those who cannot see it.
        told: writes a value.
        tick: writes it beside the axis, where there is room for six characters.
        limit: the target, with what stands beside its line.
        most: the largest value that there can be.
    """
    known = [point.value for point in points if point.value is not None]
    top = _round_up(max([*known, limit[0] if limit else 0.0]))
    top = top if most is None else min(top, most)
    grid = [part for share in (0.0, 0.5, 1.0) for part in _grid(share, tick(share * top))]
    every = max(1, ceil(len(points) / 4))
    labels = [
        element(
            "text",
            point.label,
            x=_x(at, len(points)),
            y=_HEIGHT - 8,
            text_anchor="end" if at == len(points) - 1 > 0 else "middle",
        )
        for at, point in enumerate(points)
        if (len(points) - 1 - at) % every == 0
    ]
    parts = [element("title", title), *grid, *labels]
    if limit is not None:
        parts += _limit(limit[0] / top, limit[1])
    return _svg([*parts, *_lines(points, top), *_dots(points, top, told)], _WIDTH, _HEIGHT)


def heat_map(names: Sequence[tuple[str, str]], cells: Mapping[tuple[str, str], int], title: str) -> Element:
    """A table of all pairs, each cell the darker the more it holds; a pair stands once, below the diagonal or on it.

    Args:
        names: ids with what people call them, in order.
        cells: how much each pair holds, by the two ids in whichever order.
        title: what the table is called.
    """
    most = max(cells.values(), default=0) or 1
    head = element("tr", element("td"), *(element("th", name, scope="col") for _, name in names))
    rows = []
    for at, (one, name) in enumerate(names):
        found = [cells.get((one, other), cells.get((other, one), 0)) for other, _ in names[: at + 1]]
        boxes = [
            element("td", str(number) if number else "·", class_="heat", style=f"--heat:{number / most:.2f}")
            for number in found
        ]
        rows.append(element("tr", element("th", name, scope="row"), *boxes))
    table = element("table", element("caption", title), element("tbody", head, *rows), class_="heats")
    return element("div", table, class_="wide")


def _svg(parts: Sequence[Element], width: int, height: int) -> Element:
    return element("svg", *parts, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img")


def _x(at: int, of: int) -> float:
    return _LEFT + _INNER_WIDTH * (at / (of - 1) if of > 1 else 0.5)


def _y(share: float) -> float:
    return _TOP + _INNER_HEIGHT * (1 - share)


def _grid(share: float, label: str) -> tuple[Element, Element]:
    y = _y(share)
    line = element("line", x1=_LEFT, y1=y, x2=_WIDTH - _RIGHT, y2=y, class_="grid")
    return line, element("text", label, x=_LEFT - 8, y=y + 4, text_anchor="end")


def _limit(share: float, label: str) -> list[Element]:
    y = _y(share)
    line = element("line", x1=_LEFT, y1=y, x2=_WIDTH - _RIGHT, y2=y, class_="limit")
    return [line, element("text", label, x=_LEFT + 6, y=y - 5, class_="limit")]


def _lines(points: Sequence[Point], top: float) -> list[Element]:
    """One line for each run of months without a gap."""
    runs: list[list[str]] = [[]]
    for at, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at, len(points)):.1f},{_y(point.value / top):.1f}")
    return [element("polyline", points=" ".join(run), class_="line") for run in runs if len(run) > 1]


def _dots(points: Sequence[Point], top: float, told: Callable[[float], str]) -> list[Element]:
    parts = []
    for at, point in enumerate(points):
        if point.value is None:
            continue
        x, y = _x(at, len(points)), _y(point.value / top)
        about = element("title", f"{point.label}: {told(point.value)}")
        parts.append(element("circle", about, cx=x, cy=y, r=3.5, class_="dot"))
        if at == len(points) - 1:
            parts.append(element("text", told(point.value), x=x, y=y - 8, text_anchor="end", class_="last"))
    return parts


def _round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5 or 10 times a power of ten, with room for what is written above the line."""
    wanted = value * 1.15 or 1.0
    size: float = 10.0 ** (ceil(log10(wanted)) - 1)
    return next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= wanted)
