"""The two lines: what held-out pairs justify, and nothing more."""

from random import Random

import pytest

from matching_lab.calibrate import Judged, calibrate, precision_bound


def test_the_bound_is_clopper_and_pearsons() -> None:
    # 0.05 ** (1 / 100): every one of a hundred right.
    assert precision_bound(100, 100) == pytest.approx(0.9704869, abs=1e-6)
    # Checked against scipy.stats.beta.ppf(0.05, 990, 11).
    assert precision_bound(990, 1000) == pytest.approx(0.9830968, abs=1e-6)
    assert precision_bound(0, 10) == 0.0


def test_too_few_pairs_make_nothing_certain() -> None:
    lines = calibrate([Judged(0.99, same=True)] * 500)
    assert (lines.certain_above, lines.certain_precision) == (1.0, 0.0)


def test_the_certain_line_stops_where_mistakes_begin() -> None:
    judged = [Judged(0.9 + at / 20_000, same=True) for at in range(1000)]
    judged += [Judged(0.8 + at / 20_000, same=at % 2 == 0) for at in range(1000)]
    lines = calibrate(judged)
    assert 0.845 < lines.certain_above <= 0.9
    assert lines.certain_precision >= 0.995


def test_at_most_half_a_percent_of_the_matches_lie_below_the_new_line() -> None:
    rng = Random(1)
    judged = [Judged(rng.random(), same=True) for _ in range(2000)] + [Judged(0.01, same=False)] * 5000
    lines = calibrate(judged)
    missed = sum(pair.score < lines.new_below for pair in judged if pair.same)
    assert missed == 10
    assert lines.miss_rate == pytest.approx(0.005)


def test_a_pair_of_the_audit_sample_stands_for_those_that_were_not_drawn() -> None:
    asked = [Judged(0.5 + at / 1000, same=True) for at in range(400)]
    lines = calibrate([*asked, Judged(0.02, same=True, weight=100)])
    assert lines.new_below == 0.02
    assert calibrate([*asked, Judged(0.02, same=True, weight=1)]).new_below > 0.02


def test_the_lines_never_cross() -> None:
    judged = [Judged(0.5, same=True)] * 5000
    lines = calibrate(judged)
    assert lines.new_below <= lines.certain_above
