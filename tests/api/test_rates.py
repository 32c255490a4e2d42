"""How often somebody may do something: each counts for themselves, and is told when they may again."""

import pytest
from pydantic import ValidationError

from api.problems import Problem, ProblemType
from api.rates import Rates
from settings import Settings


def test_everybody_counts_for_themselves() -> None:
    rates = Rates()
    assert [rates.allows("2/minute", "checks", "li") for _ in range(3)] == [True, True, False]
    assert rates.allows("2/minute", "checks", "zhang")
    assert rates.allows("2/minute", "alerts", "li")


def test_one_too_many_is_told_when_it_may_be_done_again() -> None:
    rates = Rates()
    rates.take("1/hour", "checks", "li")
    with pytest.raises(Problem) as caught:
        rates.take("1/hour", "checks", "li")
    assert caught.value.kind is ProblemType.TOO_MANY_REQUESTS
    assert 3500 < int(caught.value.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("limit", ["often", "30", "x/minute", "30/fortnight"])
def test_what_is_no_limit_is_no_setting(limit: str) -> None:
    with pytest.raises(ValidationError):
        Settings(check_limit=limit)
