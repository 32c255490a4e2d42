"""The rules of engagement, each for whom it speaks, and what they come to together."""

from datetime import timedelta
from typing import Any

import pytest

from domain.collision_case.engagement import reasons_of
from domain.collision_case.proposal import proposal_of
from domain.collision_case.rules import CaseRules, Engagement
from domain.collision_case.scene import CaseScene, Seen
from messages import LOCALES, has_message
from tests.approvals import AT
from tests.domain.collision_case.cases import around, side

RULES = CaseRules()
DAY = timedelta(days=1)


def proposed(now: CaseScene, rules: CaseRules = RULES) -> dict[str, Any]:
    return proposal_of(now, rules, AT).resolution.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize(
    ("rule", "facts", "rep_id"),
    [
        ("customer_wish", {"last_named": "xu.na"}, "xu.na"),
        ("customer_wish", {"last_named": "chen.jing"}, None),
        ("first_follow_up", {"first_follow_ups": {"xu.na": AT - DAY, "li.wei": AT}}, "xu.na"),
        ("first_follow_up", {"first_follow_ups": {"xu.na": AT, "li.wei": AT}}, "li.wei"),
        ("first_follow_up", {"first_follow_ups": {"chen.jing": AT}}, None),
        ("protection", {"protected_until": AT + DAY}, "li.wei"),
        ("protection", {"protected_until": AT}, None),
        ("named_contact", {"first_named": "li.wei"}, "li.wei"),
        ("opportunity", {"bound": ("xu.na", "xu.na")}, "xu.na"),
        ("opportunity", {"bound": ("chen.jing",)}, None),
        ("referral", {"referrer_owner": "xu.na"}, "xu.na"),
        ("territory", {}, None),
        ("territory", {"region": None}, None),
    ],
)
def test_for_whom_each_rule_speaks(rule: str, facts: dict[str, Any], rep_id: str | None) -> None:
    (reason,) = [it for it in reasons_of(around(side(**facts)), RULES, AT) if it.rule == rule]
    assert reason.rep_id == rep_id


def test_the_only_one_whose_region_it_is() -> None:
    now = around(side(region="CN-SH-1"), reps=("li.wei", "chen.jing"))
    (reason,) = [it for it in reasons_of(now, RULES, AT) if it.rule is Engagement.TERRITORY]
    assert (reason.rep_id, reason.facts) == ("chen.jing", {"region": "CN-SH-1"})


def test_the_policy_says_what_counts_and_in_which_order() -> None:
    rules = CaseRules(weights={Engagement.TERRITORY: 5, Engagement.REFERRAL: 9, Engagement.PROTECTION: 0})
    assert [it.rule for it in reasons_of(around(), rules, AT)] == [Engagement.REFERRAL, Engagement.TERRITORY]


@pytest.mark.parametrize(
    ("facts", "resolution"),
    [
        ({}, {"option": "keep"}),
        ({"owner": None}, {"option": "none"}),
        ({"first_named": "li.wei"}, {"option": "keep"}),
        ({"first_named": "xu.na"}, {"option": "transfer", "to_id": "xu.na"}),
        ({"first_named": "li.wei", "referrer_owner": "xu.na"}, {"option": "share", "collaborators": ["xu.na"]}),
        ({"first_named": "li.wei", "bound": ("xu.na",)}, {"option": "share", "collaborators": ["xu.na"]}),
        ({"bound": ("xu.na", "li.wei")}, {"option": "split", "lines": []}),
        ({"owner": None, "last_named": "xu.na"}, {"option": "transfer", "to_id": "xu.na"}),
    ],
)
def test_what_they_come_to(facts: dict[str, Any], resolution: dict[str, Any]) -> None:
    assert proposed(around(side(**facts))) == resolution


def test_two_records_of_one_customer_are_merged() -> None:
    seen = (Seen(id="sig_1", detector="found_one", customer_id="cus_1", at=AT),)
    now = around(side(first_named="xu.na"), side("cus_2", "xu.na"), seen=seen)
    assert proposed(now) == {"option": "merge", "survivor_id": "cus_1", "owner_id": "xu.na"}


def test_explained_every_rule_has_words_in_every_language() -> None:
    for locale in LOCALES:
        for rule in Engagement:
            name = f"engagement-{rule.replace('_', '-')}"
            assert all(has_message(locale, it) for it in (name, f"{name}.for", f"{name}.nobody"))
