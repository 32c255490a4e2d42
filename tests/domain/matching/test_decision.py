"""The rules above the model, the two lines, and what a person who confirms is shown."""

import json

import pytest

from domain.matching.decision import Match, MatchingRules, Reason, Verdict, match, shipped_rules
from domain.matching.features import FEATURES
from domain.matching.model import Model, parse_models, shipped_models
from domain.matching.record import record_from_fields
from domain.matching.statistics import shipped_statistics

USCC, OTHER_USCC = "91440300708461136T", "91110108551385082Q"
FULL = {"company": "深圳市远航科技有限公司", "address": "广东省深圳市南山区科技园1号", "phone": "0755-86013060"}


def _match(a: dict[str, str], b: dict[str, str], rules: MatchingRules | None = None) -> Match:
    records = record_from_fields(a), record_from_fields(b)
    return match(*records, shipped_statistics(), shipped_models(), rules or shipped_rules())


def test_the_same_credit_code_is_the_same_customer_whatever_the_rest_says() -> None:
    found = _match({"company": "甲公司", "uscc": USCC}, {"company": "Acme", "uscc": USCC, "phone": "13800138000"})
    assert (found.verdict, found.reasons) == (Verdict.CERTAIN, (Reason.SAME_USCC,))


def test_two_independent_strong_keys_are_certain_and_one_is_asked() -> None:
    a = {"company": "远航", "phone": "13800138000", "email": "wang@yuanhang.com"}
    b = {"company": "Bluestone", "phone": "13800138000", "email": "wang@yuanhang.com"}
    assert _match(a, b).reasons == (Reason.TWO_STRONG_KEYS,)
    one = _match(a, {**b, "email": "li@bluestone.com"})
    assert one.verdict is Verdict.POSSIBLE
    assert Reason.ONE_STRONG_KEY in one.reasons


def test_a_shared_mailbox_of_a_department_is_no_strong_key() -> None:
    a, b = {"person": "王小明", "email": "sales@yuanhang.com"}, {"person": "李强", "email": "sales@yuanhang.com"}
    assert Reason.ONE_STRONG_KEY not in _match(a, b).reasons


@pytest.mark.parametrize("more", [{}, {"phone": "13800138000", "email": "wang@yuanhang.com"}])
def test_different_credit_codes_are_never_certain(more: dict[str, str]) -> None:
    found = _match({**FULL, **more, "uscc": USCC}, {**FULL, **more, "uscc": OTHER_USCC})
    assert found.verdict is Verdict.POSSIBLE
    assert found.reasons[0] is Reason.DIFFERENT_USCC


def test_a_branch_is_not_its_parent_unless_the_policy_says_so() -> None:
    branch = {**FULL, "company": "深圳市远航科技有限公司南山分公司"}
    found = _match(FULL, branch)
    assert found.verdict is not Verdict.CERTAIN
    assert Reason.DIFFERENT_BRANCH in found.reasons
    allowed = _match(FULL, branch, MatchingRules(0.01, 0.001, branch_is_parent=True))
    assert allowed.verdict is Verdict.CERTAIN


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("北京东方科技有限公司", "上海东方科技有限公司"),
        ("深圳市东方科技有限公司", "深圳市东方餐饮管理有限公司"),
        ("深圳第一实验小学", "深圳第二实验小学"),
        ("东莞市东方科技有限公司", "佛山市东方科技有限公司"),
    ],
)
def test_twins_are_not_certain_even_when_the_model_would_be(a: str, b: str) -> None:
    found = _match({"company": a}, {"company": b}, MatchingRules(0.0001, 0.0))
    assert found.verdict is not Verdict.CERTAIN
    assert Reason.TWIN in found.reasons


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("Fairhaven Hotel", "Fairhaven Hotel Cafe", Reason.TWIN),
        ("Ritz-Carlton Cafe", "Ritz-Carlton Dining Room", Reason.TWIN),
        ("华山大学", "华山大学附属医院", Reason.TWIN),
        ("Fairhaven", "Fairhaven Cafe", Reason.PART_OF_A_HOUSE),
        ("海棠", "海棠咖啡厅", Reason.PART_OF_A_HOUSE),
    ],
)
def test_parts_of_one_house_are_asked_about_and_never_certain(a: str, b: str, reason: Reason) -> None:
    house = {"address": "181 Peachtree St", "city": "Atlanta", "phone": "404-659-0400"}
    found = _match({**house, "company": a}, {**house, "company": b}, MatchingRules(0.0001, 0.0))
    assert (found.verdict, found.reasons) == (Verdict.POSSIBLE, (reason,))


