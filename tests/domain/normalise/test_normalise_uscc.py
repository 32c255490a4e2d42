"""Unified social credit codes and other tax numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.errors import Malformed
from domain.normalise.uscc import parse_tax_id, parse_uscc, uscc_region

# The example of GB 32100-2015, and codes that two companies publish about themselves.
REAL = ["91350100M000100Y43", "91440300708461136T", "914403001922038216"]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", REAL)
def test_published_codes_pass(code: str) -> None:
    assert parse_uscc(code) == code


@pytest.mark.parametrize(
    "raw",
    [
        "9135 0100 M000 100Y 43",
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100-M000100Y4-3",
        "\u200b91350100M000100Y43\n",
    ],
)
def test_spellings_of_one_code_agree(raw: str) -> None:
    assert parse_uscc(raw) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("91350100M000100Y4", "uscc_length"),
        ("91350100M000100Y433", "uscc_length"),
        ("", "uscc_length"),
        ("9" * 20_000, "uscc_length"),
        ("91350100M0O0100Y43", "uscc_characters"),
        ("91350100M000100I43", "uscc_characters"),
        ("91350100M000100王43", "uscc_characters"),
        ("91350100M000100Y44", "uscc_check_digit"),
        ("91350100M00010Y043", "uscc_check_digit"),
    ],
)
def test_each_fault_has_its_code(raw: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_uscc(raw)
    assert (refused.value.code, refused.value.value) == (code, raw)


@given(st.sampled_from(REAL), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(Malformed):
            parse_uscc(changed)


@given(st.sampled_from(REAL), st.integers(0, 16))
def test_two_swapped_neighbours_are_always_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(Malformed):
            parse_uscc(swapped)


@pytest.mark.parametrize(
    ("code", "region"), [("91440300708461136T", "CN-GD"), ("91350100M000100Y43", "CN-FJ"), ("91100000000000000A", None)]
)
def test_region_is_the_registering_province(code: str, region: str | None) -> None:
    assert uscc_region(code) == region


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("DE 123.456.789", "DE123456789"),
        ("12-3456789", "123456789"),
        ("gb 123 4567 89", "GB123456789"),
        ("440300708461136", "440300708461136"),
    ],
)
def test_tax_numbers_lose_their_punctuation(raw: str, number: str) -> None:
    assert parse_tax_id(raw) == number


@pytest.mark.parametrize("raw", ["", "1234", "A" * 31, "ABCDEF", "无", "123_456", "税号12345", "1" * 20_000])
def test_what_is_no_tax_number_is_refused(raw: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_tax_id(raw)
    assert refused.value.code == "tax_id_invalid"
