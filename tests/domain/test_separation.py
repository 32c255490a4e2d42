"""Undoing a merge: whose everything is that came since."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import Key, keys_of
from domain.lead import Company
from domain.matching.decision import Match, match
from domain.matching.model import shipped_models
from domain.matching.record import record_of
from domain.matching.statistics import shipped_statistics
from domain.merging_rules import MergingRules, ProfileField, Survivorship
from domain.policy import KeyKind
from domain.profile import Profile, enriched
from domain.separation import (
    Because,
    LaterLead,
    Merged,
    Separated,
    Thing,
    place_leads,
    separated,
    side_of_follow_up,
    side_of_lead,
)
from domain.survivorship import Side, merged
from tests.domain.test_survivorship import known
from tests.examples import OTHER_USCC, POLICY, USCC

OURS = Profile(
    company=Company(name="深圳市远航科技有限公司", uscc=USCC),
    region="CN-GD",
    phones=("+8613800138000",),
    address="深圳市南山区",
)
THEIRS = Profile(
    company=Company(name="Harbour Lights Trading Ltd"),
    region="CN-GD",
    emails=("wang@harbour-lights.example",),
    industry="贸易",
)
HELD = {Side.SURVIVOR: frozenset(keys_of(OURS)), Side.ABSORBED: frozenset(keys_of(THEIRS))}


def was(**rules: Any) -> Merged:
    after, choices = merged(known(OURS), known(THEIRS), MergingRules(**rules), {})
    return Merged(survivor=OURS, absorbed=THEIRS, after=after, choices=choices)


def undone(now: Profile, foreign: frozenset[Key] = frozenset(), **leads: list[Profile]) -> Separated:
    return separated(was(), now, {Side(side): profiles for side, profiles in leads.items()}, foreign)


def alike(profile: Profile) -> dict[Side, Match]:
    return {
        side: match(record_of(profile), record_of(theirs), shipped_statistics(), shipped_models(), POLICY.matching)
        for side, theirs in ((Side.SURVIVOR, OURS), (Side.ABSORBED, THEIRS))
    }


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile(phones=("+8613800138000",)), (Side.SURVIVOR, Because.SAME_IDENTIFIER)),
        (
            Profile(emails=("wang@harbour-lights.example",), company=OURS.company),
            (Side.SURVIVOR, Because.FITS_BOTH_OR_NONE),
        ),
        (Profile(emails=("wang@harbour-lights.example",)), (Side.ABSORBED, Because.SAME_IDENTIFIER)),
        (Profile(company=THEIRS.company, region="US-CA"), (Side.ABSORBED, Because.SAME_KEY)),
        (Profile(company=Company(name="Acme Inc.")), (Side.SURVIVOR, Because.FITS_BOTH_OR_NONE)),
    ],
)
def test_whose_lead(profile: Profile, expected: tuple[Side, Because]) -> None:
    assert side_of_lead(keys_of(profile), HELD, alike(profile)) == expected


def test_a_lead_that_is_only_alike_one() -> None:
    certain = match(record_of(OURS), record_of(OURS), shipped_statistics(), shipped_models(), POLICY.matching)
    none = alike(Profile(company=Company(name="Acme Inc.")))
    one = {**none, Side.ABSORBED: certain}
    assert side_of_lead((), HELD, one) == (Side.ABSORBED, Because.ALIKE)
    assert side_of_lead((), HELD, dict.fromkeys(none, certain)) == (Side.SURVIVOR, Because.FITS_BOTH_OR_NONE)


def test_what_a_lead_brought_tells_of_later_ones() -> None:
    """Theirs brought a mobile, by which alone the next one is known; nobody's tells of nobody."""
    profiles = [
        Profile(phones=("+8613700137000",)),
        Profile(emails=("wang@harbour-lights.example",), phones=("+8613700137000",)),
        Profile(phones=("+8613700137000", "+8613600136000")),
        Profile(phones=("+8613600136000",)),
    ]
    later = [LaterLead(id=str(n), keys=keys_of(it), alike=alike(it)) for n, it in enumerate(profiles)]
    assert [(it.side, it.asked) for it in place_leads(later, HELD)] == [
        (Side.SURVIVOR, True),
        *[(Side.ABSORBED, False)] * 3,
    ]


@pytest.mark.parametrize(
    ("rep", "owners", "side", "asked"),
    [
        ("li.na", ("zhang.wei", "li.na"), Side.ABSORBED, False),
        ("zhang.wei", ("zhang.wei", "li.na"), Side.SURVIVOR, False),
        ("zhang.wei", ("zhang.wei", None), Side.SURVIVOR, False),
        ("li.na", ("li.na", "li.na"), Side.SURVIVOR, True),
        ("t.brown", ("zhang.wei", "li.na"), Side.SURVIVOR, True),
        ("t.brown", (None, None), Side.SURVIVOR, True),
    ],
)
def test_whose_follow_up(rep: str, owners: tuple[str | None, str | None], side: Side, asked: bool) -> None:
    found, because = side_of_follow_up(rep, *owners)
    assert (found, because is Because.FITS_BOTH_OR_NONE) == (side, asked)


