"""The country whose numbers a file has."""

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from domain.importing.country import guess_country

COUNTRIES = ("CN", "US", "GB", "AU", "DE", "FR", "IN", "SG", "HK", "TW", "JP")
ALIKE = {("TW", PhoneNumberType.FIXED_LINE), ("JP", PhoneNumberType.FIXED_LINE)}
"""Whose numbers are written as Australian ones: (02) 2123 4567 is in Taipei and in Sydney."""


@pytest.mark.parametrize(
    ("phones", "country"),
    [
        (["0755-86013060", "13800138000", "010-62345678"], "CN"),
        (["802-913-5072", "860-943-1060", "415-555-2671"], "US"),
        (["020 7031 3000", "0161 234 5000", "01223 337733"], "GB"),
        (["+86 13800138000", "+1 415 555 2671"], "CN"),
        (["+1 415 555 2671", "415-555-2671"], "US"),
        (["x", "12", ""], "CN"),
        ([], "CN"),
    ],
)
def test_the_country_is_the_one_that_most_numbers_can_be_read_in(phones: list[str], country: str) -> None:
    assert guess_country(phones) == country


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE], ids=["fixed", "mobile"])
def test_a_number_written_as_at_home_is_from_there(country: str, kind: int) -> None:
    """One number is enough, for every country's example in its national form."""
    number = phonenumbers.example_number_for_type(country, kind)
    text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    assert guess_country([text], ["Taipei"] if (country, kind) in ALIKE else []) == country or (country, kind) in ALIKE


@st.composite
def american(draw: st.DrawFn) -> str:
    """Ten digits that the North American plan has for the United States, free numbers left out: China has them, too."""
    digits = draw(st.from_regex(r"[2-9][0-8][0-9][2-9][0-9]{6}", fullmatch=True))
    assume(phonenumbers.is_valid_number_for_region(phonenumbers.parse(digits, "US"), "US"))
    assume(digits[:2] not in ("80", "88", "87", "86", "85", "84", "83"))
    return digits


@given(american())
def test_american_numbers_are_not_chinese(digits: str) -> None:
    """Half of them are Chinese fixed lines without a 0, and most are Chinese mobiles behind their 1."""
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    for text in (
        digits,
        f"({area}) {exchange}-{line}",
        f"{area}-{exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"1-{area}-{exchange}-{line}",
    ):
        assert guess_country([text]) == "US", text


@pytest.mark.parametrize(
    ("places", "country"),
    [
        (["123 Main St, San Francisco, CA 94105"], "US"),
        (["US-CA"], "US"),
        (["上海市浦东新区世纪大道1号"], "CN"),
        (["DE"], "CN"),
        (["", "Springfield"], "CN"),
    ],
)
def test_where_the_customers_are_tells_what_the_digits_leave_open(places: list[str], country: str) -> None:
    """Eleven digits in one piece are a Chinese mobile, or an American number behind its 1; DE may be Delaware."""
    assert guess_country(["14723267459"], places) == country
