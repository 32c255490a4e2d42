"""Rows: cells in unified formats, or each fault with its column, its rule and what stands there."""

import pytest

from domain.importing.cleaning import Cleaner, Reps
from domain.importing.columns import Field
from domain.importing.row import Row
from domain.lead import CustomerType
from domain.policy_file import parse_policy
from settings import PROJECT_ROOT

POLICY = parse_policy((PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
COLUMNS = {field.value: field for field in Field} | {"mobile": Field.PHONE}
REPS = Reps(
    {"li.wei": ("li.wei",), "李伟": ("li.wei",), "王芳": ("wang.1", "wang.2"), "zhao": ("zhao",)}, frozenset({"zhao"})
)


def clean(country: str = "CN", **cells: str) -> Row:
    """The row that these cells make."""
    cleaner = Cleaner(list(cells), COLUMNS, REPS, POLICY, "imp_1.1", country)
    row = cleaner.clean(7, list(cells.values()))
    assert row is not None
    return row


def test_formats_are_unified() -> None:
    row = clean(
        company=" 深圳市远航科技有限公司\u200b ",
        person="王小明",
        phone="138 0013 8000 / 0755-86013060转801",
        mobile="13800138000",
        email="Wang@Example.COM；sales@example.com",
        uscc="9111 0000 8021 0043 3b",
        region="广东省",
        city="深圳",
        address="南山区科技园1号",
        owner="李伟",
        external_id="K-17",
    )
    lead = row.lead
    assert lead is not None and not row.faults
    assert lead.company is not None and lead.company.name == "深圳市远航科技有限公司"
    assert lead.company.uscc == "91110000802100433B"
    assert lead.phones == ("+8613800138000", "+8675586013060 ext. 801")
    assert lead.emails == ("Wang@example.com", "sales@example.com")
    assert (lead.region, lead.address) == ("CN-GD", "深圳南山区科技园1号")
    assert (lead.named_contact, lead.external_id, lead.attributes) == ("li.wei", "imp_1.1.7", {"number": "K-17"})
    assert row.profile.phones == lead.phones


@pytest.mark.parametrize(
    ("address", "phone", "number"),
    [
        ("123 Main St, San Francisco, CA 94105", "472-326-7459", "+14723267459"),
        ("123 Main St, San Francisco, CA 94105", "13800138000", "+8613800138000"),
        ("广东省深圳市南山区科技园1号", "0755 8601 3060", "+8675586013060"),
        ("Nowhere in particular", "13800138000", "+8613800138000"),
    ],
)
def test_a_phone_is_read_as_its_address_writes_phones(address: str, phone: str, number: str) -> None:
    """The first is a Chinese fixed line without its 0, too; the second is none of America's."""
    lead = clean(company="Golden Gate Ltd", address=address, phone=phone).lead
    assert lead is not None and lead.phones == (number,)


@pytest.mark.parametrize("text", ["广东", "广东省", "深圳市", "广东省深圳市南山区", "CN-GD", "cn_gd", "Guangdong"])
def test_a_region_has_one_form(text: str) -> None:
    lead = clean(company="某某有限公司", region=text).lead
    assert lead is not None and lead.region == "CN-GD"


@pytest.mark.parametrize(
    ("family", "given", "name"), [("王", "小明", "王小明"), ("Smith", "John", "John Smith"), ("王", "", "王")]
)
def test_a_name_in_two_columns_is_one(family: str, given: str, name: str) -> None:
    lead = clean(family=family, given=given).lead
    assert lead is not None and lead.person is not None and lead.person.name == name


def test_phones_are_read_as_the_rows_region_writes_them_and_else_the_files() -> None:
    for row in (
        clean(company="A", phone="(415) 555-2671", region="US-CA"),
        clean("US", company="A", phone="415-555-2671"),
    ):
        assert row.profile.phones == ("+14155552671",)


@pytest.mark.parametrize("nothing", ["", " ", "-", "无", "N/A", "null", "#N/A", "\u200b"])
def test_words_for_nothing_are_nothing(nothing: str) -> None:
    row = clean(company="某某有限公司", phone=nothing, email=nothing, region=nothing)
    assert not row.faults and row.profile.phones == () and row.profile.region is None


def test_an_empty_row_is_none() -> None:
    assert Cleaner(["company"], COLUMNS, REPS, POLICY, "b").clean(3, [" - "]) is None
    assert Cleaner(["other"], COLUMNS, REPS, POLICY, "b").clean(3, ["not taken over"]) is None


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"phone": "86013060"}, "phone", "phone_area_code_missing"),
        ({"phone": "12"}, "phone", "phone_invalid"),
        ({"phone": "1.38E+10"}, "phone", "number_shortened"),
        ({"mobile": "1.38001e10"}, "mobile", "number_shortened"),
        ({"email": "wang@"}, "email", "email_invalid"),
        ({"uscc": "91440300MA5D1234XX"}, "uscc", "uscc_check_digit"),
        ({"uscc": "123"}, "uscc", "uscc_length"),
        ({"tax_id": "!!"}, "tax_id", "tax_id_invalid"),
        ({"region": "火星"}, "region", "region_unknown"),
        ({"customer_type": "随便"}, "customer_type", "customer_type_unknown"),
        ({"owner": "张三"}, "owner", "owner_unknown"),
        ({"owner": "王芳"}, "owner", "owner_ambiguous"),
        ({"owner": "zhao"}, "owner", "owner_not_available"),
        ({"owner": "li.wei", "customer_type": "展会客户"}, "owner", "owner_not_for_type"),
        ({"address": "=HYPERLINK(1)"}, "address", "formula"),
        ({"person": "x" * 201}, "person", "string_too_long"),
        ({"need": "x" * 10_001}, "need", "text_too_long"),
    ],
)
def test_a_bad_cell_is_named_by_column_rule_and_value(cells: dict[str, str], column: str, code: str) -> None:
    row = clean(company="某某有限公司", **cells)
    assert row.lead is None
    assert [(fault.column, fault.code) for fault in row.faults] == [(column, code)]
    assert row.faults[0].value and len(row.faults[0].value) <= 200


def test_every_fault_of_a_row_is_told() -> None:
    row = clean(company="某某有限公司", phone="12", email="x", region="火星")
    assert {fault.column for fault in row.faults} == {"phone", "email", "region"}


def test_a_row_that_says_of_nobody_is_bad_as_a_whole() -> None:
    row = clean(industry="制造业")
    assert [(fault.column, fault.code) for fault in row.faults] == [("", "identity_missing")]


def test_the_way_spreadsheets_protect_numbers_in_csv_is_no_formula() -> None:
    assert clean(company="某某有限公司", phone='="13800138000"').profile.phones == ("+8613800138000",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("大客户", CustomerType.KEY_ACCOUNT), ("转介绍", CustomerType.REFERRAL), ("Trade show", CustomerType.TRADE_SHOW)],
)
def test_customer_types_have_names_in_both_languages(text: str, kind: CustomerType) -> None:
    lead = clean(company="某某有限公司", customer_type=text).lead
    assert lead is not None and lead.customer_type is kind
