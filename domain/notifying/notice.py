"""One thing that one person is told."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


class NoticeKind(StrEnum):
    """The kinds of notices, which people choose by. Each has ``notice-`` and the kind in kebab-case in the catalogues,
    with a ``.body``."""

    CUSTOMER_GAINED = "customer_gained"
    CUSTOMER_LOST = "customer_lost"
    CUSTOMER_RECYCLED = "customer_recycled"
    CUSTOMERS_IMPORTED = "customers_imported"
    CUSTOMERS_HANDED_OVER = "customers_handed_over"
    CUSTOMER_CORRECTED = "customer_corrected"
    CUSTOMER_MERGED = "customer_merged"
    CUSTOMER_SEPARATED = "customer_separated"
    LEAD_RECEIVED = "lead_received"
    LEAD_ASKED = "lead_asked"
    LEAD_REMINDED = "lead_reminded"
    LEAD_ESCALATED = "lead_escalated"
    LEAD_SETTLED = "lead_settled"
    LEADS_HANDED_OVER = "leads_handed_over"
    IMPORT_DOUBTS = "import_doubts"
    FOLLOWED_UP_BY_OTHER = "followed_up_by_other"
    FOLLOW_UP_DUE = "follow_up_due"
    FOLLOW_UP_ESCALATED = "follow_up_escalated"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"
    RECYCLING_HELD = "recycling_held"
    QUEUE_OVERDUE = "queue_overdue"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_REMINDED = "approval_reminded"
    APPROVAL_ESCALATED = "approval_escalated"
    APPROVAL_RETURNED = "approval_returned"
    APPROVAL_GRANTED = "approval_granted"
    APPROVAL_REJECTED = "approval_rejected"
    APPROVAL_RECALLED = "approval_recalled"
    APPROVAL_EXPIRED = "approval_expired"
    APPROVAL_OVERTAKEN = "approval_overtaken"
    CUSTOMER_SHARED = "customer_shared"
    SHARE_GRANTED = "share_granted"
    SHARE_EXTENDED = "share_extended"
    SHARE_REVOKED = "share_revoked"
    SHARE_EXPIRED = "share_expired"
    COLLISION_OPENED = "collision_opened"
    COLLISION_RISK = "collision_risk"
    COLLISION_SEEN_AGAIN = "collision_seen_again"
    COLLISION_PROPOSED = "collision_proposed"
    COLLISION_POSITION_TAKEN = "collision_position_taken"
    COLLISION_REMINDED = "collision_reminded"
    COLLISION_ESCALATED = "collision_escalated"
    COLLISION_SETTLED = "collision_settled"
    COLLISION_DISMISSED = "collision_dismissed"
    COLLISION_APPEALED = "collision_appealed"
    SURVEY_ANSWERED = "survey_answered"
    TARGET_MISSED = "target_missed"


class Notice(BaseModel):
    """What somebody is told, by ids: names are looked up for whoever reads it, as far as they may see them."""

    model_config = ConfigDict(frozen=True)
    person: str
    """The rep."""
    kind: NoticeKind
    urgent: bool
    """Whether it waits for no digest and no morning."""
    cause: str
    """What it is about: a person is told of one cause once in each kind."""
    event_id: str
    customer_id: str | None = None
    lead_id: str | None = None
    approval_id: str | None = None
    case_id: str | None = None
    facts: dict[str, JsonValue] = {}
    at: AwareDatetime
    """The workflow's time."""
