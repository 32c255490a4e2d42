"""What is made of reports: leads that pass the checks of any lead, follow-ups, touches without anything personal."""

from datetime import UTC, datetime

import pytest

from domain.follow_up import FollowUp
from domain.inbound.line import Party
from domain.inbound.made import follow_up_of, lead_of, touch_of
from domain.inbound.reported import (
    CallEnded,
    CallStarted,
    CampaignTouched,
    Direction,
    EmailSeen,
    FormFilled,
    Reported,
    ReportedLead,
)
from domain.lead import Lead
from domain.policy import FollowUpKind
from domain.touch import TouchKind

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CALL = {"source_id": "c1", "caller": "13800138000", "called": "8001", "direction": Direction.INBOUND}
ENDED = CallEnded(**CALL, answered=True, seconds=95)
MAIL = EmailSeen(source_id="m1", theirs="wang@example.com", direction=Direction.INBOUND, answer=True, name="王小明")


def made(reported: Reported, party: Party | None, rep_id: str | None = None) -> Lead | None:
    return lead_of(reported, party, source="con_1", report_id="inb_1", rep_id=rep_id, at=AT)


def test_an_unknown_caller_is_a_lead_of_the_rep_who_answered() -> None:
    lead = made(ENDED, Party(phones=("+8613800138000",)), "li.wei")
    assert lead is not None
    assert (lead.source, lead.external_id, lead.phones) == ("con_1", "inb_1", ("+8613800138000",))
    assert (lead.submitted_by, lead.named_contact, lead.occurred_at) == ("li.wei", None, AT)
    assert lead.attributes == {"reported_as": "call_ended"}


def test_an_unknown_writer_is_a_lead_with_their_name() -> None:
    lead = made(MAIL, Party(emails=("wang@example.com",), name="王小明"))
    assert lead is not None
    assert lead.person is not None
    assert (lead.emails, lead.person.name) == (("wang@example.com",), "王小明")


def test_a_form_keeps_the_name_that_its_tool_gave_it() -> None:
    given = ReportedLead.model_validate({"emails": ["wang@example.com"], "need": "报价", "occurred_at": AT})
    lead = made(FormFilled(source_id="t1", lead=given), None)
    assert lead is not None
    assert (lead.source, lead.external_id, lead.need) == ("con_1", "t1", "报价")


@pytest.mark.parametrize(
    ("reported", "party"),
    [
        (ENDED, None),
        (FormFilled(source_id="t1"), None),
        (ENDED, Party(phones=("1",))),
        (MAIL, Party(emails=("nobody",))),
    ],
    ids=range(4),
)
def test_what_names_nobody_makes_no_lead(reported: Reported, party: Party | None) -> None:
    assert made(reported, party) is None


@pytest.mark.parametrize(("reported", "kind"), [(ENDED, FollowUpKind.CALL), (MAIL, FollowUpKind.EMAIL)])
def test_a_follow_up_says_that_the_customer_answered(reported: CallEnded | EmailSeen, kind: FollowUpKind) -> None:
    assert follow_up_of(reported, "li.wei", "通话一分钟", AT) == FollowUp(
        rep_id="li.wei", kind=kind, content="通话一分钟", customer_answered=True, occurred_at=AT
    )


@pytest.mark.parametrize(
    ("reported", "kind", "data"),
    [
        (CallStarted(**CALL), TouchKind.CALL, {"direction": "inbound"}),
        (ENDED, TouchKind.CALL, {"direction": "inbound", "answered": True, "seconds": 95}),
        (MAIL, TouchKind.EMAIL, {"direction": "inbound", "answer": True}),
        (FormFilled(source_id="t1", answers={"姓名": "王小明"}), TouchKind.FORM, {}),
        (
            CampaignTouched(source_id="k1", theirs="wang@example.com", campaign="双十一", action="点击"),
            TouchKind.CAMPAIGN,
            {"campaign": "双十一", "action": "点击"},
        ),
    ],
    ids=range(5),
)
def test_a_touch_holds_nothing_personal(reported: Reported, kind: TouchKind, data: dict[str, object]) -> None:
    assert touch_of(reported) == (kind, data)
