"""What a cell's text stands for, and what it is refused for."""

import pytest

from domain.importing.values import customer_type_from, emails_from, phones_from, region_from, text_of
from domain.lead import CustomerType
from domain.normalise.errors import Malformed


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\ufeff 远航\u3000科技 ", "远航 科技"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ('="013800138000"', "013800138000"),
        ('=""', ""),
        ("暂无", ""),
        ("#REF!", ""),
        ("（空）", "(空)"),
        ("无锡", "无锡"),
        ("\u202e远航\u202c", "远航"),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(raw: str, text: str) -> None:
    assert text_of(raw) == text


@pytest.mark.parametrize(
    "raw", ["=1+1", " =A1", "＝SUM(A1:A9)", '="a"&"b"', '=HYPERLINK("https://evil.example","远航")', "\u200b=1+1"]
)
def test_a_formula_is_never_a_value(raw: str) -> None:
    """However it is hidden: behind a space, in full width, behind a character that nobody sees."""
    with pytest.raises(Malformed) as refused:
        text_of(raw)
    assert refused.value.code == "formula"


def test_a_cell_of_a_whole_book_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        text_of("远" * 10_001)
    assert refused.value.code == "text_too_long"


@pytest.mark.parametrize(
    ("text", "region"),
    [("内蒙古", "CN-NM"), ("深圳市南山区科技园1号", "CN-GD"), ("California", "US-CA"), ("德国", "DE"), ("hk", "CN-HK")],
)
def test_regions_are_read_by_code_name_and_address(text: str, region: str) -> None:
    assert region_from(text) == region


@pytest.mark.parametrize("text", ["华南大区", "Atlantis", "1"])
def test_a_sales_area_is_no_region(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        region_from(text)
    assert refused.value.code == "region_unknown"


def test_a_customer_type_is_known_whatever_its_case_and_script() -> None:
    assert customer_type_from("ＶＩＰ客戶") is CustomerType.KEY_ACCOUNT
    assert customer_type_from("TRADE SHOW") is CustomerType.TRADE_SHOW


def test_several_numbers_in_a_cell_keep_order_and_extension() -> None:
    assert phones_from("13800138000、0755-86013060转801", "CN") == ("+8613800138000", "+8675586013060 ext. 801")


def test_a_number_is_read_in_the_files_country() -> None:
    assert phones_from("(415) 555-2671", "US") == ("+14155552671",)
    assert phones_from("(0415) 555-2671", "CN") == ("+864155552671",)


def test_several_addresses_in_a_cell_are_split_at_every_usual_mark() -> None:
    assert emails_from("a@x.cn;b@x.cn、c@x.cn|d@x.cn e@x.cn") == tuple(f"{name}@x.cn" for name in "abcde")


def test_one_bad_address_makes_the_cell_bad() -> None:
    with pytest.raises(Malformed) as refused:
        emails_from("a@x.cn; b@")
    assert refused.value.code == "email_invalid"
