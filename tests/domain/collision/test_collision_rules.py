"""The policy's section on collisions: what is not said is as shipped, and what is no rule is refused."""

import pytest
from pydantic import ValidationError

from domain.collision.detector import Detector
from domain.collision.rules import CollisionRules
from tests.examples import POLICY, SHIPPED


def test_the_shipped_file_says_what_counts_without_it() -> None:
    shipped = CollisionRules()
    office = shipped.case.model_copy(update={"calendar": "office"})
    assert POLICY.collisions == shipped.model_copy(update={"case": office})
    assert set(SHIPPED["collisions"]["detectors"]) == set(Detector)


def test_what_is_not_said_of_a_detector_is_as_shipped() -> None:
    rules = CollisionRules.model_validate({"detectors": {"group": {"enabled": False}, "second_lead": {"weight": 0.5}}})
    shipped = CollisionRules()
    assert not rules.of(Detector.GROUP).enabled
    assert rules.of(Detector.GROUP).weight == shipped.of(Detector.GROUP).weight
    assert rules.of(Detector.SECOND_LEAD).weight == 0.5
    assert rules.of(Detector.SECOND_LEAD).quiet_days == 30
    assert rules.of(Detector.FOUND_ONE) == shipped.of(Detector.FOUND_ONE)
    assert CollisionRules.model_validate(rules.model_dump(mode="json")) == rules


@pytest.mark.parametrize(
    "given",
    [
        {"detectors": {"telepathy": {"weight": 1}}},
        {"detectors": {"group": {"weight": 1.5}}},
        {"detectors": {"group": {"quiet_days": 0}}},
        {"detectors": {"group": True}},
        {"detectors": {"group": {"on": True}}},
        {"detectors": ["group"]},
        {"opens_at": -0.1},
        {"tell_managers": "yes"},
    ],
)
def test_what_is_no_rule_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        CollisionRules.model_validate(given)


def test_every_shipped_collision_opens_a_case_by_itself_but_the_address_book() -> None:
    rules = CollisionRules()
    opens = {it for it in Detector if rules.of(it).weight >= rules.opens_at}
    assert {it for it in Detector if not it.is_of_risks} - opens == {Detector.ADDRESS_BOOK}
