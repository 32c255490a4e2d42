"""A month's report as rows of words and numbers, for every form in which it is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.kpi.fact import Dimension
from domain.kpi.figures import DEFINITIONS, Figure, Unit
from domain.kpi.names import Kpi
from domain.kpi.report import MonthFigures
from domain.kpi.rules import TargetRules
from messages import has_message, message

HEADED = (
    Kpi.COLLISION_RATE,
    Kpi.SATISFACTION,
    Kpi.CUSTOMERS_PER_REP,
    Kpi.COMPLETENESS,
    Kpi.INFORMATION_SHARING,
)
"""The figures with targets."""
IN_PARTS = (
    Kpi.CUSTOMERS,
    Kpi.CUSTOMERS_PER_REP,
    Kpi.COLLISIONS,
    Kpi.COLLISION_RATE,
    Kpi.COMPLETENESS,
    Kpi.HOURS_TO_FIRST_TOUCH,
    Kpi.SLA_KEPT,
    Kpi.RECYCLED,
    Kpi.SATISFACTION,
)
"""The figures that tables of teams, regions and reps show."""
BY_REASON = (
    Kpi.COLLISIONS,
    Kpi.COLLISIONS_SETTLED,
    Kpi.FALSE_ALARMS,
    Kpi.RECYCLED,
    Kpi.APPROVAL_HOURS,
    Kpi.SHARES,
)
"""The figures that have causes, outcomes or kinds."""


Part = tuple[str, list[tuple[Kpi, Figure]]]
"""A team, region, rep ... by its name, with its figures."""


@dataclass(frozen=True)
class MonthlyReport:
    """A month with those before it, and what people call teams, reps and regions."""

    month: MonthFigures
    trend: Sequence[MonthFigures]
    names: Mapping[Dimension, Mapping[str, str]]
    targets: TargetRules
    made_at: datetime

    def name(self, dimension: Dimension, key: str, locale: str) -> str:
        """What people call a part; "" is what has none."""
        if not key:
            return message(locale, "kpi-without")
        if dimension is Dimension.REASON:
            return reason_name(key, locale)
        return self.names.get(dimension, {}).get(key, key)

    def missed(self, kpi: Kpi, it: Figure) -> bool:
        """Whether a figure misses its target."""
        return it.value is not None and self.targets.misses(kpi, it.value)


def reason_name(code: str, locale: str) -> str:
    """A cause, an outcome or an access in words; one of before there were words for it, as it is."""
    reason = f"kpi-reason-{code.lower().replace('_', '-')}"
    return message(locale, reason) if has_message(locale, reason) else code


def kpi_name(kpi: Kpi, locale: str) -> str:
    """What a figure is called."""
    return message(locale, f"kpi-{kpi.replace('_', '-')}")


def formula(kpi: Kpi, locale: str) -> str:
    """How a figure is made, in words."""
    return message(locale, f"kpi-{kpi.replace('_', '-')}.formula")


def told(kpi: Kpi, value: float | None, locale: str) -> str:
    """A figure as people read it."""
    if value is None:
        return "–"
    match DEFINITIONS[kpi].unit:
        case Unit.SHARE:
            return f"{value:.1%}"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.HOURS:
            return message(locale, "kpi-hours", number=f"{value:,.1f}")
        case Unit.NUMBER:
            return f"{value:,.2f}"


def target_told(report: MonthlyReport, kpi: Kpi, locale: str) -> str:
    """The target of a figure in words; empty where there is none."""
    limit = report.targets.limit(kpi)
    if limit is None:
        return ""
    below = kpi in (Kpi.COLLISION_RATE, Kpi.CUSTOMERS_PER_REP)
    return message(locale, "kpi-target-below" if below else "kpi-target-above", value=told(kpi, limit, locale))


def part_rows(report: MonthlyReport, dimension: Dimension, locale: str) -> Iterator[Part]:
    """Each part's name with its figures, those with most customers first."""
    parts = report.month.figures.parts[dimension]
    for key in sorted(parts, key=lambda key: (-parts[key][Kpi.CUSTOMERS].over, -parts[key][Kpi.COLLISIONS].over, key)):
        yield report.name(dimension, key, locale), [(kpi, parts[key][kpi]) for kpi in IN_PARTS]


def reason_rows(report: MonthlyReport, locale: str) -> Iterator[tuple[str, str, Figure, Kpi]]:
    """What a figure is about, why, and how much of it."""
    parts = report.month.figures.parts[Dimension.REASON]
    for kpi in BY_REASON:
        for key, figures in parts.items():
            if kpi in figures:
                yield kpi_name(kpi, locale), report.name(Dimension.REASON, key, locale), figures[kpi], kpi