@pytest.mark.parametrize(
    ("a", "b", "certain"),
    [
        ("深圳市远航科技有限公司", "深圳市遠航科技有限责任公司", True),
        ("深圳市远航科技有限公司", "远航科技", False),
        ("Ashford Steel Inc.", "Ashford Steel", False),
    ],
)
def test_a_name_alone_is_certain_only_where_it_is_a_whole_legal_name(a: str, b: str, *, certain: bool) -> None:
    found = _match({"company": a}, {"company": b}, MatchingRules(0.0001, 0.0))
    assert found.reasons == ((Reason.MODEL,) if certain else (Reason.NAME_ALONE,))


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (FULL, {**FULL, "company": "深圳市遠航科技（有限公司）", "phone": "+86 755 8601 3060"}, Verdict.CERTAIN),
        (FULL, {"company": "杭州顺达餐饮管理有限公司", "address": "杭州市西湖区文三路99号"}, Verdict.NEW),
        (FULL, {"company": "远航科技"}, Verdict.POSSIBLE),
        ({"company": "荣光青阳包装有限公司"}, {"company": "容光清扬包装有限公司"}, Verdict.POSSIBLE),
        (
            {"company": "Ashford Steel Inc.", "address": "12 N Main St", "phone": "217-555-0134"},
            {"company": "ASHFORD STEEL", "address": "12 North Main Street", "phone": "(217) 555-0134"},
            Verdict.CERTAIN,
        ),
        ({"company": "Ashford Steel Inc."}, {"company": "Quillan Bakery LLC"}, Verdict.NEW),
    ],
)
def test_the_model_between_the_shipped_lines(a: dict[str, str], b: dict[str, str], verdict: Verdict) -> None:
    assert _match(a, b).verdict is verdict


def test_contributions_add_up_to_the_probability_the_strongest_first() -> None:
    a, b = record_from_fields(FULL), record_from_fields({**FULL, "company": "远航科技"})
    model = shipped_models().of(a, b)
    found = match(a, b, shipped_statistics(), shipped_models(), shipped_rules())
    odds = model.intercept + sum(part.adds for part in found.contributions)
    assert 1 / (1 + 2.718281828459045**-odds) == pytest.approx(found.probability)
    strength = [abs(part.adds) for part in found.contributions]
    assert strength == sorted(strength, reverse=True)


def test_no_shipped_weight_lets_a_conflict_speak_for_a_match() -> None:
    for model in (shipped_models().company, shipped_models().person):
        for name, weight in zip(FEATURES, model.weights, strict=True):
            assert weight <= 0 or not name.endswith("_conflict"), name


def test_extreme_odds_do_no_harm() -> None:
    assert Model(1e4, (0.0,) * len(FEATURES)).probability((0.0,) * len(FEATURES)) == 1.0
    assert Model(-1e4, (0.0,) * len(FEATURES)).probability((0.0,) * len(FEATURES)) == 0.0


def test_a_model_of_other_features_is_refused() -> None:
    side = {"intercept": 0.0, "weights": {"name_equal": 1.0}}
    with pytest.raises(ValueError, match="other features"):
        parse_models(json.dumps({"version": "x", "company": side, "person": side}))


@pytest.mark.parametrize(("certain", "new"), [(0.5, 0.5), (1.1, 0.1), (0.5, -0.1)])
def test_lines_that_cross_are_refused(certain: float, new: float) -> None:
    with pytest.raises(ValueError, match="new_below"):
        MatchingRules(certain, new)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_an_audit_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="audit_share"):
        MatchingRules(0.9, 0.1, audit_share=share)
