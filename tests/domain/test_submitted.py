"""What callers send: what is good passes unchanged, every fault is found, and nothing slips in."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from domain.lead import Lead
from domain.matching.record import record_of
from domain.profile import profile_of
from domain.submitted import SubmittedLead, SubmittedProfile
from tests.examples import USCC
from tests.strategies import lead_bodies

FULL: dict[str, Any] = {
    "source": "website",
    "external_id": "web-1001",
    "customer_type": "new_registration",
    "company": {"name": "深圳市远航科技有限公司", "uscc": None, "website": "https://www.example.com"},
    "person": {"name": "王小明", "title": "采购经理"},
    "phones": ["+86 138 0013 8000"],
    "emails": ["wang@example.com"],
    "region": "CN-GD",
    "address": "广东省深圳市南山区科技园1号",
    "industry": "manufacturing",
    "need": "想了解产品报价",
    "amount": {"value": "120000.00", "currency": "CNY"},
    "named_contact": None,
    "referrer": None,
    "show": None,
    "submitted_by": None,
    "occurred_at": "2026-11-23T09:30:00+08:00",
    "attributes": {},
}
WHO = {"source": "website", "external_id": "1", "person": {"name": "Jane Smith"}}


def codes(body: dict[str, Any], model: type[SubmittedLead] | type[SubmittedProfile] = SubmittedLead) -> set[str]:
    """The broken rules by field."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    return {f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in caught.value.errors()}


def test_the_lead_of_the_design_passes() -> None:
    lead = SubmittedLead.model_validate(FULL)
    assert lead.company is not None
    assert lead.company.name == "深圳市远航科技有限公司"
    assert lead.amount is not None
    assert str(lead.amount.value) == "120000.00"
    assert lead.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@given(lead_bodies())
def test_a_good_lead_is_kept_as_it_came(body: dict[str, Any]) -> None:
    """What passes the checks can be kept, written, read again, and makes a profile."""
    lead = Lead.model_validate(SubmittedLead.model_validate(body).model_dump())
    assert Lead.model_validate_json(lead.model_dump_json()) == lead
    profile = profile_of(lead)
    assert len(profile.phones) >= min(1, len(lead.phones))
    assert profile.emails == lead.emails


