"""All figures of a month at once: what a snapshot keeps and a report shows."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.kpi.fact import Dimension
from domain.kpi.figures import DEFINITIONS, Figure, Month, by_dimension, figure, load_of, team_pairs
from domain.kpi.names import Kpi


class TeamPair(BaseModel):
    """Cases between the reps of two teams, or within one; an empty name is no team."""

    model_config = ConfigDict(frozen=True)
    one: str
    other: str
    cases: int


class Figures(BaseModel):
    """Every figure, of everybody and by every dimension."""

    model_config = ConfigDict(frozen=True)
    overall: dict[Kpi, Figure]
    parts: dict[Dimension, dict[str, dict[Kpi, Figure]]]
    team_pairs: tuple[TeamPair, ...]
    loads: tuple[int, ...]
    """How many customers each rep owns, fewest first."""


def figures_of(month: Month) -> Figures:
    """Every figure of a month."""
    pairs = sorted(team_pairs(month).items())
    return Figures(
        overall=_all(month),
        parts={dimension: parts_of(month, dimension) for dimension in Dimension},
        team_pairs=tuple(TeamPair(one=one, other=other, cases=n) for (one, other), n in pairs),
        loads=tuple(sorted(load_of(month).values())),
    )


def parts_of(month: Month, dimension: Dimension) -> dict[str, dict[Kpi, Figure]]:
    """Every figure by one dimension. By reason only those that have reasons: causes, outcomes, accesses."""
    return {
        key: {kpi: it for kpi, it in _all(part).items() if dimension is not Dimension.REASON or _has(part, kpi)}
        for key, part in by_dimension(month, dimension).items()
        if dimension is not Dimension.REASON or key
    }


def _all(month: Month) -> dict[Kpi, Figure]:
    return {kpi: figure(kpi, month) for kpi in Kpi}


def _has(part: Month, kpi: Kpi) -> bool:
    """Whether a figure is about facts of this part; a share of all customers is not."""
    return kpi is not Kpi.COLLISION_RATE and any(it.measure in DEFINITIONS[kpi].rows for it in part.facts)


class CalendarMonth(NamedTuple):
    """A month as people name it."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "CalendarMonth":
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> "CalendarMonth":
        """The month so many later, or earlier below 0."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return CalendarMonth(year, month + 1)

    def begins(self, time_zone: str) -> datetime:
        """The midnight with which it begins there."""
        return datetime.combine(self.first, time(), ZoneInfo(time_zone))

    def __str__(self) -> str:
        """As in ISO 8601, such as 2026-10."""
        return f"{self.year:04}-{self.month:02}"


def changed(closed: Mapping[Kpi, Figure], now: Mapping[Kpi, Figure]) -> dict[Kpi, Figure]:
    """The figures that are others now than when the month was closed: corrections, shown beside what was closed."""
    return {kpi: it for kpi, it in now.items() if closed.get(kpi) != it}


class MonthFigures(BaseModel):
    """A month as it is told: closed or still open, with what has become known since it was closed."""

    model_config = ConfigDict(frozen=True)
    month: str
    closed_at: AwareDatetime | None
    time_zone: str
    figures: Figures
    corrections: dict[Kpi, Figure]
