"""Blocking keys: whatever a record and its slips share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.keys import BlockingKeys, blocking_keys
from domain.matching.record import record_from_fields


def keys(**fields: str) -> BlockingKeys:
    return blocking_keys(record_from_fields(fields))


def meet(one: BlockingKeys, other: BlockingKeys) -> bool:
    """Whether looking for one finds the other."""
    return not {*one.shared, *one.asked}.isdisjoint({*other.shared, *other.kept})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"company": "深圳市远航科技有限公司"}, {"company": "远航科技(深圳)有限责任公司"}),
        ({"company": "深圳市远航达科技有限公司"}, {"company": "深圳市远杭达科技有限公司"}),
        ({"company": "深圳市字节跳动科技有限公司"}, {"company": "深圳市字节挑动科技有限公司"}),
        ({"company": "中石化"}, {"company": "中国石油化工股份有限公司"}),
        ({"company": "浦发银行"}, {"company": "上海浦东发展银行股份有限公司"}),
        ({"company": "粤电力A"}, {"company": "广东电力发展股份有限公司"}),
        ({"company": "宝钢股份"}, {"company": "宝山钢铁股份有限公司"}),
        ({"company": "中金公司"}, {"company": "中国国际金融股份有限公司"}),
        ({"company": "恒中通幼儿园股份有限公司"}, {"company": "中恒通幼儿园股份"}),
        ({"company": "平煤股份"}, {"company": "平顶山天安煤业股份有限公司"}),
        ({"company": "Harbour Lights Trading, Inc."}, {"company": "Harbor Lights Trading"}),
        ({"company": "IBM"}, {"company": "International Business Machines"}),
        ({"company": "Yuanhang Technology"}, {"company": "Yuanhang Technology Co., Ltd."}),
        ({"person": "单雄信", "phone": "13800138000"}, {"person": "Shan Xiongxin", "phone": "138 0013 8000"}),
        ({"person": "Bob Smith", "birth_date": "1980-02-01"}, {"person": "Robert Smith", "birth_date": "1980-02-01"}),
        (
            {"company": "甲", "address": "深圳市南山区科苑路15号"},
            {"company": "乙", "address": "广东省深圳市南山区科苑路15号3楼"},
        ),
    ],
)
def test_two_ways_to_write_one_customer_meet_from_either_side(one: dict[str, str], other: dict[str, str]) -> None:
    assert meet(keys(**one), keys(**other))
    assert meet(keys(**other), keys(**one))


def test_each_reading_of_a_short_name_is_asked_for_by_itself() -> None:
    """宁波港 may be read as 宁夏波港: who holds all of one reading is found, whatever the other says."""
    found = keys(company="宁波港")
    assert len(found.readings) == 2
    assert any(reading <= keys(company="宁波舟山港股份有限公司").kept for reading in found.readings)
    assert keys(company="宁波舟山港股份有限公司").readings == ()


def test_strangers_do_not_meet() -> None:
    assert not meet(keys(company="深圳市远航科技有限公司"), keys(company="上海青禾农业有限公司"))
    assert not meet(keys(company="Harbour Lights"), keys(company="Penhaligon Bakery"))


@given(st.text("深圳上海远航科技青禾农业股份有限公司集团abcdefg &.-", min_size=1, max_size=40))
def test_every_record_meets_itself_and_keeps_few_keys(name: str) -> None:
    found = keys(company=name, phone="13800138000")
    assert meet(found, found)
    assert len(found.shared) + len(found.kept) <= 110
    assert all(-(2**63) <= key < 2**63 for key in (*found.shared, *found.kept, *found.asked))
    assert keys(company=name, phone="13800138000") == found
