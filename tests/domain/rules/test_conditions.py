"""Conditions: what a file may say, what each test means, and how a rule says which one did not hold."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from domain.case import Case, Referral
from domain.lead import CustomerType
from domain.rules.compiled import compiled
from domain.rules.conditions import MAX_NESTING, Condition
from tests.strategies import cases, conditions

CASE = Case(
    customer_type=CustomerType.REFERRAL,
    region="CN-GD",
    division="440305",
    postcode="518057",
    industry="製造業",
    source="Website",
    level="A",
    need="想了解产品报价，Urgent",
    amount=Decimal(120_000),
    named_contact="li.na",
    referrals=(Referral(customer_id="cus_1", owner_id=None),),
)


def unmet(when: Any, case: Case = CASE) -> str | None:
    """The first test that does not hold."""
    return compiled(Condition.model_validate(when), lambda one: one.amount)(case)


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"customer_type": "referral"},
        {"customer_type": ["key_account", "referral"]},
        {"customer_type": {"in": ["referral"]}},
        {"region": "CN-GD"},
        {"region": {"within": "CN"}},
        {"region": {"within": "CN-GD"}},
        {"division": {"within": "440305"}},
        {"division": {"within": "440300"}},
        {"division": {"within": "440000"}},
        {"postcode": {"within": "518"}},
        {"industry": "制造业"},
        {"industry": {"equals": "製造業"}},
        {"industry": {"matches": "^製造"}},
        {"source": "website"},
        {"need": {"matches": "報價|quote"}},
        {"need": {"matches": "URGENT$"}},
        {"amount": {"at_least": 120000, "at_most": "120000.00"}},
        {"named_contact": ["li.na", "wang.fang"]},
        {"show_contact": {"present": False}},
        {"show": {"present": False}, "referrer": {"present": True}, "group": {"present": False}},
        {"any": [{"source": "show"}, {"level": "a"}]},
        {"all": [{"source": "website"}, {"level": {"present": True}}]},
        {"not": {"source": "show"}},
        {"not": {"any": [{"source": "show"}, {"level": "B"}]}},
    ],
)
def test_holds(when: Any) -> None:
    assert unmet(when) is None


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"customer_type": "trade_show"}, "customer_type equals trade_show"),
        ({"region": {"within": "CN-G"}}, "region within CN-G"),
        ({"region": {"within": "US"}}, "region within US"),
        ({"division": {"within": "440100"}}, "division within 440100"),
        ({"postcode": ["518000", "518001"]}, "postcode in 518000, 518001"),
        ({"industry": {"matches": "^造"}}, "industry matches ^造"),
        ({"amount": {"at_least": 120001}}, "amount at_least 120001"),
        ({"amount": {"at_most": 1}}, "amount at_most 1"),
        ({"show": {"matches": ".*"}}, "show matches .*"),
        ({"language": "zh"}, "language equals zh"),
        ({"named_contact": {"present": False}}, "named_contact present False"),
        ({"source": "website", "level": "B"}, "level equals B"),
        ({"any": [{"source": "show"}, {"level": "B"}]}, "source equals show | level equals B"),
        ({"not": {"source": "website"}}, "not"),
        ({"all": [{"source": "website"}, {"not": {}}]}, "not"),
    ],
)
def test_says_which_test_does_not_hold(when: Any, told: str) -> None:
    assert unmet(when) == told


@pytest.mark.parametrize(
    ("when", "place", "code"),
    [
        ({"regoin": "CN"}, "regoin", "extra_forbidden"),
        ({"industry": None}, "industry", "model_type"),
        ({"industry": {}}, "industry", "no_test"),
        ({"industry": {"equal": "x"}}, "industry.equal", "extra_forbidden"),
        ({"industry": []}, "industry.in", "too_short"),
        ({"customer_type": "vip"}, "customer_type.equals", "enum"),
        ({"amount": {"at_least": -1}}, "amount.at_least", "greater_than_equal"),
        ({"amount": {"at_least": "viel"}}, "amount.at_least", "decimal_parsing"),
        ({"need": {"matches": "(?=quote)"}}, "need.matches", "pattern_invalid"),
        ({"need": {"matches": r"(a)\1"}}, "need.matches", "pattern_invalid"),
        ({"need": {"matches": "("}}, "need.matches", "pattern_invalid"),
        ({"need": {"matches": "(((a{1000}){1000}){1000})"}}, "need.matches", "pattern_invalid"),
        ({"any": []}, "any", "too_short"),
        ({"any": [{"sauce": "x"}]}, "any.0.sauce", "extra_forbidden"),
        ({"referrer": {"present": "yes"}}, "referrer.present", "bool_type"),
        ({"named_contact": "李 伟"}, "named_contact.equals", "string_pattern_mismatch"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(when: Any, place: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Condition.model_validate(when)
    faults = [(".".join(map(str, fault["loc"])), fault["type"]) for fault in caught.value.errors()]
    assert (place, code) in faults


def test_nesting_has_an_end() -> None:
    when: dict[str, Any] = {"source": "website"}
    for _ in range(MAX_NESTING - 1):
        when = {"not": when}
    assert Condition.model_validate(when).depth == MAX_NESTING
    with pytest.raises(ValidationError, match="nested"):
        Condition.model_validate({"not": when})


def test_a_pattern_that_explodes_elsewhere_takes_no_time() -> None:
    """(a+)+$ takes a backtracking engine 2^4000 steps on this text; RE2 reads it once."""
    need = "a" * 3999 + "!"
    assert unmet({"need": {"matches": "(a+)+$"}}, CASE.model_copy(update={"need": need})) == "need matches (a+)+$"


@given(conditions(), cases())
def test_not_is_the_opposite(when: dict[str, Any], case: Case) -> None:
    assert (unmet(when, case) is None) != (unmet({"not": when}, case) is None)
    assert (unmet({"not": {"not": when}}, case) is None) == (unmet(when, case) is None)


@given(conditions(), conditions(), cases())
def test_all_and_any_are_what_they_say(one: dict[str, Any], other: dict[str, Any], case: Case) -> None:
    holds = [unmet(when, case) is None for when in (one, other)]
    assert (unmet({"all": [one, other]}, case) is None) == all(holds)
    assert (unmet({"any": [one, other]}, case) is None) == any(holds)


@given(conditions())
def test_a_condition_is_written_and_read_again(when: dict[str, Any]) -> None:
    condition = Condition.model_validate(when)
    assert Condition.model_validate_json(condition.model_dump_json()) == condition
    assert Condition.model_validate(condition.model_dump()) == condition
