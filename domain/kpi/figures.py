"""The figures: each defined once, as what is counted over what. The formulas in words are in ``locales``."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import fmean, median
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.backtest.tally import gini
from domain.kpi.fact import Dimension, Fact, Measure
from domain.kpi.names import Kpi


class Unit(StrEnum):
    """How a figure is read."""

    SHARE = "share"
    """1 is 100 %."""
    NUMBER = "number"
    COUNT = "count"
    HOURS = "hours"


class Stock(NamedTuple):
    """So many customers that are alike at the end of the month."""

    rep: str | None
    team: str | None
    region: str | None
    source: str | None
    policy: str | None
    complete: bool
    customers: int


class Month(NamedTuple):
    """What a month's figures are made from."""

    facts: Sequence[Fact]
    """What happened in it."""
    stock: Sequence[Stock]
    """The customers at its end."""
    reps: Mapping[str, str | None]
    """Who owned any customer at its beginning or since, with their teams."""


class Figure(BaseModel):
    """A figure with what it was divided by; ``value`` is None where there was nothing to divide by or to average."""

    model_config = ConfigDict(frozen=True)
    value: float | None
    over: float
    """The customers, follow-ups, answers or decisions that it is about."""


class Definition(NamedTuple):
    """What a figure is."""

    unit: Unit
    compute: Callable[[Month], Figure]
    rows: tuple[Measure, ...]
    """The facts behind it."""
    stock: bool = False
    """Whether those facts are how customers stand at the month's end, and not what happened in it."""


def figure(kpi: Kpi, month: Month) -> Figure:
    """One figure of a month."""
    return DEFINITIONS[kpi].compute(month)


def by_dimension(month: Month, dimension: Dimension) -> dict[str, Month]:
    """A month in parts, one for each team, region, rep ...; "" is the part of what has none.

    A team's reps, and a rep, are theirs though they own nothing; a region's are those who own something there.
    """
    facts: dict[str, list[Fact]] = defaultdict(list)
    stock: dict[str, list[Stock]] = defaultdict(list)
    reps: dict[str, dict[str, str | None]] = defaultdict(dict)
    for fact in month.facts:
        facts[getattr(fact, dimension) or ""].append(fact)
    for it in month.stock if dimension is not Dimension.REASON else ():
        stock[getattr(it, dimension) or ""].append(it)
        if it.rep:
            reps[getattr(it, dimension) or ""][it.rep] = it.team
    for rep, team in month.reps.items():
        if dimension in (Dimension.REP, Dimension.TEAM):
            reps[rep if dimension is Dimension.REP else team or ""][rep] = team
    keys = sorted({*facts, *stock, *reps})
    return {key: Month(facts[key], stock[key], reps[key]) for key in keys}


def subjects(facts: Iterable[Fact], *measures: Measure) -> set[str]:
    """What the facts of these measures are about, each once."""
    return {it.subject_id for it in facts if it.measure in measures}


def _customers(month: Month) -> int:
    return sum(it.customers for it in month.stock)


def _over(number: float, over: float) -> Figure:
    return Figure(value=number / over if over else None, over=over)


def _count(measure: Measure) -> Callable[[Month], Figure]:
    def compute(month: Month) -> Figure:
        number = len(subjects(month.facts, measure))
        return Figure(value=number, over=number)

    return compute


def _values(month: Month, measure: Measure) -> list[float]:
    return [it.value for it in month.facts if it.measure == measure]


def _median(measure: Measure) -> Callable[[Month], Figure]:
    def compute(month: Month) -> Figure:
        values = _values(month, measure)
        return Figure(value=median(values) if values else None, over=len(values))

    return compute


def _collision_rate(month: Month) -> Figure:
    return _over(len(subjects(month.facts, Measure.COLLISION)), _customers(month))


def _satisfaction(month: Month) -> Figure:
    answers = _values(month, Measure.SURVEY)
    return Figure(value=fmean(answers) if answers else None, over=len(answers))


def _customers_per_rep(month: Month) -> Figure:
    return _over(sum(it.customers for it in month.stock if it.rep), len(month.reps))


def _completeness(month: Month) -> Figure:
    return _over(sum(it.customers for it in month.stock if it.complete), _customers(month))


