"""Who is really on which customer, and when two reps chase one."""

from datetime import timedelta

import pytest

from domain.collision.detector import Detector
from simulator.truth import FRESH, ONCE, Ledger
from tests.examples import AT

DAY = timedelta(days=1)


@pytest.fixture
def ledger() -> Ledger:
    """The first rep has been in touch with customer 1."""
    made = Ledger()
    made.begin(1, "first", AT, "form")
    made.contact(1, "first", AT + DAY, "form")
    return made


def test_a_second_rep_who_speaks_with_the_customer_makes_a_chase(ledger: Ledger) -> None:
    ledger.begin(1, "second", AT + 2 * DAY, "called")
    assert ledger.chases == []
    ledger.contact(1, "second", AT + 3 * DAY, "called")
    (chase,) = ledger.chases
    assert (chase.company, chase.reps, chase.why) == (1, frozenset({"first", "second"}), "called")


def test_one_alone_or_on_another_customer_chases_nobody(ledger: Ledger) -> None:
    ledger.contact(1, "first", AT + 5 * DAY, "form")
    ledger.contact(2, "second", AT + 5 * DAY, "called")
    assert ledger.chases == []


def test_whoever_has_not_been_in_touch_for_long_is_not_on_it_any_more(ledger: Ledger) -> None:
    ledger.contact(1, "second", AT + DAY + FRESH + DAY, "called")
    assert ledger.chases == []


def test_whoever_let_go_is_not_on_it_any_more(ledger: Ledger) -> None:
    ledger.end(1, "first")
    ledger.contact(1, "second", AT + 2 * DAY, "called")
    assert ledger.chases == []


def test_two_who_work_together_do_not_chase_each_other(ledger: Ledger) -> None:
    ledger.share(1, "first", "second")
    ledger.contact(1, "second", AT + 2 * DAY, "called")
    assert ledger.chases == []
    assert ledger.meet(Detector.FOREIGN_CONTACT, AT + 2 * DAY, 1, "second") is None


def test_the_same_two_count_once_as_long_as_they_go_on(ledger: Ledger) -> None:
    for days in range(2, 100, 10):
        ledger.contact(1, "second", AT + days * DAY, "called")
        ledger.contact(1, "first", AT + (days + 1) * DAY, "form")
    assert len(ledger.chases) == 1
    later = AT + 100 * DAY + ONCE
    ledger.contact(1, "first", later, "form")
    ledger.contact(1, "second", later + DAY, "called")
    assert len(ledger.chases) == 2


def test_a_meeting_names_everybody_who_is_on_the_customer(ledger: Ledger) -> None:
    assert ledger.meet(Detector.SECOND_LEAD, AT + DAY, 2, "second") is None
    meeting = ledger.meet(Detector.SECOND_LEAD, AT + DAY, 1, "second", 7)
    assert meeting is not None
    assert ledger.meetings == [meeting]
    assert (meeting.reps, meeting.companies) == (frozenset({"first", "second"}), frozenset({1, 7}))
