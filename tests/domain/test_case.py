"""From a lead to the case that assignment decides."""

from decimal import Decimal
from typing import Any

import pytest

from domain.assignment import Referral
from domain.case import case_of, heard_again, place_of, region_of
from domain.lead import Company, CustomerType
from domain.profile import Profile, profile_of
from tests.examples import lead


@pytest.mark.parametrize(
    ("profile", "region"),
    [
        (Profile(region="US-CA"), "US-CA"),
        (Profile(region="CN-BJ", company=Company(name="深圳市远航科技有限公司")), "CN-BJ"),
        (Profile(company=Company(name="深圳市远航科技有限公司")), "CN-GD"),
        (Profile(company=Company(name="广东省电信有限公司")), "CN-GD"),
        (Profile(company=Company(name="Harbour Lights Trading Ltd")), None),
        (Profile(company=Company(website="example.com")), None),
        (Profile(company=Company(name="Harbour Lights"), address="广东省深圳市南山区科技园1号"), "CN-GD"),
        (Profile(company=Company(name="北京晨光文具股份有限公司"), address="广东省深圳市南山区科技园1号"), "CN-BJ"),
        (Profile(address="1 Main Street"), None),
        (Profile(address="路" * 1001), None),
        (Profile(), None),
    ],
)
def test_the_region_is_the_one_given_else_the_names_else_the_addresss(profile: Profile, region: str | None) -> None:
    assert region_of(profile) == region


def test_a_case_holds_what_a_lead_says_of_reps() -> None:
    full = lead(
        customer_type="trade_show",
        company={"name": "深圳市远航科技有限公司"},
        named_contact="li.na",
        show={"name": "广交会", "date": "2026-10-15", "contact": "zhang.wei"},
    )
    chain = [Referral(customer_id="cus_1", owner_id="wang.fang"), Referral(customer_id="cus_2", owner_id=None)]
    case = case_of(full, profile_of(full), chain)
    assert case.customer_type is CustomerType.TRADE_SHOW
    assert (case.region, case.named_contact, case.show_contact) == ("CN-GD", "li.na", "zhang.wei")
    assert (case.referrals, case.excluded) == (tuple(chain), ())


def test_a_case_of_a_plain_lead_is_empty() -> None:
    plain = lead(person={"name": "Jane Smith"})
    case = case_of(plain, profile_of(plain), [])
    assert case.model_dump(exclude_defaults=True) == {
        "customer_type": CustomerType.NEW_REGISTRATION,
        "source": "website",
    }


def test_a_case_has_the_facts_that_rules_ask_for() -> None:
    full = lead(
        company={"name": "深圳市远航科技有限公司"},
        address="广东省深圳市南山区科技园1号 518057",
        industry="制造业",
        need="想了解产品报价",
        amount={"value": "120000.00", "currency": "CNY"},
        show={"name": "华南展", "date": "2026-11-20"},
        attributes={"level": "A", "language": "en-GB", "other": 1},
    )
    case = case_of(full, profile_of(full), [], ["li.na"])
    assert (case.region, case.division, case.postcode) == ("CN-GD", "440305", "518057")
    assert (case.industry, case.amount, case.currency) == ("制造业", Decimal("120000.00"), "CNY")
    assert (case.source, case.level, case.language, case.need) == ("website", "A", "en", "想了解产品报价")
    assert (case.show, case.show_contact, case.group_owners) == ("华南展", None, ("li.na",))
    kept = case.facts()
    assert kept.model_dump() == {name: getattr(case, name) for name in kept.model_dump()}
    assert "need" not in kept.model_dump()


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        ({"person": {"name": "王小明"}}, "zh"),
        ({"person": {"name": "Jane Smith"}, "need": "报价"}, "zh"),
        ({"person": {"name": "Jane Smith"}}, None),
        ({"person": {"name": "王小明"}, "attributes": {"language": "EN"}}, "en"),
        ({"person": {"name": "王小明"}, "attributes": {"language": 1}}, "zh"),
    ],
)
def test_the_language_is_told_or_seen_in_the_writing(fields: dict[str, Any], language: str | None) -> None:
    written = lead(**fields)
    assert case_of(written, profile_of(written), []).language == language


@pytest.mark.parametrize(
    ("region", "address", "postcode"),
    [
        ("CN-GD", "518057 深圳市南山区科技园1号", "518057"),
        ("CN-GD", "深圳市南山区科技园1234567号", None),
        ("US-CA", "12345 Market Street, San Francisco, CA 94103-1234", "94103-1234"),
        ("DE", "Hauptstraße 1, 10115 Berlin", "10115"),
        ("GB-LND", "10 Downing Street, London SW1A 2AA", None),
        ("CN-GD", None, None),
    ],
)
def test_the_postcode_is_read_from_the_address(region: str, address: str | None, postcode: str | None) -> None:
    assert place_of(Profile(region=region, address=address))["postcode"] == postcode


def test_a_reps_word_does_not_take_a_known_customer_to_anybody() -> None:
    named = {"named_contact": "li.na", "show": {"name": "广交会", "date": "2026-10-15", "contact": "zhang.wei"}}
    by_the_customer, by_a_rep = (lead(emails=["a@b.cn"], submitted_by=by, **named) for by in (None, "wang.fang"))
    case = case_of(by_the_customer, profile_of(by_the_customer), ())
    assert heard_again(case, by_the_customer) == case
    assert heard_again(case, by_a_rep) == case.model_copy(update={"named_contact": None, "show_contact": None})
