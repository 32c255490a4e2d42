"""What is made of a report: a lead, a follow-up, or a touch, as the rest of the product takes them."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.follow_up import FollowUp
from domain.inbound.line import Party
from domain.inbound.reported import CallEnded, CallStarted, CampaignTouched, EmailSeen, FormFilled, Reported
from domain.lead import Lead
from domain.policy import FollowUpKind
from domain.submitted import SubmittedLead
from domain.touch import TouchKind


def lead_of(
    reported: Reported, party: Party | None, *, source: str, report_id: str, rep_id: str | None, at: datetime
) -> Lead | None:
    """The lead that a report makes; None when nothing in it says who it is.

    Args:
        reported: the report.
        party: who is on the other side of it.
        source: the connector's id, which is the lead's source.
        report_id: the report's, which names the lead unless it came out of a form that has a name of its own.
        rep_id: the rep on our side.
        at: when it happened.
    """
    if isinstance(reported, FormFilled):
        if reported.lead is None:
            return None
        given = reported.lead.model_dump(exclude={"source", "external_id"}, exclude_unset=True)
        external_id = reported.source_id
    elif party is not None:
        person = {"name": party.name} if party.name else None
        given = {"phones": party.phones, "emails": party.emails, "person": person, "submitted_by": rep_id}
        given["attributes"] = {"reported_as": str(reported.kind)}
        external_id = report_id
    else:
        return None
    given = {"occurred_at": at, **given, "source": source, "external_id": external_id}
    try:
        return Lead.model_validate(SubmittedLead.model_validate(given).model_dump())
    except ValidationError:
        return None


def follow_up_of(reported: CallEnded | EmailSeen, rep_id: str, content: str, at: datetime) -> FollowUp:
    """The follow-up that a call or an answered e-mail is.

    Args:
        reported: the report.
        rep_id: whose it is.
        content: what is written down of it.
        at: when it happened.
    """
    call = isinstance(reported, CallEnded)
    return FollowUp(
        rep_id=rep_id,
        kind=FollowUpKind.CALL if call else FollowUpKind.EMAIL,
        content=content,
        customer_answered=True,
        occurred_at=at,
    )


def touch_of(reported: Reported) -> tuple[TouchKind, dict[str, Any]]:
    """The kind of contact that a report is, and what is known of it that is not personal."""
    match reported:
        case CallStarted():
            return TouchKind.CALL, {"direction": str(reported.direction)}
        case CallEnded():
            said = {"answered": reported.answered, "seconds": reported.seconds}
            return TouchKind.CALL, {"direction": str(reported.direction), **said}
        case EmailSeen():
            return TouchKind.EMAIL, {"direction": str(reported.direction), "answer": reported.answer}
        case FormFilled():
            return TouchKind.FORM, {}
        case CampaignTouched():
            return TouchKind.CAMPAIGN, {"campaign": reported.campaign, "action": reported.action}
