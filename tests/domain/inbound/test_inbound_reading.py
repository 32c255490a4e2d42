"""What connectors make of genuine requests, those that make no sense included."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.importing.columns import Field as Column
from domain.inbound.delivery import Delivery, Unreadable, Webhook
from domain.inbound.form import TypeformConnector
from domain.inbound.reported import CallEnded, CallStarted, Direction, FormFilled, Kind, Reported
from domain.inbound.standard import StandardConnector
from domain.inbound.telephony import TwilioConnector

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def read(connector: Webhook, body: bytes) -> list[Reported]:
    return list(connector.read(Delivery("https://x.example", {}, body, AT)))


def status(state: str, **fields: str) -> list[Reported]:
    form = {"CallSid": "CA1", "From": "+8613800138000", "To": "8001", "Direction": "inbound", "CallStatus": state}
    return read(TwilioConnector(), urlencode(form | fields).encode())


def test_a_call_as_twilio_tells_of_it() -> None:
    common = {"source_id": "CA1", "caller": "+8613800138000", "called": "8001", "direction": Direction.INBOUND}
    assert status("ringing") == [CallStarted(**common)]
    when = "Mon, 23 Nov 2026 09:30:00 +0800"
    assert status("completed", CallDuration="95", Timestamp=when, New="x") == [
        CallEnded(**common, answered=True, seconds=95, occurred_at=AT)
    ]
    assert [it.answered for it in status("no-answer") if isinstance(it, CallEnded)] == [False]
    assert [it.direction for it in status("busy", Direction="outbound-dial")] == [Direction.OUTBOUND]  # type: ignore[union-attr]
    assert status("queued") == []
    assert status("completed", Timestamp="yesterday")[0].occurred_at is None


@pytest.mark.parametrize(
    "fields", [{"CallSid": ""}, {"From": " "}, {"CallDuration": "x"}, {"CallDuration": "999999999"}, {"To": "\x00"}]
)
def test_a_call_that_makes_no_sense_names_the_field(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        status("completed", **fields)


def test_our_own_form_takes_one_or_several() -> None:
    one = {
        "kind": "campaign_touched",
        "source_id": "k1",
        "theirs": "wang@example.com",
        "campaign": "双十一",
        "action": "点击",
    }
    assert [it.kind for it in read(StandardConnector(), json.dumps(one).encode())] == [Kind.CAMPAIGN_TOUCHED]
    several = {"reports": [one, {**one, "source_id": "k2"}]}
    assert [it.source_id for it in read(StandardConnector(), json.dumps(several).encode())] == ["k1", "k2"]
    with pytest.raises(Unreadable) as refused:
        read(StandardConnector(may_report=frozenset({Kind.CALL_ENDED})), json.dumps(one).encode())
    assert (refused.value.field, refused.value.code) == ("kind", "kind_not_allowed")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b'{"a":' * 50_000, b"[" * 100_000, b'{"x": NaN}', b'"\\ud800"']
)
@pytest.mark.parametrize("connector", [StandardConnector(), TypeformConnector()], ids=lambda it: it.kind)
def test_what_is_no_object_is_unreadable(connector: Webhook, body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(connector, body)


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"kind": "x"},
        {"reports": 1},
        {"reports": [{}] * 101},
        {"kind": "call_ended", "source_id": "c", "caller": "1", "called": "2", "direction": "up", "answered": True},
        {"kind": "call_ended", "source_id": "c", "caller": "1", "called": "2", "direction": "inbound", "answered": True,
         "seconds": 90000},
        {"kind": "form_filled", "source_id": "f", "lead": {"emails": ["nobody"]}},
        {"kind": "form_filled", "source_id": "f", "lead": {}, "owner_id": "li.na"},
    ],
)  # fmt: skip
def test_our_own_form_is_checked_field_by_field(report: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(StandardConnector(), json.dumps(report).encode())


def response(*answers: tuple[str, str, Any], **fields: Any) -> dict[str, Any]:
    """A response as Typeform sends it: each answer with its question's title, its type and what was given."""
    questions = [{"id": f"q{at}", "ref": f"ref{at}", "title": it[0], "type": it[1]} for at, it in enumerate(answers)]
    given = [
        {"type": kind, kind: value, "field": {"id": f"q{at}", "ref": f"ref{at}", "type": kind}}
        for at, (_, kind, value) in enumerate(answers)
    ]
    content = {
        "token": "t1",
        "submitted_at": "2026-11-23T01:00:00Z",
        "definition": {"fields": questions},
        "answers": given,
    }
    return {"event_id": "e1", "event_type": "form_response", "form_response": content | fields}