@pytest.mark.parametrize("name", ["company", "person", "phones", "emails"])
def test_one_way_to_know_who_it_is_is_enough(name: str) -> None:
    required = {key: FULL[key] for key in ("source", "external_id", name)}
    SubmittedLead.model_validate(required)
    del required[name]
    assert codes(required) == {": identity_missing"}
    assert codes({**required, "company": {"name": None}}) == {": identity_missing"}


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("owner_id", "li.na", "owner_id: extra_forbidden"),
        ("company", {"name": "远航", "owner": "li.na"}, "company.owner: extra_forbidden"),
        ("source", "", "source: string_too_short"),
        ("external_id", "x" * 201, "external_id: string_too_long"),
        ("external_id", None, "external_id: string_type"),
        ("customer_type", "vip", "customer_type: enum"),
        ("person", {"name": "  "}, "person.name: string_too_short"),
        ("person", {"name": "王\0明"}, "person.name: control_character"),
        ("person", {"name": "王\x1b[2J"}, "person.name: control_character"),
        ("person", {"name": "\ud800"}, "person.name: string_unicode"),
        ("company", {"uscc": USCC[:-1] + "A"}, "company.uscc: uscc_check_digit"),
        ("company", {"uscc": "91440300"}, "company.uscc: uscc_length"),
        ("company", {"tax_id": "无"}, "company.tax_id: tax_id_invalid"),
        ("phones", ["12"], "phones.0: phone_invalid"),
        ("phones", ["13800138000", "8601306"], "phones.1: phone_area_code_missing"),
        ("phones", ["+86 138 0013 8000"] * 21, "phones: too_long"),
        ("phones", "13800138000", "phones: tuple_type"),
        ("emails", ["王小明"], "emails.0: email_invalid"),
        ("emails", ["a@b", "ok@example.com"], "emails.0: email_invalid"),
        ("region", "Guangdong", "region: region_unknown"),
        ("region", "XX-1", "region: region_unknown"),
        ("amount", {"value": "-1", "currency": "CNY"}, "amount.value: greater_than_equal"),
        ("amount", {"value": "NaN", "currency": "CNY"}, "amount.value: finite_number"),
        ("amount", {"value": "1e30", "currency": "CNY"}, "amount.value: decimal_max_digits"),
        ("amount", {"value": "1", "currency": "元"}, "amount.currency: string_pattern_mismatch"),
        ("referrer", {"person": "老王"}, "referrer: referrer_unknown"),
        ("show", {"name": "广交会"}, "show.date: missing"),
        ("show", {"name": "广交会", "date": "2026-02-30", "contact": "li.na"}, "show.date: date_from_datetime_parsing"),
        ("named_contact", "李娜", "named_contact: string_pattern_mismatch"),
        ("named_contact", "../admin", "named_contact: string_pattern_mismatch"),
        ("occurred_at", "2026-11-23T09:30:00", "occurred_at: timezone_aware"),
        ("attributes", {"a": {"b": 1}}, "attributes.a.constrained-int: int_type"),
        ("attributes", {"n": 2**53}, "attributes.n.constrained-int: less_than"),
        ("attributes", {"n": 2**53 + 1}, "attributes.n.constrained-float: less_than"),
        ("attributes", {"n": float("inf")}, "attributes.n.constrained-float: finite_number"),
        ("attributes", {f"k{n}": n for n in range(51)}, "attributes: too_long"),
        ("need", "x" * 4001, "need: string_too_long"),
        ("address", "路" * 1001, "address: string_too_long"),
        ("address", "\ufdfa" * 999, "address: text_too_long"),
    ],
)
def test_a_fault_is_found(field: str, value: object, fault: str) -> None:
    assert fault in codes({**WHO, field: value})


@pytest.mark.parametrize("unit", ["路", "a", "\ufdfa", "\u3300", "İ", "🚀", "1-", "有限公司", "www."])
def test_what_is_accepted_can_be_compared(unit: str) -> None:
    """A lead is answered for at the door: one that could not be worked on would never come to its end."""
    name = (unit * 200)[:200]
    for fields in ({"company": {"name": name, "website": name}}, {"person": {"name": name}}, {"address": unit * 900}):
        with suppress(ValidationError):
            lead = Lead.model_validate(SubmittedLead.model_validate({**WHO, **fields}).model_dump())
            record_of(profile_of(lead))


def test_all_faults_are_found_at_once() -> None:
    body = {"phones": ["12"], "emails": ["x"], "region": "?", "company": {"uscc": "1"}}
    places = {fault.partition(":")[0] for fault in codes(body)}
    assert places == {"source", "external_id", "phones.0", "emails.0", "region", "company.uscc"}


@pytest.mark.parametrize(
    ("given_", "kept"), [("cn-gd", "CN-GD"), ("CN_GD", "CN-GD"), (" us-ca ", "US-CA"), ("hk", "CN-HK"), ("TW", "CN-TW")]
)
def test_a_region_is_kept_in_its_one_form(given_: str, kept: str) -> None:
    """Rotation pools and territories are found by it."""
    assert SubmittedLead.model_validate({**WHO, "region": given_}).region == kept
    assert SubmittedProfile.model_validate({"region": given_}).region == kept


def test_phones_are_read_as_the_region_writes_them() -> None:
    SubmittedLead.model_validate({**WHO, "region": "US-CA", "phones": ["(650) 253-0000"]})
    SubmittedLead.model_validate({**WHO, "region": "hk", "phones": ["2345 6789"]})
    assert codes({**WHO, "region": "CN-GD", "phones": ["(650) 253-0000"]}) == {"phones.0: phone_invalid"}
    assert codes({"phones": ["2345 6789"]}, SubmittedProfile) == {"phones.0: phone_area_code_missing"}
