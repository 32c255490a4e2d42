"""Survivorship: each rule, and what holds for any two profiles."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.identity import keys_of
from domain.lead import Company, Person
from domain.merging_rules import MergingRules, ProfileField, Survivorship
from domain.profile import MAX_CONTACTS, Profile, profile_of
from domain.separation import Merged, separated
from domain.survivorship import (
    LISTS,
    SINGLE,
    Choice,
    Known,
    Said,
    Side,
    Statement,
    Why,
    known_of,
    merged,
    profile_with,
    together,
    value_of,
)
from tests.examples import AT
from tests.strategies import leads

DAY = timedelta(days=1)
ONE = Profile(
    company=Company(name="深圳市远航科技有限公司", website="yuanhang.example"),
    people=(Person(name="王小明"), Person(name="李雷", title="总经理")),
    region="CN-GD",
    phones=("+8613800138000",),
    address="深圳市南山区",
)
OTHER = Profile(
    company=Company(name="Yuanhang Technology Co., Ltd.", uscc="91440300708461136T"),
    people=(Person(name="王小明", title="采购经理"), Person(name="Jane Smith")),
    region="CN-HK",
    phones=("+8613900139000", "+8613800138000"),
    emails=("wang@yuanhang.example",),
    address="深圳市南山区科技园1号",
)


def known(profile: Profile, days: int = 0, source: str | None = None) -> Known:
    return Known(profile=profile, said=dict.fromkeys(ProfileField, Said(at=AT + days * DAY, source=source)))


def rules(rule: Survivorship, **more: Any) -> MergingRules:
    return MergingRules(otherwise=rule, **more)


def choice_of(choices: tuple[Choice, ...], field: ProfileField) -> tuple[Side, Why]:
    return next((choice.side, choice.why) for choice in choices if choice.field is field)


@pytest.mark.parametrize(
    ("rule", "address", "why"),
    [
        (Survivorship.KEEP_SURVIVOR, ONE.address, Why.KEPT),
        (Survivorship.KEEP_ABSORBED, OTHER.address, Why.KEPT),
        (Survivorship.MOST_COMPLETE, OTHER.address, Why.MORE_COMPLETE),
        (Survivorship.MOST_RECENT, ONE.address, Why.MORE_RECENT),
        (Survivorship.VERIFIED_SOURCE, OTHER.address, Why.MORE_TRUSTED),
    ],
)
def test_each_rule(rule: Survivorship, address: str, why: Why) -> None:
    policy = rules(rule, verified_sources=("erp", "website"))
    after, choices = merged(known(ONE, 1, "website"), known(OTHER, 0, "erp"), policy, {})
    assert after.address == address
    assert choice_of(choices, ProfileField.ADDRESS)[1] is why
    assert choice_of(choices, ProfileField.USCC) == (Side.ABSORBED, Why.ONLY_VALUE)
    assert after.company is not None
    assert after.company.uscc == "91440300708461136T"


def test_this_merge_comes_before_the_policy() -> None:
    instead = {ProfileField.ADDRESS: Survivorship.KEEP_SURVIVOR}
    after, choices = merged(known(ONE), known(OTHER), rules(Survivorship.KEEP_ABSORBED), instead)
    assert (after.address, after.region) == (ONE.address, OTHER.region)
    assert choice_of(choices, ProfileField.ADDRESS) == (Side.SURVIVOR, Why.KEPT)


def test_lists_keep_both() -> None:
    after, choices = merged(known(ONE), known(OTHER), rules(Survivorship.MOST_COMPLETE), {})
    assert after.phones == ("+8613800138000", "+8613900139000")
    assert [(person.name, person.title) for person in after.people] == [
        ("王小明", "采购经理"),
        ("李雷", "总经理"),
        ("Jane Smith", None),
    ]
    assert choice_of(choices, ProfileField.PEOPLE) == (Side.BOTH, Why.MORE_COMPLETE)


def test_a_rule_that_cannot_tell_leaves_the_survivors() -> None:
    for rule in (Survivorship.MOST_RECENT, Survivorship.VERIFIED_SOURCE):
        after, choices = merged(known(ONE), known(OTHER), rules(rule), {})
        assert after.address == ONE.address
        assert choice_of(choices, ProfileField.ADDRESS) == (Side.SURVIVOR, Why.UNDECIDED)


def test_the_same_value_needs_no_rule() -> None:
    after, choices = merged(known(ONE), known(ONE), rules(Survivorship.KEEP_ABSORBED), {})
    assert after == ONE
    assert {choice.why for choice in choices} == {Why.SAME}


def test_where_a_value_comes_from() -> None:
    """The latest statement that gave the value; what none of them gave was corrected, or there from the start."""
    first = Statement(profile=ONE, said=Said(at=AT, source="website"))
    again = Statement(profile=Profile(phones=("+8613800138000",)), said=Said(at=AT + DAY, source="crm"))
    otherwise = Said(at=AT + 2 * DAY, source="correction")
    said = known_of(ONE.model_copy(update={"region": "CN-BJ"}), [first, again], otherwise).said
    assert said[ProfileField.PHONES] == again.said
    assert said[ProfileField.ADDRESS] == first.said
    assert said[ProfileField.REGION] == otherwise


def test_no_more_than_a_profile_holds() -> None:
    many = tuple(f"+86138001380{n:02}" for n in range(MAX_CONTACTS))
    assert together(many, ("+8613900139000",)) == many


def profiles() -> st.SearchStrategy[Profile]:
    return leads().map(profile_of).filter(lambda profile: profile.company != Company())


def sayings() -> st.SearchStrategy[dict[ProfileField, Said]]:
    said = st.builds(
        Said,
        at=st.integers(0, 3).map(lambda days: AT + days * DAY),
        source=st.sampled_from(("website", "官网", "展会", None)),
    )
    return st.fixed_dictionaries(dict.fromkeys(ProfileField, said))


policies = st.builds(
    MergingRules,
    survivorship=st.dictionaries(st.sampled_from(ProfileField), st.sampled_from(Survivorship)),
    otherwise=st.sampled_from(Survivorship),
    verified_sources=st.just(("官网", "website")),
)
knowns = st.builds(Known, profile=profiles(), said=sayings())


@given(knowns, knowns, policies)
def test_nothing_is_made_up_or_forgotten(one: Known, other: Known, policy: MergingRules) -> None:
    """Every value that lives on is one of the two, and every field that either knows is known afterwards."""
    after, choices = merged(one, other, policy, {})
    assert {choice.field for choice in choices} == {
        field for field in ProfileField if value_of(one.profile, field) or value_of(other.profile, field)
    }
    for field in SINGLE:
        assert value_of(after, field) in (value_of(one.profile, field), value_of(other.profile, field))
    for field in LISTS:
        names = {getattr(it, "name", it) for known in (one, other) for it in value_of(known.profile, field)}
        assert {getattr(it, "name", it) for it in value_of(after, field)} <= names
    assert all(value_of(after, choice.field) for choice in choices)


@given(knowns, knowns, policies)
def test_which_one_survives_makes_no_difference_unless_it_is_said(
    one: Known, other: Known, policy: MergingRules
) -> None:
    after, choices = merged(one, other, policy, {})
    swapped, _ = merged(other, one, policy, {})
    for choice in choices:
        if choice.why in (Why.KEPT, Why.UNDECIDED):
            continue
        here, there = value_of(after, choice.field), value_of(swapped, choice.field)
        if choice.field in LISTS:  # the order is the survivor's, and so is one of two titles
            here, there = ({getattr(it, "name", it) for it in values} for values in (here, there))
        assert here == there, choice


@given(knowns, knowns, policies)
def test_merged_and_unmerged_is_as_before(one: Known, other: Known, policy: MergingRules) -> None:
    """Both exactly, whatever the rules, when nothing came between."""
    assume(not any(key.strong for key in {*keys_of(one.profile)} & {*keys_of(other.profile)}))
    after, choices = merged(one, other, policy, {})
    was = Merged(survivor=one.profile, absorbed=other.profile, after=after, choices=choices)
    now = separated(was, after, {}, frozenset())
    assert (now.survivor, now.absorbed, now.placed) == (one.profile, other.profile, ())


@given(profiles())
def test_a_profile_is_its_fields(profile: Profile) -> None:
    assert profile_with({field: value_of(profile, field) for field in ProfileField}) == profile
