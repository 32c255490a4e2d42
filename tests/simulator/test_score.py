"""Precision and recall of made-up sightings beside made-up meetings."""

from datetime import timedelta

from domain.collision.detector import Detector
from domain.collision.rules import CollisionRules
from simulator.result import DetectorScore
from simulator.score import Seen, Settled, scores
from simulator.truth import Meeting
from tests.examples import AT

DAY = timedelta(days=1)
PAIR = frozenset({"li.na", "zhang.wei"})
WAY = Detector.FOREIGN_CONTACT


def seen(days: float = 0, company: int = 1, detector: Detector = WAY, **others: bool) -> Seen:
    facts = {"in_good_faith": False, "mistaken": False, **others}
    return Seen(detector, AT + days * DAY, frozenset({company}), PAIR, **facts)


def meeting(days: float = 0, company: int = 1, until: float | None = None, reps: frozenset[str] = PAIR) -> Meeting:
    at = AT + days * DAY
    return Meeting(at, WAY, frozenset({company}), reps, at if until is None else AT + until * DAY)


def scored(sights: list[Seen], meetings: list[Meeting], settled: list[Settled] | None = None) -> DetectorScore:
    result = scores(sights, meetings, settled or [], CollisionRules())
    return next(it for it in result if it.detector is WAY)


def test_what_was_seen_and_was_there_is_right_and_found() -> None:
    score = scored([seen()], [meeting()])
    assert (score.precision, score.recall) == (1.0, 1.0)


def test_without_anything_there_is_no_precision_and_no_recall() -> None:
    score = scored([], [])
    assert (score.precision, score.recall) == (None, None)


def test_another_customer_another_rep_or_another_time_is_wrong_and_missed() -> None:
    for other in (meeting(company=2), meeting(reps=frozenset({"li.na", "wang.fang"})), meeting(days=31)):
        score = scored([seen()], [other])
        assert (score.precision, score.recall) == (0.0, 0.0)


def test_wrong_ones_say_why() -> None:
    score = scored([seen(in_good_faith=True), seen(mistaken=True, in_good_faith=True), seen(company=2)], [])
    assert score.wrong == {"good_faith": 1, "other_customer": 1, "nobody_chased": 1}


def test_the_same_meeting_counts_once_in_a_quiet_period() -> None:
    assert scored([], [meeting(), meeting(10), meeting(29)]).meetings == 1
    assert scored([], [meeting(), meeting(30)]).meetings == 2


def test_what_lasts_is_found_until_it_ends() -> None:
    assert scored([seen(80)], [meeting(until=70)]).found == 1
    assert scored([seen(80)], [meeting(until=40)]).found == 0


def test_what_another_detector_saw_is_told_apart() -> None:
    score = scored([seen(detector=Detector.SECOND_LEAD)], [meeting()])
    assert (score.recall, score.found_by_others) == (0.0, 1)


def test_what_comes_after_a_settled_case_of_the_same_reps_is_silenced() -> None:
    case = Settled(AT, frozenset({1}), PAIR)
    score = scored([], [meeting(5), meeting(40)], [case])
    assert (score.silenced, score.recall) == (1, 0.0)
    assert scored([], [meeting(5)], [case]).recall is None
    assert scored([], [meeting(-1)], [case]).silenced == 0
