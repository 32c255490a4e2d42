"""What may happen to a customer. Each kind has a sentence in the catalogues: ``event-`` and the kind in kebab-case."""

from enum import StrEnum


class EventKind(StrEnum):
    """The kinds of events on a customer's timeline."""

    CUSTOMER_REGISTERED = "customer_registered"
    OWNER_ASSIGNED = "owner_assigned"
    QUEUED = "queued"
    LEAD_RECEIVED = "lead_received"
    FOLLOW_UP_LOGGED = "follow_up_logged"
    FOLLOW_UP_WARNING = "follow_up_warning"
    FOLLOW_UP_ESCALATED = "follow_up_escalated"
    REASSIGNED = "reassigned"
    RECYCLED = "recycled"
    OWNER_KEPT = "owner_kept"
    OWNER_CHANGED = "owner_changed"
    CLAIMED = "claimed"
    RELEASED = "released"
    PROFILE_CHANGED = "profile_changed"
    RECYCLING_HELD = "recycling_held"
    COMMITMENT_OPENED = "commitment_opened"
    COMMITMENT_CLOSED = "commitment_closed"
    STANDING_CHANGED = "standing_changed"
    DESIGNATED = "designated"
    QUEUE_RETRIED = "queue_retried"
    QUEUE_OVERDUE = "queue_overdue"
    CUSTOMER_MERGED = "customer_merged"
    CUSTOMER_ABSORBED = "customer_absorbed"
    CUSTOMER_UNMERGED = "customer_unmerged"
    CUSTOMER_SEPARATED = "customer_separated"
    RULES_CHANGED = "rules_changed"
    ITEM_DECIDED = "item_decided"
    ITEM_RECEIVED = "item_received"


APART_FROM_OWNERSHIP = frozenset(
    {
        EventKind.CUSTOMER_REGISTERED,
        EventKind.LEAD_RECEIVED,
        EventKind.FOLLOW_UP_LOGGED,
        EventKind.FOLLOW_UP_WARNING,
        EventKind.FOLLOW_UP_ESCALATED,
        EventKind.PROFILE_CHANGED,
        EventKind.RULES_CHANGED,
        EventKind.RECYCLING_HELD,
        EventKind.COMMITMENT_OPENED,
        EventKind.COMMITMENT_CLOSED,
        EventKind.STANDING_CHANGED,
        EventKind.ITEM_DECIDED,
        EventKind.ITEM_RECEIVED,
    }
)
"""What happens without anybody asking who shall own the customer."""
