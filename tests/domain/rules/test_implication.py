"""Whether one condition follows from another: what is claimed must hold for every case."""

from typing import Any

import pytest
from hypothesis import example, given

from domain.case import Case
from domain.lead import CustomerType
from domain.rules.compiled import compiled
from domain.rules.conditions import Condition
from domain.rules.implication import branches, contradicts, implied
from tests.strategies import cases, conditions


def follows(when: Any, other: Any) -> bool:
    """Whether the second holds whenever the first does, as far as it is seen."""
    return all(implied(known, Condition.model_validate(other)) for known in branches(Condition.model_validate(when)))


@pytest.mark.parametrize(
    ("when", "other"),
    [
        ({"source": "web"}, {}),
        ({"source": "web", "level": "A"}, {"source": "Web"}),
        ({"source": "web"}, {"source": ["web", "phone"]}),
        ({"source": ["web"]}, {"source": "web"}),
        ({"source": "web"}, {"source": {"present": True}}),
        ({"source": "website"}, {"source": {"matches": "^web"}}),
        ({"region": "CN-GD"}, {"region": {"within": "CN"}}),
        ({"region": {"within": "CN-GD"}}, {"region": {"within": "CN"}}),
        ({"division": ["440305", "440306"]}, {"division": {"within": "440300"}}),
        ({"amount": {"at_least": 20}}, {"amount": {"at_least": 10}}),
        ({"amount": {"at_most": 5}}, {"amount": {"at_most": 10, "present": True}}),
        ({"any": [{"level": "A"}, {"level": "B"}]}, {"level": ["A", "B", "C"]}),
        ({"level": "A"}, {"any": [{"level": "A"}, {"source": "web"}]}),
        ({"all": [{"level": "A"}, {"source": "web"}]}, {"source": "web"}),
        ({"source": "web", "level": "A"}, {"all": [{"level": "A"}, {"source": "web"}]}),
        ({"not": {"level": "A"}}, {"not": {"level": "A"}}),
    ],
)
def test_follows(when: Any, other: Any) -> None:
    assert follows(when, other)


@pytest.mark.parametrize(
    ("when", "other"),
    [
        ({}, {"source": "web"}),
        ({"source": ["web", "phone"]}, {"source": "web"}),
        ({"source": {"present": True}}, {"source": "web"}),
        ({"region": {"within": "CN"}}, {"region": {"within": "CN-GD"}}),
        ({"amount": {"at_least": 10}}, {"amount": {"at_least": 20}}),
        ({"any": [{"level": "A"}, {"source": "web"}]}, {"level": "A"}),
        ({"source": {"present": False}}, {"source": {"present": True}}),
        ({"level": "B"}, {"not": {"level": "A"}}),
    ],
)
def test_does_not_follow_or_is_not_seen(when: Any, other: Any) -> None:
    assert not follows(when, other)


@given(conditions(), conditions(), cases())
@example({"any": [{"customer_type": "referral"}]}, {"customer_type": ["referral"]}, Case(customer_type="referral"))  # type: ignore[arg-type]
def test_what_is_claimed_holds_for_every_case(when: dict[str, Any], other: dict[str, Any], case: Case) -> None:
    first, second = (compiled(Condition.model_validate(one), lambda case: case.amount) for one in (when, other))
    if follows(when, other) and first(case) is None:
        assert second(case) is None


def test_a_value_that_is_ruled_out() -> None:
    (known,) = branches(Condition.model_validate({"customer_type": ["referral", "trade_show"]}))
    assert contradicts(known, "customer_type", CustomerType.KEY_ACCOUNT)
    assert not contradicts(known, "customer_type", CustomerType.REFERRAL)
    assert not contradicts([], "customer_type", CustomerType.REFERRAL)
