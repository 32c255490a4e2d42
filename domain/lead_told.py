"""What the event of a lead tells, beside that it came: for those who watch events and never see the lead."""

from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue

from domain.lead import Kept
from domain.submission import Submission


class LeadTold(Kept):
    """Ids and the trade show, nothing that anybody wrote about the customer."""

    lead_id: str
    owner_id: str | None = None
    """Who owned the customer when it came; of a new customer, to whom it was given."""
    submitted_by: str | None = None
    named_contact: str | None = None
    """The rep whom the customer asked for, unless the policy lets the customer change its owner by that."""
    show: str | None = None
    show_date: date | None = None
    show_contact: str | None = None
    contested: tuple[str, ...] = ()
    """Other customers who hold a strong identifier that the lead carries, too."""
    imported: bool = False
    """Whether it is a row of a file."""


def lead_told(
    submission: Submission, owner_id: str | None, *, contested: Sequence[str] = (), wish_granted: bool = False
) -> dict[str, JsonValue]:
    """What is told of a lead, as an event's data.

    Args:
        submission: the lead.
        owner_id: who owns the customer.
        contested: other customers who hold strong identifiers of the lead.
        wish_granted: whether the contact whom the customer named may get it by the policy.
    """
    lead, show = submission.lead, submission.lead.show
    return LeadTold(
        lead_id=submission.lead_id,
        owner_id=owner_id,
        submitted_by=lead.submitted_by,
        named_contact=None if wish_granted else lead.named_contact,
        show=show.name if show else None,
        show_date=show.date if show else None,
        show_contact=show.contact if show else None,
        contested=tuple(contested),
        imported=submission.imported,
    ).model_dump(mode="json", exclude_defaults=True)
