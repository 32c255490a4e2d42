"""What two records have in common and what speaks against them, one thing at a time."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.features import FEATURES, compare
from domain.matching.forms import name_forms
from domain.matching.likeness import near, overlap, part_of, short_for
from domain.matching.names import short_name_fit
from domain.matching.record import record_from_fields
from domain.matching.statistics import Statistics, shipped_statistics, weights

_TEXT = st.text(max_size=30)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "company": st.one_of(
            _TEXT, st.sampled_from(["深圳市远航科技有限公司", "Acme Tools Ltd", "华为技术有限公司深圳分公司"])
        ),
        "person": _TEXT,
        "phone": st.sampled_from(["13800138000", "0755-86013060", "400-800-1234", "x"]),
        "email": st.sampled_from(["a@b.cn", "sales@b.cn", "a@qq.com", "?"]),
        "address": st.one_of(_TEXT, st.just("上海市徐汇区人民路12号301室")),
        "birth_date": st.sampled_from(["19800102", "19800201", "1", "2001-01-01"]),
        "postcode": st.sampled_from(["200030", "200031"]),
    },
)


def _compared(a: dict[str, str], b: dict[str, str]) -> dict[str, float]:
    found = compare(record_from_fields(a), record_from_fields(b), shipped_statistics())
    return dict(zip(FEATURES, found, strict=True))


@given(_FIELDS, _FIELDS)
def test_every_feature_lies_between_0_and_1_in_either_order(a: dict[str, str], b: dict[str, str]) -> None:
    one, other = record_from_fields(a), record_from_fields(b)
    found = compare(one, other, shipped_statistics())
    assert all(0 <= value <= 1 for value in found)
    assert found == pytest.approx(compare(other, one, shipped_statistics()))


def test_nothing_known_is_neither_agreement_nor_conflict() -> None:
    assert not any(_compared({"company": "远航"}, {"person": "王小明"}).values())


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ({"company": "深圳市远航科技有限公司"}, {"company": "深圳市遠航科技（有限公司）"}, "name_equal"),
        ({"company": "深圳市鼎盛科技有限公司"}, {"company": "深圳市顶圣科技有限公司"}, "name_sounds"),
        ({"company": "远航科技"}, {"company": "Yuanhang Technology Co., Ltd."}, "name_sounds"),
        ({"company": "中石化"}, {"company": "中国石油化工股份有限公司"}, "short_name"),
        ({"company": "粤电力A"}, {"company": "广东电力发展股份有限公司"}, "short_name"),
        ({"company": "IBM"}, {"company": "International Business Machines"}, "short_name"),
        ({"person": "Bob Smith"}, {"person": "Smith, Robert"}, "given"),
        ({"person": "王小明"}, {"person": "Wang Xiaoming"}, "given"),
        ({"given": "Wilde", "family": "Kyra"}, {"given": "Kyra", "family": "Wilde"}, "names_swapped"),
        ({"birth_date": "1980-02-01"}, {"birth_date": "1980-01-02"}, "birth_date_near"),
        ({"phone": "0755-86013060"}, {"phone": "86013060"}, "phone"),
        ({"phone": "0755-86013060"}, {"phone": "0755-86013061"}, "phone_near"),
        ({"email": "wang@yuanhang.com"}, {"email": "wnag@yuanhang.com"}, "email_near"),
        ({"address": "上海市徐汇区人民路12号"}, {"address": "人民路12号3楼"}, "house_number"),
        ({"address": "435 S. La Cienega Blvd."}, {"address": "435 South La Cienega Boulevard"}, "address_equal"),
        ({"region": "CN-GD"}, {"address": "深圳市南山区科技园1号"}, "region"),
        ({"company": "中国中冶"}, {"company": "中国冶金科工股份有限公司"}, "short_name_part"),
        ({"company": "皓月阀门集团(上海)有限公司"}, {"company": "上海市皓月阀门集团有限公司"}, "name_words"),
        ({"address": "12 Main St", "city": "Dover"}, {"address": "12 Main St, Dover, DE 19901"}, "locality"),
        ({"address": "嘉兴市", "city": "秀洲区南屏路157号"}, {"address": "秀洲区南屏路157号"}, "house_number"),
        ({"address": "南屏路157号 0573-46745844"}, {"phone": "0573-46745844"}, "phone"),
    ],
)
def test_agreement(a: dict[str, str], b: dict[str, str], agree: str) -> None:
    assert _compared(a, b)[agree] > 0


@pytest.mark.parametrize(
    ("a", "b", "conflict"),
    [
        ({"company": "华为技术有限公司"}, {"company": "华为技术有限公司深圳分公司"}, "branch_conflict"),
        ({"company": "北京东方科技有限公司"}, {"company": "上海东方科技有限公司"}, "region_conflict"),
        ({"company": "东方科技有限公司"}, {"company": "东方餐饮管理有限公司"}, "industry_conflict"),
        ({"company": "深圳第一中学"}, {"company": "深圳第二中学"}, "name_numbers_conflict"),
        ({"company": "ritz-carlton cafe"}, {"company": "ritz-carlton dining room"}, "name_apart_conflict"),
        ({"company": "ritz-carlton cafe"}, {"company": "ritz-carlton dining room"}, "units_conflict"),
        ({"company": "远航有限公司"}, {"company": "顺达有限公司"}, "brand_conflict"),
        ({"address": "12 Main St", "city": "Boise"}, {"address": "12 Main St", "city": "Omaha"}, "locality_conflict"),
        ({"birth_date": "19800102"}, {"birth_date": "19910305"}, "birth_date_conflict"),
        ({"national_id": "4403051234"}, {"national_id": "9999999999"}, "id_conflict"),
        ({"address": "人民路12号"}, {"address": "人民路85号"}, "house_number_conflict"),
    ],
)
def test_conflict(a: dict[str, str], b: dict[str, str], conflict: str) -> None:
    assert _compared(a, b)[conflict] > 0


def test_a_bare_form_is_short_for_any() -> None:
    found = _compared({"company": "远航科技公司"}, {"company": "远航科技股份有限公司"})
    assert (found["legal_form"], found["legal_form_conflict"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("services", "serv", True),
        ("center", "ctr", True),
        ("veterinary", "vet", True),
        ("imaging", "miaging", True),
        ("street", "st", True),
        ("no", "na", False),
        ("cafe", "dining", False),
        ("clinic", "church", False),
    ],
)
def test_a_word_may_be_cut_short_drawn_together_or_slipped_in(one: str, other: str, *, alike: bool) -> None:
    assert (near(one, other) > 0, near(other, one) > 0) == (alike, alike)


def test_a_customer_who_moved_keeps_the_phone() -> None:
    moved = {"company": "Spago", "phone": "310-652-4025", "city": "Boise"}
    found = _compared(moved, {**moved, "city": "Omaha"})
    assert found["name_and_phone_elsewhere"] == found["name_and_phone"] > 0
    assert _compared(moved, moved)["name_and_phone_elsewhere"] == 0


def test_the_part_of_a_short_name_that_a_full_one_holds() -> None:
    assert part_of("招商轮船", "招商局能源运输股份有限公司") == 0.5
    assert part_of("中石化", "中国石油化工股份有限公司") == 1.0
    assert part_of("楚天高速", "湖北楚天智能交通股份有限公司") > part_of("楚天高速", "山东高速股份有限公司") > 0


def test_a_short_name_as_it_stands_fits_before_the_region_that_it_may_name() -> None:
    short = name_forms("沪电股份")
    assert short is not None
    assert short_name_fit(short, "沪士电子股份有限公司") > short_name_fit(short, "上海电力股份有限公司") > 0
    assert short_name_fit(short, "远航科技有限公司") == 0


@pytest.mark.parametrize(
    ("a", "b", "agreement", "conflict"),
    [
        ({"address": "秀洲区山阴路621号"}, {"company": "聚贤（哈尔滨）大药房"}, 0.0, 1.0),
        ({"company": "东莞时代保安服务"}, {"company": "佛山时代保安服务"}, 0.0, 1.0),
        ({"address": "泉州市丰泽区外环路149号"}, {"address": "泉州市晋江市杏林路668号"}, 0.0, 0.3),
        ({"address": "浦东新区张江路1号"}, {"address": "上海市徐汇区人民路12号"}, 0.0, 0.3),
        ({"address": "杭州市余杭区文一路1号"}, {"address": "杭州市临平区文一路1号"}, 0.0, 0.3),
        ({"address": "深圳市南山区科技园1号"}, {"company": "深圳远航科技"}, 1.0, 0.0),
        ({"address": "朝阳区望江路1号"}, {"company": "深圳远航科技"}, 0.0, 0.0),
    ],
)
def test_where_a_name_or_a_district_says_that_they_are(
    a: dict[str, str], b: dict[str, str], agreement: float, conflict: float
) -> None:
    found = _compared(a, b)
    assert (found["locality"], found["locality_conflict"]) == (agreement, conflict)


def test_a_slip_in_a_short_word_parts_nobody() -> None:
    slipped = _compared({"company": "Holloway Ar Freight"}, {"company": "Holloway Air Freight"})
    apart = _compared({"company": "Holloway Air Freight"}, {"company": "Holloway Home Health"})
    assert slipped["name_apart_conflict"] < 0.2 < 0.8 < apart["name_apart_conflict"]


def test_of_several_ways_to_fit_a_short_name_the_closest_counts() -> None:
    assert short_for("苏农", "江苏苏农村商业") == short_for("苏农", "江淮苏农村商业")


def test_a_rare_word_in_common_says_more_than_a_frequent_one() -> None:
    known = {"科技": 0.3}
    assert overlap(frozenset({"科技", "远航"}), frozenset({"远航", "顺达"}), known).both > 0.4
    assert overlap(frozenset({"科技", "远航"}), frozenset({"科技", "顺达"}), known).both < 0.25


def test_a_customer_base_makes_its_own_words_common() -> None:
    records = [record_from_fields({"company": f"Chicago Head Start {number}"}) for number in range(500)]
    assert Statistics.of(records).names["chicago"] < 0.2
    assert shipped_statistics().names.get("chicago", 1.0) > 0.2
    assert weights({"a": 1, "b": 10}, 100).keys() == {"b"}


def test_the_characters_of_a_short_name_stand_in_the_full_one_in_their_order() -> None:
    full = "中国石油化工股份有限公司"
    assert short_for("中国石油", full) > short_for("中石化", full) > 0
    assert short_for("化石中", full) == 0


def test_huge_names_are_compared_in_bounded_time() -> None:
    long = {"company": " ".join(f"w{number}x" for number in range(60)), "address": "a b c d " * 120}
    a, b = record_from_fields(long), record_from_fields({**long, "company": "zz " * 90})
    started = perf_counter()
    compare(a, b, shipped_statistics())
    assert perf_counter() - started < 0.1
