"""China's divisions: found at the head of a text, never guessed."""

import pytest

from domain.normalise.divisions import city_of, division_within, full_name, lies_in, locate, locate_pinyin
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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("秀洲区山阴路621号", "330411"),
        ("珠珠海香洲区花园路368号", "440402"),
        ("闵行区和平路553号", "310112"),
        ("朝阳区望江路1号", None),
        ("高新区工农路562号", None),
        ("人民路12号", None),
        ("", None),
    ],
)
def test_a_district_alone_says_where_only_when_no_other_has_its_name(text: str, code: str | None) -> None:
    assert division_within(text) == code


def test_a_division_lies_in_those_above_it_and_in_its_city() -> None:
    assert lies_in("440305", "440300")
    assert lies_in("440305", "440000")
    assert not lies_in("330113", "330110")  # 临平区 and 余杭区
    assert not lies_in("510100", "500000")  # 成都 and 重庆
    assert (city_of("440305"), city_of("310112"), city_of("500112")) == ("440300", "310000", "500000")