def test_a_lead_brings_what_it_brought() -> None:
    """What a lead filled in goes with the lead, whoever had the merged customer meanwhile."""
    lead = Profile(emails=("wang@harbour-lights.example",), phones=("+8613700137000",), address="上海市徐汇区")
    after = enriched(was().after, lead)
    now = undone(after, absorbed=[lead])
    assert now.survivor == OURS
    assert (now.absorbed.phones, now.absorbed.address) == (("+8613700137000",), "上海市徐汇区")
    assert now.placed == ()


def test_a_correction_goes_to_whose_value_it_corrected() -> None:
    corrected = was().after.model_copy(update={"address": "深圳市福田区", "industry": "零售"})
    now = undone(corrected)
    assert (now.survivor.address, now.survivor.industry) == ("深圳市福田区", None)
    assert (now.absorbed.address, now.absorbed.industry) == (None, "零售")
    assert {(it.id, it.side, it.asked) for it in now.placed} == {
        ("address", Side.SURVIVOR, False),
        ("industry", Side.ABSORBED, False),
    }


def test_a_correction_of_what_both_had_is_asked() -> None:
    now = undone(was().after.model_copy(update={"region": "CN-SH"}))
    assert (now.survivor.region, now.absorbed.region) == ("CN-SH", "CN-GD")
    [placed] = now.placed
    assert (placed.thing, placed.id, placed.asked) == (Thing.FIELD, "region", True)


def test_a_contact_put_in_by_hand_is_asked_and_one_taken_out_stays_out() -> None:
    changed = was().after.model_copy(update={"phones": ("+8613600136000",), "emails": ()})
    now = undone(changed)
    assert (now.survivor.phones, now.absorbed.emails) == (("+8613600136000",), ())
    assert [(it.id, it.side, it.asked) for it in now.placed] == [("phones", Side.SURVIVOR, True)]


def test_an_identifier_that_somebody_else_has_by_now_comes_back_to_nobody() -> None:
    taken = Key(kind=KeyKind.EMAIL, value="wang@harbour-lights.example")
    now = undone(was().after, frozenset({taken}))
    assert now.absorbed.emails == ()
    assert [(it.id, it.because, it.asked) for it in now.placed] == [("email", Because.TAKEN, True)]


def test_one_customer_where_two_leads_brought_the_same() -> None:
    """Invariant one_customer: what both could claim is the survivor's."""
    new = "+8613700137000"
    ours, theirs = (
        Profile(phones=("+8613800138000", new)),
        Profile(emails=("wang@harbour-lights.example",), phones=(new,)),
    )
    after = enriched(enriched(was().after, ours), theirs)
    now = undone(after, survivor=[ours], absorbed=[theirs])
    assert (now.survivor.phones, now.absorbed.phones) == (("+8613800138000", new), ())


def test_one_customer_where_a_correction_gave_one_the_others_code() -> None:
    theirs = THEIRS.model_copy(update={"company": Company(name="Harbour Lights Trading Ltd", uscc=OTHER_USCC)})
    keep = {ProfileField.USCC: Survivorship.KEEP_SURVIVOR}
    after, choices = merged(known(OURS), known(theirs), MergingRules(survivorship=keep), {})
    company = after.company
    assert company is not None
    corrected = after.model_copy(update={"company": company.model_copy(update={"uscc": OTHER_USCC})})
    both = Merged(survivor=OURS, absorbed=theirs, after=after, choices=choices)
    now = separated(both, corrected, {}, frozenset())
    assert now.absorbed.company == theirs.company
    assert now.survivor.company is not None
    assert now.survivor.company.uscc is None


lead_profiles = st.lists(
    st.sampled_from(
        (
            Profile(phones=("+8613800138000", "+8613700137000")),
            Profile(phones=("+8613700137000",), emails=("wang@harbour-lights.example",)),
            Profile(emails=("li@harbour-lights.example",), region="CN-SH"),
            Profile(company=Company(name="Acme Inc.", uscc=OTHER_USCC), address="北京市海淀区"),
        )
    ),
    max_size=3,
)


@given(lead_profiles, lead_profiles, st.sampled_from((None, "零售")), st.booleans())
def test_one_customer_whatever_came_since(
    ours: list[Profile], theirs: list[Profile], industry: str | None, cleared: bool
) -> None:
    """Invariant one_customer: the two never share a strong identifier, and neither loses what was its own."""
    now = was().after
    for profile in (*ours, *theirs):
        now = enriched(now, profile)
    now = now.model_copy(update={"industry": industry or now.industry, "phones": () if cleared else now.phones})
    found = undone(now, survivor=ours, absorbed=theirs)
    mine, other = ({key for key in keys_of(each) if key.strong} for each in (found.survivor, found.absorbed))
    assert mine.isdisjoint(other)
    assert {key for key in keys_of(THEIRS) if key.strong} <= other
    assert cleared or {key for key in keys_of(OURS) if key.strong} <= mine
