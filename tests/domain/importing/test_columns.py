"""Columns: guessed from headings in both languages and any order, from values where headings say nothing."""

from random import Random

import pytest

from domain.importing.columns import Field, Mistake, check_columns, guess_columns, known_headings
from domain.importing.country import guess_country

CHINESE = {
    "客户编号": Field.EXTERNAL_ID,
    "公司名称*": Field.COMPANY,
    "联系人": Field.PERSON,
    "职务": Field.TITLE,
    "手机号（必填）": Field.PHONE,
    "办公电话": Field.PHONE,
    "邮箱": Field.EMAIL,
    "官网": Field.WEBSITE,
    "统一社会信用代码": Field.USCC,
    "税号": Field.TAX_ID,
    "省份": Field.REGION,
    "城市": Field.CITY,
    "详细地址": Field.ADDRESS,
    "所属行业": Field.INDUSTRY,
    "客户类型": Field.CUSTOMER_TYPE,
    "负责人": Field.OWNER,
    "备注": Field.NEED,
}
ENGLISH = {
    "Customer ID": Field.EXTERNAL_ID,
    "COMPANY_NAME": Field.COMPANY,
    "First Name": Field.GIVEN,
    "Last Name": Field.FAMILY,
    "Job title": Field.TITLE,
    "Mobile Phone": Field.PHONE,
    "E-mail": Field.EMAIL,
    "Web site": Field.WEBSITE,
    "VAT number": Field.TAX_ID,
    "State": Field.REGION,
    "City": Field.CITY,
    "Street address": Field.ADDRESS,
    "Industry": Field.INDUSTRY,
    "Account Owner": Field.OWNER,
    "Notes": Field.NEED,
}


@pytest.mark.parametrize("expected", [CHINESE, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("seed", range(4))
def test_every_usual_heading_is_known_in_any_order(expected: dict[str, Field], seed: int) -> None:
    headings = list(expected)
    Random(seed).shuffle(headings)
    assert guess_columns(headings) == expected


def test_a_second_column_of_one_field_is_not_taken_but_for_phones_and_emails() -> None:
    guessed = guess_columns(["公司名称", "企业名称", "手机", "固定电话"])
    assert guessed == {"公司名称": Field.COMPANY, "手机": Field.PHONE, "固定电话": Field.PHONE}


def test_a_first_name_alone_is_the_person() -> None:
    assert guess_columns(["名", "公司"]) == {"名": Field.PERSON, "公司": Field.COMPANY}


def test_columns_without_a_heading_are_known_by_what_they_hold() -> None:
    rows = [[f"1380013800{at}", f"a{at}@example.com", "https://www.example.com/", "x"] for at in range(5)]
    assert guess_columns(["#1", "#2", "#3", "#4"], rows) == {
        "#1": Field.PHONE,
        "#2": Field.EMAIL,
        "#3": Field.WEBSITE,
    }


def test_what_holds_emails_is_not_taken_for_more_when_a_heading_names_the_column() -> None:
    rows = [[f"a{at}@example.com", f"b{at}@example.com"] for at in range(5)]
    assert guess_columns(["邮箱", "介绍人"], rows) == {"邮箱": Field.EMAIL}


def test_a_heading_is_not_believed_when_the_values_are_something_else() -> None:
    rows = [["华南区", "A"], ["华东区", "B"], ["广东", "C"]]
    assert guess_columns(["地区", "客户类型"], rows) == {}
    assert guess_columns(["地区"], [["广东"], ["浙江省"], ["火星"]]) == {"地区": Field.REGION}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"公司": Field.COMPANY, "没有": Field.PHONE}, "column_unknown"),
        ({"公司": Field.COMPANY, "名称": Field.COMPANY}, "field_twice"),
        ({"地址": Field.ADDRESS}, "identity_missing"),
        ({}, "identity_missing"),
    ],
)
def test_unusable_mappings_are_refused(mapping: dict[str, Field], code: str) -> None:
    with pytest.raises(Mistake) as refused:
        check_columns(mapping, ["公司", "名称", "地址"])
    assert refused.value.code == code


def test_two_phone_columns_are_usable() -> None:
    check_columns({"手机": Field.PHONE, "座机": Field.PHONE}, ["手机", "座机"])


def test_headings_are_told_from_a_title() -> None:
    assert known_headings(["2026年客户名单", "", ""]) == 0
    assert known_headings(["公司名称", "联系人", "说不清"]) == 2


@pytest.mark.parametrize(
    ("phones", "country"),
    [
        (["13800138000", "0755-86013060", ""], "CN"),
        (["601-582-7794", "845-391-8310", "(212) 555-0187"], "US"),
        ([], "CN"),
        (["not a phone"], "CN"),
    ],
)
def test_the_country_of_phones_is_guessed(phones: list[str], country: str) -> None:
    assert guess_country(phones) == country
