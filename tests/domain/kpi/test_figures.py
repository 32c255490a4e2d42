"""Figures by their formulas, and what they are when there is nothing to divide by."""

from datetime import UTC, datetime

import pytest

from domain.kpi.fact import Dimension, Fact, Measure
from domain.kpi.figures import DEFINITIONS, Month, Stock, by_dimension, figure, load_of, team_pairs
from domain.kpi.names import Kpi
from domain.kpi.report import CalendarMonth, figures_of
from domain.kpi.rules import TargetRules

EMPTY = Month(facts=(), stock=(), reps={})


def fact(measure: Measure, subject: str = "1", value: float = 1.0, **more: str) -> Fact:
    at = datetime(2026, 10, 5, tzinfo=UTC)
    ids = {"event_id": "e", "customer_id": "c", "subject_id": subject}
    return Fact(id=f"{subject}{more}", measure=measure, at=at, value=value, **ids, **more)


def stock(rep: str | None, customers: int, *, complete: bool = False, team: str | None = None) -> Stock:
    return Stock(rep, team, "CN-GD", "web", "p", complete, customers)


@pytest.mark.parametrize("kpi", Kpi)
def test_nothing_to_divide_by_is_no_figure(kpi: Kpi) -> None:
    assert figure(kpi, EMPTY).value in (None, 0)
    assert figure(kpi, EMPTY).over == 0


def test_there_is_one_definition_for_each() -> None:
    assert list(DEFINITIONS) == list(Kpi)


def test_the_five_of_the_design() -> None:
    month = Month(
        facts=[
            *(fact(Measure.COLLISION, "col_1", rep=rep) for rep in ("a", "b")),
            *(fact(Measure.SURVEY, str(n), value) for n, value in enumerate((5.0, 4.0))),
            *(fact(Measure.UPDATE, str(n)) for n in range(4)),
            *(fact(Measure.FOLLOW_UP, str(n)) for n in range(5)),
        ],
        stock=[stock("a", 30, complete=True), stock("b", 10), stock(None, 10, complete=True)],
        reps={"a": None, "b": None, "c": None, "d": None},
    )
    assert figure(Kpi.COLLISION_RATE, month).value == 1 / 50
    assert figure(Kpi.SATISFACTION, month).value == 4.5
    assert figure(Kpi.CUSTOMERS_PER_REP, month).value == 10
    assert figure(Kpi.COMPLETENESS, month).value == 0.8
    assert figure(Kpi.INFORMATION_SHARING, month).value == 0.8


def test_much_logging_keeps_no_more_deadlines() -> None:
    facts = [fact(Measure.KEPT, "a")] * 9 + [
        fact(Measure.KEPT, "b"),
        fact(Measure.MISSED, "b"),
        fact(Measure.KEPT, "c"),
    ]
    it = figure(Kpi.SLA_KEPT, EMPTY._replace(facts=facts))
    assert (it.value, it.over) == (2 / 3, 3)


def test_who_owns_nothing_any_more_makes_the_load_uneven() -> None:
    even = Month(facts=(), stock=[stock("a", 5), stock("b", 5)], reps={"a": None, "b": None})
    assert figure(Kpi.UNEVENNESS, even).value == 0
    assert figure(Kpi.UNEVENNESS, even._replace(reps={**even.reps, "c": None})).value == pytest.approx(1 / 3)
    assert load_of(even._replace(reps={**even.reps, "c": None})) == {"a": 5, "b": 5, "c": 0}


def test_a_case_between_two_teams_counts_in_both_and_once_in_all() -> None:
    facts = [
        fact(Measure.COLLISION, "1", rep="a", team="s"),
        fact(Measure.COLLISION, "1", rep="b", team="w"),
        fact(Measure.COLLISION, "2", rep="a", team="s"),
        fact(Measure.COLLISION, "2", rep="c", team="s"),
    ]
    month = EMPTY._replace(facts=facts)
    parts = by_dimension(month, Dimension.TEAM)
    assert figure(Kpi.COLLISIONS, month).value == 2
    assert {team: figure(Kpi.COLLISIONS, part).value for team, part in parts.items()} == {"s": 2, "w": 1}
    assert team_pairs(month) == {("s", "w"): 1, ("s", "s"): 1}


def test_by_reason_only_what_has_reasons() -> None:
    facts = [fact(Measure.RECYCLED, "1", reason="released"), fact(Measure.COLLISION, "2", reason="merge")]
    month = Month(facts=facts, stock=[stock("a", 5)], reps={"a": None})
    parts = figures_of(month).parts[Dimension.REASON]
    assert {key: set(found) for key, found in parts.items()} == {
        "released": {Kpi.RECYCLED},
        "merge": {Kpi.COLLISIONS},
    }


@pytest.mark.parametrize(
    ("kpi", "good", "bad"),
    [
        (Kpi.COLLISION_RATE, 0.019, 0.02),
        (Kpi.SATISFACTION, 4.6, 4.5),
        (Kpi.CUSTOMERS_PER_REP, 80, 81),
        (Kpi.COMPLETENESS, 0.96, 0.95),
        (Kpi.INFORMATION_SHARING, 0.81, 0.8),
    ],
)
def test_targets_are_to_be_gone_beyond(kpi: Kpi, good: float, bad: float) -> None:
    targets = TargetRules(customers_per_rep_at_most=80)
    assert not targets.misses(kpi, good)
    assert targets.misses(kpi, bad)
    assert not TargetRules(satisfaction_above=None).misses(Kpi.SATISFACTION, 1)


def test_months_follow_each_other() -> None:
    december = CalendarMonth(2026, 12)
    assert (str(december), str(december.plus(1)), str(december.plus(-12))) == ("2026-12", "2027-01", "2025-12")
    assert CalendarMonth(2026, 11).begins("Asia/Shanghai") == datetime(2026, 10, 31, 16, tzinfo=UTC)
