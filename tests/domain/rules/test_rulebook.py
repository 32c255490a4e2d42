"""The rules of a policy applied: the first that holds, amounts in one currency, territories in their order."""

import pickle
from decimal import Decimal

import pytest
from hypothesis import given

from domain.case import Case
from domain.lead import CustomerType
from domain.policy import Policy
from domain.rules.areas import areas_around, covers
from domain.rules.compiled import compiled
from tests.examples import POLICY, ruled
from tests.strategies import cases, policies

NEW = CustomerType.NEW_REGISTRATION


def areas(**territories: dict[str, object]) -> Policy:
    named = {name: {"reps": ["li.na"], **territory} for name, territory in territories.items()}
    return ruled({"methods": ["territory"]}, territories=named)


def test_the_first_rule_that_holds_applies_and_the_others_say_why_not() -> None:
    policy = ruled(
        {"when": {"source": "show"}, "methods": ["rotation"]},
        {"when": {"region": {"within": "CN"}}, "methods": ["rotation"]},
        {"methods": ["rotation"]},
    )
    rule, passed = policy.rulebook.select(Case(customer_type=NEW, region="CN-GD", source="website"))
    assert (rule.rule, passed) == ("rule1", (("rule0", "source equals show"),))
    assert policy.rulebook.rule_for(Case(customer_type=NEW)).rule == "rule2"
    assert policy.rulebook.named("rule2") is policy.assignment[2]
    assert policy.rulebook.named(None) is policy.rulebook.named("no such rule") is None


@given(policies(), cases())
def test_rules_that_are_put_aside_at_once_would_not_have_applied(policy: Policy, case: Case) -> None:
    """The shortcut through the rules finds what looking at each of them finds."""
    book = policy.rulebook
    checks = [(rule, compiled(rule.when, book.amount_of)) for rule in policy.assignment]
    found, passed = book.select(case)
    assert found is next(rule for rule, check in checks if check(case) is None)
    assert [unmet.rule for unmet in passed] == [rule.rule for rule, _ in checks][: policy.assignment.index(found)]


@pytest.mark.parametrize(
    ("amount", "currency", "in_yuan"),
    [("10", "CNY", "10"), ("10", "USD", "71.0"), ("10", "EUR", None), (None, "CNY", None), ("10", None, None)],
)
def test_amounts_are_compared_in_one_currency(amount: str | None, currency: str | None, in_yuan: str | None) -> None:
    """Without a rate nobody knows what an amount is worth, and a condition over it does not hold."""
    policy = ruled(
        {"when": {"amount": {"at_least": 10}}, "methods": ["rotation"]},
        {"methods": ["rotation"]},
        exchange_rates={"USD": "7.1"},
    )
    case = Case(customer_type=NEW, amount=amount and Decimal(amount), currency=currency)
    assert policy.rulebook.amount_of(case) == (in_yuan and Decimal(in_yuan))
    assert policy.rulebook.rule_for(case).rule == ("rule0" if in_yuan else "rule1")


def test_territories_come_by_precedence_then_the_finest_first() -> None:
    policy = areas(
        china={"regions": ["CN"]},
        guangdong={"divisions": ["440000"]},
        bay={"postcodes": ["518"]},
        nanshan={"divisions": ["440305"], "regions": ["CN"]},
        fallback={"regions": ["CN"], "precedence": -1},
        vip={"regions": ["CN"], "precedence": 1},
        elsewhere={"regions": ["US"]},
    )
    case = Case(customer_type=NEW, region="CN-GD", division="440305", postcode="518057")
    assert policy.rulebook.territories_of(case) == ["vip", "nanshan", "bay", "guangdong", "china", "fallback"]
    assert policy.rulebook.territories_of(Case(customer_type=NEW)) == []


def test_equal_territories_come_by_name() -> None:
    policy = areas(b={"regions": ["CN"]}, a={"regions": ["CN"]})
    assert policy.rulebook.territories_of(Case(customer_type=NEW, region="CN-BJ")) == ["a", "b"]


def test_a_policy_travels_to_another_process() -> None:
    case = Case(customer_type=CustomerType.TRADE_SHOW)
    assert POLICY.rulebook.rule_for(case).rule == "trade_show"
    there = pickle.loads(pickle.dumps(POLICY))  # noqa: S301 - what was pickled on this line
    assert there == POLICY
    assert there.rulebook.rule_for(case).rule == "trade_show"


@pytest.mark.parametrize(
    ("kind", "area", "code", "lies_within"),
    [
        ("region", "CN", "CN-GD", True),
        ("region", "CN-GD", "CN-GD", True),
        ("region", "CN-GD", "CN", False),
        ("region", "CN-G", "CN-GD", False),
        ("division", "440000", "440305", True),
        ("division", "440300", "440305", True),
        ("division", "440305", "440300", False),
        ("division", "440300", "440400", False),
        ("division", "110000", "110105", True),
        ("postcode", "518", "518057", True),
        ("postcode", "518000", "518057", False),
        ("postcode", "5180", "518000", True),
    ],
)
def test_what_lies_within_what(kind: str, area: str, code: str, lies_within: bool) -> None:
    assert covers(kind, area, code) is lies_within
    assert (area in dict(areas_around(kind, code))) is lies_within


def test_areas_around_a_place_are_from_the_finest_on() -> None:
    assert list(areas_around("division", "440305")) == [("440305", 3), ("440300", 2), ("440000", 1)]
    assert list(areas_around("division", "440000")) == [("440000", 1)]
    assert list(areas_around("region", "DE")) == [("DE", 0)]
    assert list(areas_around("region", "CN-GD")) == [("CN-GD", 1), ("CN", 0)]
