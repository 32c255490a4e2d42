"""From a lead to the case that assignment decides."""

import pytest

from domain.assignment import Referral
from domain.case import case_of, region_of
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
        (Profile(), None),
    ],
)
def test_the_region_is_the_one_given_else_the_names(profile: Profile, region: str | None) -> None:
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
