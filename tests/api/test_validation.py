"""From pydantic's errors to the fields and rules that a caller can act on."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from api.problems import Problem, ProblemType
from api.validation import MAX_FAULTS, faults_of
from domain.submitted import SubmittedLead
from messages import LOCALES

LEAD: dict[str, Any] = {"source": "website", "external_id": "web-1", "person": {"name": "王小明"}}


def faults(model: type[BaseModel], message: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Field to code and value, as the API would answer."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(message)
    errors = [error | {"loc": ("body", *error["loc"])} for error in caught.value.errors()]
    return {fault.field: (fault.code, fault.value) for fault in faults_of(errors, message)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"phones": ["138"]}, {"phones.0": ("phone_invalid", "138")}),
        ({"phones": ["+86 138 0013 8000", "x"]}, {"phones.1": ("phone_invalid", "x")}),
        ({"emails": ["王@"]}, {"emails.0": ("email_invalid", "王@")}),
        (
            {"company": {"uscc": "91440300MA5EQ0KX0X"}},
            {"company.uscc": ("uscc_check_digit", "91440300MA5EQ0KX0X")},
        ),
        ({"company": {"name": "深圳\x00"}}, {"company.name": ("control_character", "深圳\x00")}),
        ({"source": None}, {"source": ("string_type", None)}),
        ({"source": ""}, {"source": ("string_too_short", "")}),
        ({"source": "长" * 201}, {"source": ("string_too_long", "长" * 79 + "…")}),
        ({"owner_id": "li.wei"}, {"owner_id": ("extra_forbidden", "li.wei")}),
        ({"person": {}}, {"person.name": ("missing", None)}),
        ({"person": None}, {"body": ("identity_missing", "{…}")}),
        ({"referrer": {"person": "赵"}}, {"referrer": ("referrer_unknown", "{…}")}),
        ({"amount": {"value": "NaN", "currency": "CNY"}}, {"amount.value": ("finite_number", "NaN")}),
        ({"amount": {"value": -1, "currency": "¥"}}, None),
        ({"occurred_at": "2026-11-23T09:30:00"}, {"occurred_at": ("timezone_aware", "2026-11-23T09:30:00")}),
        ({"customer_type": "friend"}, {"customer_type": ("enum", "friend")}),
        ({"attributes": {"渠道": [1]}}, {"attributes.渠道": ("wrong_type", "[…]")}),
        ({"attributes": {"渠道": "x" * 1001}}, {"attributes.渠道": ("string_too_long", "x" * 79 + "…")}),
        ({"attributes": {"": 1}}, {"attributes.": ("string_too_short", "")}),
        ({"attributes": {str(n): n for n in range(51)}}, {"attributes": ("too_long", "{…}")}),
    ],
)
def test_a_field_is_named_with_its_rule(change: dict[str, Any], expected: dict[str, Any] | None) -> None:
    found = faults(SubmittedLead, LEAD | change)
    if expected is not None:
        assert found == expected
    assert all(len(value or "") <= 80 for _, value in found.values())


def test_several_fields_are_all_named() -> None:
    found = faults(SubmittedLead, LEAD | {"amount": {"value": -1, "currency": "¥"}, "phones": ["1", "2"]})
    assert set(found) == {"amount.value", "amount.currency", "phones.0", "phones.1"}


def test_a_hostile_body_is_answered_with_a_bounded_list() -> None:
    assert len(faults(SubmittedLead, LEAD | {f"field{n}": n for n in range(10_000)})) == MAX_FAULTS


@pytest.mark.parametrize(
    ("change", "field"),
    [({"\ud800": 1}, "body"), ({"attributes": {"\ud800": 1}}, "attributes"), ({"x" * 1000: 1}, "x" * 79 + "…")],
)
def test_a_field_name_cannot_break_the_answer(change: dict[str, Any], field: str) -> None:
    assert list(faults(SubmittedLead, LEAD | change)) == [field]


@pytest.mark.parametrize("place", ["query", "path", "header"])
def test_parameters_go_by_their_name(place: str) -> None:
    error = {"type": "greater_than_equal", "loc": (place, "limit"), "input": "0", "ctx": {"ge": 1}}
    assert [fault.field for fault in faults_of([error], None)] == ["limit"]


def test_limits_are_whole_numbers_or_text() -> None:
    class Bounded(BaseModel):
        model_config = ConfigDict(extra="forbid")
        share: Decimal = Field(ge=Decimal("0.5"))

    with pytest.raises(ValidationError) as caught:
        Bounded(share=Decimal(0))
    assert [fault.facts for fault in faults_of(caught.value.errors(), {"share": 0})] == [{"ge": "0.5"}]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_of_pydantic_can_be_put_into_words(locale: str) -> None:
    for known in list_all_errors():
        context = known.get("example_context") or {}
        found = faults_of([{"type": known["type"], "loc": ("body", "x"), "input": 1, "ctx": context}], {"x": 1})
        assert [fault.code for fault in found] == [known["type"]]
        assert Problem(ProblemType.INVALID, faults=found, count=1).response(locale).status_code == 422
