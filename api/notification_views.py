"""Notifications as the API shows them, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from domain.notifying.notice import NoticeKind
from notice_text import notice_text
from store.notifications import Names
from store.tables import NotificationRow


class NotificationView(BaseModel):
    """One thing that you are told."""

    id: str
    position: int = Field(description="The order of telling; also the `id:` of the stream's message.")
    kind: NoticeKind
    urgent: bool
    subject: str
    body: str
    event_id: str
    customer_id: str | None
    lead_id: str | None
    approval_id: str | None
    case_id: str | None
    facts: dict[str, Any] = Field(description="Ids, times and numbers of what happened.")
    at: AwareDatetime = Field(description="When it happened.")
    read_at: AwareDatetime | None


def notification_view(row: NotificationRow, names: Names, locale: str) -> NotificationView:
    """One notification; a customer whom the reader may not see in full has no name in it."""
    customer = names.customers.get(row.customer_id) if row.customer_id else None
    text = notice_text(locale, row.kind, row.facts, lead_id=row.lead_id, customer=customer, reps=names.reps)
    return NotificationView(
        id=row.id,
        position=row.position or 0,
        kind=NoticeKind(row.kind),
        urgent=row.urgent,
        subject=text.subject,
        body=text.body,
        event_id=row.event_id,
        customer_id=row.customer_id,
        lead_id=row.lead_id,
        approval_id=row.approval_id,
        case_id=row.case_id,
        facts=row.facts,
        at=row.at,
        read_at=row.read_at,
    )


def notification_views(rows: Sequence[NotificationRow], names: Names, locale: str) -> list[NotificationView]:
    """Several of them."""
    return [notification_view(row, names, locale) for row in rows]
