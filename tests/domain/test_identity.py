"""Who a lead is: its exact keys, and the decision over those who hold them already."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import (
    STRONG,
    Candidate,
    Identification,
    Key,
    Outcome,
    identify,
    is_placeholder,
    keys_of,
    without_keys,
)
from domain.policy import IdentityRules, KeyKind
from domain.profile import profile_of
from tests.examples import OTHER_USCC, POLICY, USCC, lead

RULES = POLICY.identity
NOBODY: frozenset[str] = frozenset()


def keys(**fields: Any) -> dict[str, str]:
    """The keys of a lead by kind; for tests in which each kind comes once."""
    found = keys_of(profile_of(lead(**fields)))
    assert len({key.kind for key in found}) == len(found)
    return {key.kind.value: key.value for key in found}


def key(kind: KeyKind, value: str = "1") -> Key:
    return Key(kind=kind, value=value)


USCC_1, USCC_2, MOBILE, EMAIL = (
    key(KeyKind.USCC, USCC),
    key(KeyKind.USCC, OTHER_USCC),
    key(KeyKind.MOBILE, "+8613800138000"),
    key(KeyKind.EMAIL, "wang@example.com"),
)
NAME, DOMAIN = key(KeyKind.NAME, "深圳市远航科技有限公司"), key(KeyKind.DOMAIN, "example.com")


class TestKeys:
    """The keys of a profile."""

    def test_of_a_chinese_company(self) -> None:
        assert keys(
            company={
                "name": "深圳市远航科技有限公司",
                "uscc": USCC.lower(),
                "website": "https://www.yuanhang.cn/about",
            },
            phones=["0755-86013060"],
            emails=["Wang+web@QQ.com"],
        ) == {
            "uscc": USCC,
            "name": "深圳市远航科技有限公司",
            "name_region": "深圳市远航科技有限公司|CN-GD",
            "domain": "yuanhang.cn",
            "phone": "+8675586013060",
            "email": "wang@qq.com",
        }

    def test_of_an_american_company(self) -> None:
        found = keys(
            company={"name": "Harbour Lights Trading, Inc.", "tax_id": "94-1234567", "website": "harbourlights.com"},
            region="US-CA",
            phones=["(650) 253-0000"],
            emails=["Jane.Smith@harbourlights.com"],
        )
        assert found.pop("name_region") == f"{found.pop('name')}|US-CA"
        assert found == {
            "tax_id": "941234567",
            "domain": "harbourlights.com",
            "phone": "+16502530000",
            "email": "jane.smith@harbourlights.com",
        }

    def test_of_a_person(self) -> None:
        """A person's own address tells of no company, and a person's name is no key."""
        assert keys(person={"name": "王小明"}, phones=["138 0013 8000"], emails=["wang@example.com"]) == {
            "mobile": "+8613800138000",
            "email": "wang@example.com",
        }

    @pytest.mark.parametrize(
        ("some", "other"),
        [
            ({"name": "深圳市远航科技有限公司"}, {"name": "深圳市遠航科技（有限責任公司）"}),
            ({"name": "Acme Co., Ltd."}, {"name": "ＡＣＭＥ CO LTD"}),
            ({"name": "华为", "uscc": USCC}, {"name": " 華為 ", "uscc": f"{USCC[:8]} {USCC[8:]}".lower()}),
        ],
    )
    def test_are_the_same_however_they_are_written(self, some: dict[str, str], other: dict[str, str]) -> None:
        assert keys(company=some, region="CN-GD") == keys(company=other, region="cn-gd")

    def test_tell_the_region_that_the_name_tells(self) -> None:
        in_name = keys(company={"name": "北京远航科技有限公司"}, region="CN-GD")
        assert in_name["name_region"].endswith("|CN-BJ")

    @pytest.mark.parametrize(
        "fields",
        [
            {"company": {"name": "🚀"}},
            {"company": {"website": "https://shop123.taobao.com"}},
            {"person": {"name": "Jane Smith"}},
            {"phones": ["400-820-8820"]},
        ],
    )
    def test_are_not_made_of_what_tells_nothing(self, fields: dict[str, Any]) -> None:
        assert keys(**fields) == {}

    def test_are_sorted_and_each_comes_once(self) -> None:
        found = keys_of(
            profile_of(lead(phones=["13900139000", "13800138000", "+86 13900139000"], emails=["b@qq.com", "a@qq.com"]))
        )
        assert [(it.kind, it.value) for it in found] == sorted({(it.kind, it.value) for it in found})
        assert len(found) == 4

    def test_strong_ones_have_one_holder(self) -> None:
        assert {kind for kind in KeyKind if key(kind).strong} == STRONG
        assert {KeyKind.NAME, KeyKind.NAME_REGION, KeyKind.DOMAIN, KeyKind.PHONE}.isdisjoint(STRONG)


def decide(mine: set[Key], waiting: frozenset[str] = NOBODY, **holders: set[Key]) -> Identification:
    """The decision by the shipped rules."""
    return identify(mine, holders, {}, waiting, RULES)


class TestDecision:
    """What a lead comes to."""

    def test_nobody_shares_a_key_is_new(self) -> None:
        found = decide({MOBILE, NAME})
        assert (found.outcome, found.reason, found.confidence, found.matched_on) == (
            "new_customer",
            "no_match",
            1.0,
            (),
        )

    @pytest.mark.parametrize("kind", RULES.certain)
    def test_one_certain_key_makes_a_duplicate(self, kind: KeyKind) -> None:
        found = decide({key(kind), NAME}, c1={key(kind), DOMAIN})
        assert (found.outcome, found.reason, found.matched_on) == (Outcome.DUPLICATE, "certain_match", (kind,))
        assert found.confidence == RULES.certain[kind]

    @pytest.mark.parametrize("kind", RULES.possible)
    def test_a_possible_key_alone_needs_a_person(self, kind: KeyKind) -> None:
        found = decide({key(kind), MOBILE}, c1={key(kind), EMAIL})
        assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, "possible_match")
        assert found.candidates == (
            Candidate(id="c1", matched_on=(kind,), confidence=RULES.possible[kind], certain=False),
        )

    def test_every_shipped_kind_is_certain_or_possible(self) -> None:
        assert set(RULES.certain) | set(RULES.possible) == set(KeyKind)
        assert set(RULES.certain) >= STRONG
        assert min(RULES.certain.values()) > max(RULES.possible.values())

    def test_keys_in_common_are_listed_best_first(self) -> None:
        found = decide({MOBILE, EMAIL, NAME, DOMAIN}, c1={DOMAIN, NAME, EMAIL, MOBILE})
        assert found.matched_on == (KeyKind.EMAIL, KeyKind.MOBILE, KeyKind.NAME, KeyKind.DOMAIN)

    def test_another_credit_code_is_never_the_same_for_certain(self) -> None:
        found = decide({USCC_1, MOBILE, NAME}, c1={USCC_2, MOBILE, NAME})
        assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, "conflicting_identifier")
        assert found.candidates[0].conflicts_on == (KeyKind.USCC,)
        assert found.confidence <= 0.5

    def test_a_credit_code_in_common_or_on_one_side_only_is_no_conflict(self) -> None:
        assert decide({USCC_1, MOBILE}, c1={USCC_1, USCC_2}).outcome is Outcome.DUPLICATE
        assert decide({USCC_1, MOBILE}, c1={MOBILE}).outcome is Outcome.DUPLICATE
        assert decide({MOBILE}, c1={USCC_1, MOBILE}).outcome is Outcome.DUPLICATE

    def test_a_conflict_elsewhere_does_not_shake_a_certain_match(self) -> None:
        found = decide({USCC_1, MOBILE}, c1={USCC_1}, c2={USCC_2, MOBILE})
        assert (found.outcome, found.candidates[0].id) == (Outcome.DUPLICATE, "c1")

    def test_two_customers_for_certain_need_a_person(self) -> None:
        found = decide({EMAIL, MOBILE}, c2={EMAIL}, c1={MOBILE})
        assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, "several_customers")
        assert [candidate.id for candidate in found.candidates] == ["c1", "c2"]

    def test_a_certain_customer_comes_before_possible_ones(self) -> None:
        found = decide({NAME, MOBILE}, c1={NAME}, c2={MOBILE})
        assert (found.outcome, found.candidates[0].id, len(found.candidates)) == (Outcome.DUPLICATE, "c2", 2)

    def test_a_waiting_lead_makes_the_next_one_wait(self) -> None:
        found = decide({MOBILE}, frozenset({"lead_1"}), lead_1={MOBILE, NAME})
        assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, "waiting_lead")

    def test_a_certain_customer_comes_before_waiting_leads(self) -> None:
        found = decide({MOBILE, EMAIL}, frozenset({"a_lead"}), a_lead={EMAIL}, customer={MOBILE})
        assert (found.outcome, found.candidates[0].id) == (Outcome.DUPLICATE, "customer")
        assert found.matched_on == (KeyKind.MOBILE,)

    def test_a_kind_without_a_rule_tells_nothing(self) -> None:
        rules = IdentityRules(certain={KeyKind.USCC: 1.0}, possible={KeyKind.NAME: 0.0})
        assert identify({MOBILE, NAME}, {"c1": {MOBILE, NAME}}, {}, NOBODY, rules).outcome is Outcome.NEW_CUSTOMER

    @given(
        st.dictionaries(
            st.sampled_from(["a_lead", "b_lead", "c1", "c2", "c3"]),
            st.sets(st.sampled_from([USCC_1, USCC_2, MOBILE, EMAIL, NAME, DOMAIN]), min_size=1),
        ),
        st.sets(st.sampled_from([USCC_1, MOBILE, EMAIL, NAME, DOMAIN]), min_size=1),
        st.randoms(use_true_random=False),
    )
    def test_is_the_same_in_any_order_and_certain_means_one_customer(
        self, holders: dict[str, set[Key]], mine: set[Key], random: Any
    ) -> None:
        waiting = frozenset(holder for holder in holders if holder.endswith("lead"))
        found = identify(mine, holders, {}, waiting, RULES)
        shuffled = list(holders.items())
        random.shuffle(shuffled)
        assert identify(sorted(mine, key=lambda it: it.value), dict(shuffled), {}, waiting, RULES) == found
        sure = [candidate for candidate in found.candidates if candidate.certain and candidate.id not in waiting]
        assert (found.outcome is Outcome.DUPLICATE) == (len(sure) == 1)
        if found.outcome is Outcome.DUPLICATE:
            assert found.candidates[0] == sure[0]
        if found.outcome is Outcome.NEW_CUSTOMER:
            assert not any(mine & theirs for theirs in holders.values())


def test_a_profile_without_what_is_another_customers() -> None:
    """Only the identifiers themselves go; a name that two share is nobody's own."""
    full = profile_of(
        lead(
            company={"name": "深圳市远航科技有限公司", "uscc": USCC, "tax_id": "DE123456789"},
            person={"name": "王小明"},
            phones=["13800138000", "0755-86013060"],
            emails=["wang@qq.com", "li@qq.com"],
        )
    )
    assert without_keys(full, frozenset()) == full
    strong = frozenset(it for it in keys_of(full) if it.strong)
    bare = without_keys(full, strong)
    assert (bare.phones, bare.emails, bare.name) == (("+8675586013060",), (), "深圳市远航科技有限公司")
    assert set(keys_of(bare)) == set(keys_of(full)) - strong
    some = without_keys(full, frozenset({MOBILE, key(KeyKind.EMAIL, "li@qq.com")}))
    assert some == full.model_copy(update={"phones": ("+8675586013060",), "emails": ("wang@qq.com",)})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"company": {"name": "测试"}}, True),
        ({"company": {"name": "測試"}, "person": {"name": "ＴＥＳＴ"}}, True),
        ({"person": {"name": "匿名"}, "need": "想了解产品报价"}, True),
        ({"person": {"name": " N/A "}}, True),
        ({"company": {"name": "测试仪器有限公司"}}, False),
        ({"company": {"name": "unknown"}, "person": {"name": "Jane Smith"}}, False),
        ({"company": {"name": "test"}, "emails": ["wang@example.com"]}, False),
        ({"company": {"name": "测试", "uscc": USCC}}, False),
        ({"person": {"name": "未知"}, "phones": ["400-820-8820"]}, False),
    ],
)
def test_a_placeholder_stands_for_nobody(fields: dict[str, Any], expected: bool) -> None:
    profile = profile_of(lead(**fields))
    assert is_placeholder(profile, keys_of(profile), RULES) is expected
