"""Regions in ISO 3166 codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.errors import Malformed
from domain.normalise.region import parse_region, region_of_division, region_of_name, state_name
from domain.normalise.tables import rows


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("CN-GD", "CN-GD"),
        (" cn_gd ", "CN-GD"),
        ("US-CA", "US-CA"),
        ("cn", "CN"),
        ("DE", "DE"),
        ("HK", "CN-HK"),
        ("TW", "CN-TW"),
    ],
)
def test_iso_codes_are_accepted(raw: str, code: str) -> None:
    assert parse_region(raw) == code


@pytest.mark.parametrize("raw", ["", "XX", "CN-44", "CN-XX", "广东", "Guangdong", "US-", "C" * 20_000])
def test_anything_else_is_refused(raw: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_region(raw)
    assert (refused.value.code, refused.value.value) == ("region_unknown", raw)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("广东省", "CN-GD"),
        ("廣東", "CN-GD"),
        ("深圳", "CN-GD"),
        ("深圳市", "CN-GD"),
        ("内蒙古自治区", "CN-NM"),
        ("吉林", "CN-JL"),
        ("香港", "CN-HK"),
        ("中国", "CN"),
        ("德国", "DE"),
        ("朝阳市", "CN-LN"),
        ("Guangdong", "CN-GD"),
        ("SHENZHEN", "CN-GD"),
        ("Inner Mongolia", "CN-NM"),
        ("Shaanxi", "CN-SN"),
        ("Hong Kong", "CN-HK"),
        ("California", "US-CA"),
        ("New York", "US-NY"),
        ("Ontario", "CA-ON"),
        ("Germany", "DE"),
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("USA", "US"),
    ],
)
def test_names_in_two_languages(name: str, code: str) -> None:
    assert region_of_name(name) == code


@pytest.mark.parametrize("name", ["", "Suzhou", "Georgia", "朝阳区", "Nowhere", "x" * 20_000, "🚀"])
def test_unknown_and_ambiguous_names_give_none(name: str) -> None:
    assert region_of_name(name) is None


def test_every_division_has_a_province_that_iso_knows() -> None:
    for code, *_ in rows("divisions.tsv"):
        region = region_of_division(code)
        assert region is not None
        assert parse_region(region) == region


def test_divisions_that_do_not_exist() -> None:
    assert region_of_division("100000") is None
    assert region_of_division("") is None


def test_state_names() -> None:
    assert state_name("US", "ca") == "California"
    assert state_name("US", "zz") is None


@given(st.text(max_size=200))
def test_any_text_gives_a_code_or_nothing(name: str) -> None:
    code = region_of_name(name)
    assert code is None or parse_region(code) == code
