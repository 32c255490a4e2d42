"""China's divisions: found at the head of a text, never guessed."""

import pytest

from domain.normalise.divisions import full_name, locate, locate_pinyin
from domain.normalise.tables import rows


@pytest.mark.parametrize(
    ("text", "code", "left"),
    [
        ("广东省深圳市南山区科技园", "440305", "科技园"),
        ("北京市北京市朝阳区", "110105", ""),
        ("北京市市辖区朝阳区", "110105", ""),
        ("吉林省吉林市", "220200", ""),
        ("吉林", "220000", ""),
        ("海南藏族自治州共和县", "632521", ""),
        ("海南省海口市", "460100", ""),
        ("中国广东", "440000", ""),
        ("海东地区乐都区", "630202", ""),
        ("莱芜市莱城区", "370116", ""),
        ("寿县", "340422", ""),
        ("江苏省鼓楼区", "320000", "鼓楼区"),
        ("朝阳区", None, "朝阳区"),
        ("海淀区中关村", None, "海淀区中关村"),
        ("南京路", None, "南京路"),
        ("中国人民银行", None, "中国人民银行"),
        ("", None, ""),
    ],
)
def test_locate(text: str, code: str | None, left: str) -> None:
    place = locate(text)
    assert (place.code, text[place.end :]) == (code, left)


def test_short_counties_only_when_asked() -> None:
    assert locate("深圳南山科技").code == "440300"
    assert locate("深圳南山科技", short_counties=True).code == "440305"
    assert locate("南山科技", short_counties=True).code is None


def test_every_division_is_found_by_its_full_name() -> None:
    missed = [code for code, *_ in rows("divisions.tsv") if locate(full_name(code)).code != code]
    assert missed == []


def test_every_former_division_has_a_successor_that_exists() -> None:
    codes = {code for code, *_ in rows("divisions.tsv")}
    assert {successor for *_, successor in rows("former_divisions.tsv")} <= codes


def test_table_is_whole() -> None:
    codes = [code for code, *_ in rows("divisions.tsv")]
    assert len(codes) == len(set(codes)) == 3212
    assert sum(code.endswith("0000") for code in codes) == 34


def test_pinyin_needs_the_larger_division() -> None:
    assert locate_pinyin(["shenzhen"], ["nanshan"]) == "440305"
    assert locate_pinyin(["nanshan", "shenzhen"], []) == "440305"
    assert locate_pinyin(["beijing"], ["chaoyang"]) == "110105"
    assert locate_pinyin([], ["chaoyang"]) is None
    assert locate_pinyin(["nanshan"], []) is None
    assert locate_pinyin(["suzhou"], []) is None
    assert locate_pinyin(["suzhou", "anhui"], []) == "341300"
    assert locate_pinyin([], []) is None
