"""Contacts of a customer that is nobody's are masked, whatever they look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.masking import masked, masked_email, masked_phone
from domain.lead import Company
from domain.profile import Profile


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613800138000", "+86 138****8000"),
        ("+8675526581234", "+86 755****1234"),
        ("+14155550123", "141****0123"),
        ("+86123456", "+86 ****56"),
        ("+86110", "+86 ***"),
        ("", ""),
    ],
)
def test_a_phone_without_its_middle(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("wang@example.com", "w***@example.com"), ("w@example.com", "w***@example.com"), ("王@例.中国", "王***@例.中国")],
)
def test_an_address_with_its_first_letter_and_its_domain(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@given(st.from_regex(r"\+[1-9][0-9]{3,14}( ext\. [0-9]{1,6})?", fullmatch=True))
def test_at_least_four_digits_of_any_number_are_hidden(phone: str) -> None:
    shown = masked_phone(phone)
    digits = sum(it.isdigit() for it in phone)
    assert shown.count("*") >= min(4, digits - 2 * phone.startswith("+86"))
    assert sum(it.isdigit() for it in shown) + shown.count("*") == digits


def test_a_profile_keeps_everything_but_its_contacts() -> None:
    profile = Profile(company=Company(name="远航"), phones=("+8613800138000",), emails=("a@b.cn",), region="CN-GD")
    assert masked(profile) == profile.model_copy(update={"phones": ("+86 138****8000",), "emails": ("a***@b.cn",)})
