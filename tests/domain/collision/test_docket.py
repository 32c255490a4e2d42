"""Placing sightings: each once, into the case that it belongs to, and quietly after one is settled."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.collision.detector import Detector
from domain.collision.docket import Docket, Entry, Noted, Verdict
from domain.collision.rules import CollisionRules
from domain.collision.sighting import Sighting

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
QUIET = 30 * DAY
RULES = CollisionRules()


def seen(
    detector: Detector = Detector.SECOND_LEAD,
    customers: str = "x",
    reps: str = "ab",
    days: float = 0,
    event_id: str = "event",
) -> Sighting:
    """A sighting; each letter is a customer or a rep."""
    return Sighting(
        detector=detector,
        customer_ids=tuple(customers),
        rep_ids=tuple(reps),
        event_id=event_id,
        at=AT + days * DAY,
        evidence={},
    )


def case(
    case_id: str = "col_1", customers: str = "x", reps: str = "ab", *, risk: bool = False, settled: float | None = None
) -> Entry:
    settled_at = None if settled is None else AT + settled * DAY
    return Entry(case_id, risk, AT, settled_at, set(customers), set(reps), {"opening"})


def docket(*known: Entry | tuple[str, Sighting, str | None]) -> Docket:
    made = Docket(RULES)
    for it in known:
        if isinstance(it, Entry):
            made.take_up(it)
        else:
            made.note(Noted(*it))
    return made


def test_the_first_opens_a_case() -> None:
    placing = docket().place("see_1", seen())
    assert (placing.verdict, placing.weight) == (Verdict.OPENS, 0.8)


@pytest.mark.parametrize(
    ("again", "verdict"),
    [
        (seen(days=29), Verdict.KNOWN),
        (seen(days=-29), Verdict.KNOWN),  # an earlier event that comes late
        (seen(reps="ba", days=3), Verdict.KNOWN),  # in whatever order
        (seen(days=30), Verdict.OPENS),
        (seen(reps="ac", days=3), Verdict.OPENS),
        (seen(customers="y", days=3), Verdict.OPENS),
        (seen(Detector.FOREIGN_CONTACT, days=3), Verdict.OPENS),
    ],
)
def test_once_the_same_thing_within_the_quiet_period_is_known(again: Sighting, verdict: Verdict) -> None:
    made = docket(("see_1", seen(), "col_gone"))
    assert made.place("see_2", again).verdict is verdict


def test_once_the_same_id_is_known_whatever_it_says() -> None:
    assert docket(("see_1", seen(), None)).place("see_1", seen(days=100)).verdict is Verdict.KNOWN


@pytest.mark.parametrize(
    ("sighting", "verdict"),
    [
        (seen(reps="ac"), Verdict.JOINS),
        (seen(customers="yx", reps="bc"), Verdict.JOINS),
        (seen(reps="cd"), Verdict.OPENS),  # others on the same customer
        (seen(customers="y"), Verdict.OPENS),  # the same on another customer
        (seen(Detector.ADDRESS_BOOK), Verdict.JOINS),  # however little it weighs
    ],
)
def test_what_meets_an_open_case_joins_it(sighting: Sighting, verdict: Verdict) -> None:
    assert docket(case()).place("see_1", sighting).verdict is verdict


def test_of_two_open_cases_the_older_is_joined() -> None:
    newer = case("col_0", "y", "ac")
    newer.opened_at += DAY
    placing = docket(newer, case()).place("see_1", seen(customers="yx", reps="ab"))
    assert placing.entry is not None
    assert placing.entry.case_id == "col_1"


@pytest.mark.parametrize(
    ("days", "reps", "verdict"),
    [
        (2, "ab", Verdict.QUIET),
        (31, "ab", Verdict.QUIET),
        (32, "ab", Verdict.OPENS),  # 30 days after it was settled on the second
        (2, "abc", Verdict.OPENS),  # somebody new
        (-1, "ab", Verdict.QUIET),
    ],
)
def test_after_a_case_is_settled_its_reps_are_left_alone(days: float, reps: str, verdict: Verdict) -> None:
    placing = docket(case(settled=2)).place("see_1", seen(Detector.FOREIGN_CONTACT, reps=reps, days=days))
    assert placing.verdict is verdict


def test_a_risk_that_is_over_keeps_risks_quiet_and_no_collision() -> None:
    made = docket(case(risk=True, settled=2))
    assert made.place("see_1", seen(Detector.DOUBLE_REVIEW, days=3)).verdict is Verdict.QUIET
    assert made.place("see_1", seen(days=3)).verdict is Verdict.OPENS


@pytest.mark.parametrize(
    ("sighting", "alerts"),
    [
        (seen(event_id="another"), True),
        (seen(event_id="opening"), False),  # a second look at one event
        (seen(Detector.ADDRESS_BOOK, event_id="another"), False),  # too light a sign
        (seen(Detector.ADDRESS_BOOK, reps="ac", event_id="another"), True),  # but somebody is new
        (seen(reps="ac", event_id="opening"), True),
    ],
)
def test_who_is_on_an_open_case_is_told_when_there_is_something_to_tell(sighting: Sighting, alerts: bool) -> None:
    assert docket(case()).place("see_1", sighting).alerts is alerts


def test_a_risk_becomes_a_collision_by_one_and_not_by_another_risk() -> None:
    made = docket(case(risk=True))
    turned = made.place("see_1", seen(event_id="opening"))
    assert (turned.turns, turned.alerts) == (True, True)
    assert not made.place("see_2", seen(Detector.DOUBLE_REVIEW)).turns
    assert not made.place("see_3", seen(Detector.ADDRESS_BOOK)).turns  # too light for a case of its own


def test_light_signs_are_counted_until_they_weigh_enough_together() -> None:
    book = ("see_1", seen(Detector.ADDRESS_BOOK), None)
    doubt = ("see_2", seen(Detector.DOUBT_ABOUT_OWNED, days=1), None)
    assert docket().place(*book[:2]).verdict is Verdict.COUNTED
    counted = docket(book).place(*doubt[:2])
    assert (counted.verdict, counted.weight, counted.earlier) == (Verdict.COUNTED, 0.51, ())
    opened = docket(book, doubt).place("see_3", seen(Detector.OVERLAPPING_TERRITORIES, days=2))
    assert (opened.verdict, opened.weight) == (Verdict.OPENS, 0.608)
    assert [it.id for it in opened.earlier] == ["see_1", "see_2"]


@pytest.mark.parametrize(
    "light",
    [
        seen(Detector.ADDRESS_BOOK, days=-40),  # long ago
        seen(Detector.ADDRESS_BOOK, reps="cd"),
        seen(Detector.ADDRESS_BOOK, customers="y"),
    ],
)
def test_what_is_about_something_else_does_not_weigh_in(light: Sighting) -> None:
    made = docket(("see_1", light, None), ("see_2", seen(Detector.DOUBT_ABOUT_OWNED), None))
    assert made.place("see_3", seen(Detector.OVERLAPPING_TERRITORIES)).verdict is Verdict.COUNTED


@given(st.integers(-20_000, 20_000), st.integers(1, 365))
def test_a_sighting_has_one_id_in_each_quiet_period(days: int, length: int) -> None:
    quiet = timedelta(days=length)
    one, same = seen(days=days), seen(reps="ba", days=days)
    assert one.name(quiet) == same.name(quiet)
    assert one.name(quiet) != seen(days=days + length).name(quiet)
