"""What becomes of a message after an attempt: three days of patience, and no message knocks for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delivery import (
    FAILING_FOR,
    MAX_RETRY_AFTER,
    SCHEDULE,
    Attempt,
    Health,
    Result,
    State,
    health_after,
    is_back,
    is_dead,
    verdict,
)

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
QUICK = timedelta(milliseconds=20)


def away(at: datetime = NOW) -> Attempt:
    return Attempt(Result.AGAIN, at, QUICK, error="connect")


def test_a_message_is_tried_for_three_days_and_then_given_up() -> None:
    now, attempts, state = NOW, 0, State.PENDING
    while state is State.PENDING:
        attempts += 1
        after = verdict(away(now), attempts, 0.0)
        state, now = after.state, after.next_at
    assert (state, attempts) == (State.FAILED, 10)
    assert timedelta(days=3) < now - NOW < timedelta(days=4)


@given(st.integers(1, 9), st.floats(0, 1))
def test_waits_grow_and_jitter_only_lengthens_them(attempts: int, jitter: float) -> None:
    wait = verdict(away(), attempts, jitter).next_at - NOW
    assert SCHEDULE[attempts - 1] <= wait <= SCHEDULE[attempts - 1] * 1.2
    if attempts < len(SCHEDULE):
        assert wait < SCHEDULE[attempts] or attempts >= 6, "hours apart they may overlap by the jitter"


@pytest.mark.parametrize(
    ("result", "state"),
    [(Result.DELIVERED, State.DELIVERED), (Result.REFUSED, State.FAILED), (Result.GONE, State.PARKED)],
)
def test_what_is_over_is_over_at_the_first_attempt(result: Result, state: State) -> None:
    assert verdict(Attempt(result, NOW, QUICK), 1, 0.5).state is state


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(seconds=1), timedelta(seconds=5)),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=400), MAX_RETRY_AFTER),
    ],
)
def test_a_receiver_may_ask_for_patience_within_reason(asked: timedelta, waited: timedelta) -> None:
    busy = Attempt(Result.AGAIN, NOW, QUICK, 429, "http", asked)
    assert verdict(busy, 1, 0.0).next_at - NOW == waited
    assert health_after(busy, Health()).paused_until == NOW + min(asked, MAX_RETRY_AFTER)


def test_an_endpoint_that_fails_rests_a_tenth_of_the_time_and_a_minute_at_most() -> None:
    first = health_after(away(NOW), Health())
    assert first == Health(NOW, None), "one failure may be about one message"
    second = health_after(away(NOW + timedelta(seconds=50)), first)
    assert second == Health(NOW, NOW + timedelta(seconds=55))
    third = health_after(away(NOW + timedelta(days=1)), second)
    assert third == Health(NOW, NOW + timedelta(days=1, minutes=1))
    assert health_after(Attempt(Result.DELIVERED, NOW + timedelta(days=1), QUICK, 204), third) == Health()


def test_a_slow_answer_does_not_shorten_the_patience_that_another_asked_for() -> None:
    before = Health(NOW, NOW + timedelta(hours=1))
    assert health_after(away(NOW + timedelta(minutes=1)), before).paused_until == NOW + timedelta(hours=1)


def test_an_endpoint_is_dead_after_three_days_of_failures_only() -> None:
    health = health_after(away(NOW), Health())
    assert not is_dead(health, NOW + FAILING_FOR - QUICK)
    assert is_dead(health, NOW + FAILING_FOR)
    assert not is_dead(Health(), NOW + FAILING_FOR)


def test_an_endpoint_is_back_when_it_was_away_not_when_one_message_failed() -> None:
    away = Health(NOW)
    assert is_back(away, Health(), NOW + timedelta(hours=1))
    assert not is_back(away, Health(), NOW + timedelta(seconds=2))
    assert not is_back(away, away, NOW + timedelta(hours=1))
    assert not is_back(Health(), Health(), NOW)
