"""What signs weigh together, and when a record speaks for a lower weight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.collision.weighing import proposed_weight, together

WEIGHTS = st.floats(0, 1)


@pytest.mark.parametrize(
    ("weights", "sum_"),
    [([], 0.0), ([0.6], 0.6), ([0.3, 0.3], 0.51), ([0.5, 0.5, 0.5], 0.875), ([1.0, 0.2], 1.0), ([0.0, 0.0], 0.0)],
)
def test_signs_weigh_as_independent_chances(weights: list[float], sum_: float) -> None:
    assert together(weights) == sum_


@given(st.lists(WEIGHTS, min_size=1, max_size=5), WEIGHTS)
def test_a_further_sign_never_takes_weight_away(weights: list[float], more: float) -> None:
    assert max(weights) - 1e-8 <= together(weights) <= together([*weights, more]) + 1e-8 <= 1 + 1e-8


@pytest.mark.parametrize(
    ("weight", "judged", "false_alarms", "proposed"),
    [
        (0.8, 9, 9, None),  # too few to say
        (0.8, 10, 10, 0.1),  # 1 of 12 by the rule of succession
        (0.8, 18, 9, 0.5),  # 10 of 20
        (0.8, 18, 4, None),  # 15 of 20: 0.75 is hardly another weight
        (0.8, 98, 30, 0.7),  # 69 of 100
        (0.9, 98, 20, 0.8),  # 79 of 100: 0.8 is 0.1 lower
        (0.3, 100, 10, None),  # better than its weight: raising it is a person's idea
        (0.0, 100, 100, None),
    ],
)
def test_a_weight_is_proposed_when_false_alarms_speak_for_a_lower_one(
    weight: float, judged: int, false_alarms: int, proposed: float | None
) -> None:
    assert proposed_weight(weight, judged, false_alarms) == proposed


@given(WEIGHTS, st.integers(0, 500), st.integers(0, 500))
def test_a_proposal_is_a_weight_and_lower(weight: float, judged: int, wrong: int) -> None:
    proposed = proposed_weight(weight, judged, min(judged, wrong))
    assert proposed is None or 0 <= proposed < weight
