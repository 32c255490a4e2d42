"""The profile: made from the first lead, filled in by later ones, never overwritten."""

import pytest
from hypothesis import given

from domain.lead import Company, Lead, Person
from domain.normalise.errors import Malformed
from domain.profile import MAX_CONTACTS, Profile, country_of, enriched, international, profile_of
from tests.examples import OTHER_USCC, USCC, lead
from tests.strategies import leads


@pytest.mark.parametrize(
    ("region", "country"),
    [(None, "CN"), ("CN-GD", "CN"), ("US-CA", "US"), ("DE", "DE"), ("CN-HK", "HK"), ("CN-MO", "MO"), ("CN-TW", "TW")],
)
def test_a_region_follows_a_countrys_way_of_writing_numbers(region: str | None, country: str) -> None:
    assert country_of(region) == country


@pytest.mark.parametrize(
    ("phones", "region", "numbers"),
    [
        (("138 0013 8000", "+86-13800138000"), "CN-GD", ("+8613800138000",)),
        (("0755-86013060转801",), "CN-GD", ("+8675586013060 ext. 801",)),
        (("2345 6789",), "CN-HK", ("+85223456789",)),
        (("(650) 253-0000",), "US-CA", ("+16502530000",)),
        (("13800138000、13900139000",), None, ("+8613800138000", "+8613900139000")),
        ((), "DE", ()),
    ],
)
def test_numbers_get_their_country(phones: tuple[str, ...], region: str | None, numbers: tuple[str, ...]) -> None:
    assert international(phones, region) == numbers


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(Malformed):
        international(("电话",), "CN-GD")


@given(leads())
def test_numbers_with_their_country_stay_what_they_are(lead: Lead) -> None:
    """A profile's numbers are read again without the lead's region, for keys and when they are corrected."""
    phones = profile_of(lead).phones
    assert international(phones, None) == phones


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (Profile(company=Company(name="华为"), people=(Person(name="任先生"),)), "华为"),
        (Profile(company=Company(uscc=USCC), people=(Person(name="Jane Smith"),)), "Jane Smith"),
        (Profile(phones=("+8613800138000",)), ""),
    ],
)
def test_a_customer_is_called_by_company_or_person(profile: Profile, name: str) -> None:
    assert profile.name == name


def test_a_further_lead_fills_gaps_and_overwrites_nothing() -> None:
    known = profile_of(
        lead(
            company={"name": "深圳市远航科技有限公司", "uscc": USCC}, person={"name": "王小明"}, phones=["13800138000"]
        )
    )
    further = lead(
        company={"name": "远航", "uscc": OTHER_USCC, "website": "example.com"},
        person={"name": "Jane Smith"},
        phones=["+86 138 0013 8000", "13900139000"],
        region="CN-GD",
        industry="制造业",
    )
    after = enriched(known, profile_of(further))
    assert after.company == Company(name="深圳市远航科技有限公司", uscc=USCC, website="example.com")
    assert [person.name for person in after.people] == ["王小明", "Jane Smith"]
    assert after.phones == ("+8613800138000", "+8613900139000")
    assert (after.region, after.industry) == ("CN-GD", "制造业")
    assert enriched(after, profile_of(lead(person={"name": "王小明"}, industry="retail", region="CN-BJ"))) == after


@given(leads(), leads())
def test_enriching_keeps_everything_and_is_done_after_once(first: Lead, second: Lead) -> None:
    known = profile_of(first)
    after = enriched(known, profile_of(second))
    assert after.phones[: len(known.phones)] == known.phones
    assert after.people[: len(known.people)] == known.people
    assert set(after.emails) == {*known.emails, *second.emails}
    for field in ("region", "address", "industry"):
        assert getattr(after, field) == getattr(known, field) or getattr(known, field) is None
    assert enriched(after, profile_of(second)) == after


def test_contacts_do_not_pile_up() -> None:
    profile = profile_of(lead(phones=["13800138000"]))
    for number in range(40):
        profile = enriched(profile, profile_of(lead(phones=[f"139{number:08d}"], person={"name": f"联系人{number}"})))
    assert len(profile.phones) == len(profile.people) == MAX_CONTACTS
    assert profile.phones[0] == "+8613800138000"