def _information_sharing(month: Month) -> Figure:
    return _over(len(_values(month, Measure.UPDATE)), len(_values(month, Measure.FOLLOW_UP)))


def _all_customers(month: Month) -> Figure:
    number = _customers(month)
    return Figure(value=number, over=number)


def _sla_kept(month: Month) -> Figure:
    """Customers count, not follow-ups: who logs much keeps no more deadlines than who logs enough."""
    missed = subjects(month.facts, Measure.MISSED)
    concerned = missed | subjects(month.facts, Measure.KEPT)
    return _over(len(concerned) - len(missed), len(concerned))


def _unevenness(month: Month) -> Figure:
    loads = load_of(month)
    return Figure(value=gini(loads.values()) if loads else None, over=len(loads))


def load_of(month: Month) -> dict[str, int]:
    """How many customers each rep owns at the month's end; those who own none any more included."""
    loads = dict.fromkeys(month.reps, 0)
    for it in month.stock:
        if it.rep:
            loads[it.rep] = loads.get(it.rep, 0) + it.customers
    return loads


DEFINITIONS: Mapping[Kpi, Definition] = {
    Kpi.COLLISION_RATE: Definition(Unit.SHARE, _collision_rate, (Measure.COLLISION,)),
    Kpi.SATISFACTION: Definition(Unit.NUMBER, _satisfaction, (Measure.SURVEY,)),
    Kpi.CUSTOMERS_PER_REP: Definition(Unit.NUMBER, _customers_per_rep, (Measure.STANDING,), stock=True),
    Kpi.COMPLETENESS: Definition(Unit.SHARE, _completeness, (Measure.PROFILE,), stock=True),
    Kpi.INFORMATION_SHARING: Definition(Unit.SHARE, _information_sharing, (Measure.UPDATE, Measure.FOLLOW_UP)),
    Kpi.CUSTOMERS: Definition(Unit.COUNT, _all_customers, (Measure.STANDING,), stock=True),
    Kpi.COLLISIONS: Definition(Unit.COUNT, _count(Measure.COLLISION), (Measure.COLLISION,)),
    Kpi.COLLISIONS_SETTLED: Definition(Unit.COUNT, _count(Measure.SETTLED), (Measure.SETTLED,)),
    Kpi.FALSE_ALARMS: Definition(Unit.COUNT, _count(Measure.DISMISSED), (Measure.DISMISSED,)),
    Kpi.HOURS_TO_FIRST_TOUCH: Definition(Unit.HOURS, _median(Measure.FIRST_TOUCH), (Measure.FIRST_TOUCH,)),
    Kpi.HOURS_TO_EFFECTIVE_FOLLOW_UP: Definition(
        Unit.HOURS, _median(Measure.FIRST_EFFECTIVE), (Measure.FIRST_EFFECTIVE,)
    ),
    Kpi.SLA_KEPT: Definition(Unit.SHARE, _sla_kept, (Measure.KEPT, Measure.MISSED)),
    Kpi.RECYCLED: Definition(Unit.COUNT, _count(Measure.RECYCLED), (Measure.RECYCLED,)),
    Kpi.APPROVAL_HOURS: Definition(Unit.HOURS, _median(Measure.APPROVAL), (Measure.APPROVAL,)),
    Kpi.SHARES: Definition(Unit.COUNT, _count(Measure.SHARE), (Measure.SHARE,)),
    Kpi.UNEVENNESS: Definition(Unit.NUMBER, _unevenness, (Measure.STANDING,), stock=True),
}
"""Every figure with its unit, its formula and the facts behind it."""


def team_pairs(month: Month) -> dict[tuple[str, str], int]:
    """How many cases there were between reps of two teams, or within one; "" is no team. Teams in order."""
    cases: dict[str, list[str]] = {}
    for it in month.facts:
        if it.measure == Measure.COLLISION:
            cases.setdefault(it.subject_id, []).append(it.team or "")
    pairs: dict[tuple[str, str], int] = {}
    for teams in cases.values():
        met = {tuple(sorted((one, other))) for at, one in enumerate(teams) for other in teams[at + 1 :]}
        for one, other in met:
            pairs[one, other] = pairs.get((one, other), 0) + 1
    return pairs