def filled(body: dict[str, Any], connector: TypeformConnector | None = None) -> FormFilled:
    (report,) = read(connector or TypeformConnector(), json.dumps(body).encode())
    assert isinstance(report, FormFilled)
    return report


def test_a_form_becomes_a_lead_by_types_and_titles() -> None:
    form = filled(
        response(
            ("公司名称", "text", "深圳市远航科技有限公司"),
            ("您的姓名？", "text", "王小明"),
            ("联系方式", "phone_number", "+8613800138000"),
            ("Where do we write to?", "email", "wang@yuanhang.example"),
            ("地区", "choice", {"label": "广东"}),
            ("需求", "text", "想了解产品报价"),
            ("预算", "number", 12),
            ("产品", "choices", {"labels": ["A型", "B型"]}),
            hidden={"utm_source": "baidu"},
        )
    )
    assert form.lead is not None
    assert form.occurred_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    lead = form.lead
    assert lead.company is not None
    assert (lead.company.name, lead.phones, lead.emails) == (
        "深圳市远航科技有限公司", ("+8613800138000",), ("wang@yuanhang.example",),
    )  # fmt: skip
    assert (lead.region, lead.need) == ("CN-GD", "想了解产品报价")
    assert lead.attributes == {"utm_source": "baidu", "预算": "12", "产品": "A型, B型"} | (
        {} if lead.person else {"您的姓名？": "王小明"}
    )


def test_what_a_question_means_may_be_said() -> None:
    body = response(("Who are you?", "text", "Jane Smith"), ("Name", "text", "Pacific Gaskets Ltd"))
    said = TypeformConnector(mapping={"ref0": Column.PERSON, "q1": Column.COMPANY})
    lead = filled(body, said).lead
    assert lead is not None
    assert lead.person is not None
    assert lead.company is not None
    assert (lead.person.name, lead.company.name) == ("Jane Smith", "Pacific Gaskets Ltd")
    assert filled(body, TypeformConnector(mapping={"ref1": None})).lead is None


def test_an_answer_that_is_not_what_it_should_be_is_kept_beside_the_lead() -> None:
    form = filled(
        response(("电话", "text", "明天再说"), ("邮箱", "email", "wang@example.com"), ("地区", "text", "火星"))
    )
    assert form.lead is not None
    assert form.lead.phones == ()
    assert form.lead.attributes == {"电话": "明天再说", "地区": "火星"}
    nobody = filled(response(("电话", "text", "明天再说")))
    assert (nobody.lead, nobody.answers) == (None, {"电话": "明天再说"})


def test_other_events_say_nothing() -> None:
    assert read(TypeformConnector(), b'{"event_type": "form_response_partial"}') == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(["text", "email", "phone_number", "choice", "choices", "url", "number", "date", "x", ""])


@given(st.lists(st.tuples(st.text(max_size=30), TYPES, JSON), max_size=6), st.dictionaries(st.text(max_size=10), JSON))
def test_whatever_a_form_holds_it_is_read_or_refused(
    answers: list[tuple[str, str, Any]], hidden: dict[str, Any]
) -> None:
    body = json.dumps(response(*answers, hidden=hidden)).encode()
    try:
        reports = read(TypeformConnector(), body)
    except (Unreadable, ValidationError):
        return
    assert [it.kind for it in reports] == [Kind.FORM_FILLED]


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    for connector in (StandardConnector(), TwilioConnector(), TypeformConnector()):
        try:
            read(connector, body)
        except (Unreadable, ValidationError):
            continue
