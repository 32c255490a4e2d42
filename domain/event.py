"""What may happen to a customer. Each kind has a sentence in the catalogues: ``event-`` and the kind in kebab-case."""

from enum import StrEnum

SYSTEM = "system"
"""Who acts where nobody does: time, or what was to follow."""


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
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_REMINDED = "approval_reminded"
    APPROVAL_ESCALATED = "approval_escalated"
    APPROVAL_GRANTED = "approval_granted"
    APPROVAL_REJECTED = "approval_rejected"
    APPROVAL_RETURNED = "approval_returned"
    APPROVAL_RESUBMITTED = "approval_resubmitted"
    APPROVAL_RECALLED = "approval_recalled"
    APPROVAL_EXPIRED = "approval_expired"
    APPROVAL_OVERTAKEN = "approval_overtaken"
    TRANSFERRED = "transferred"
    SHARE_GRANTED = "share_granted"
    SHARE_EXTENDED = "share_extended"
    SHARE_REVOKED = "share_revoked"
    SHARE_EXPIRED = "share_expired"
    TOUCH_LOGGED = "touch_logged"
    IDENTIFIER_CONTESTED = "identifier_contested"
    COLLISION_OPENED = "collision_opened"
    COLLISION_SEEN_AGAIN = "collision_seen_again"
    COLLISION_PROPOSED = "collision_proposed"
    COLLISION_POSITION_TAKEN = "collision_position_taken"
    COLLISION_REMINDED = "collision_reminded"
    COLLISION_ESCALATED = "collision_escalated"
    COLLISION_SETTLED = "collision_settled"
    COLLISION_DISMISSED = "collision_dismissed"
    COLLISION_APPEALED = "collision_appealed"
    ASSIGNMENT_FROZEN = "assignment_frozen"
    ASSIGNMENT_THAWED = "assignment_thawed"
    SURVEY_SENT = "survey_sent"
    SURVEY_ANSWERED = "survey_answered"


ABOUT_APPROVALS = frozenset(
    {
        EventKind.APPROVAL_REQUESTED,
        EventKind.APPROVAL_ASKED,
        EventKind.APPROVAL_REMINDED,
        EventKind.APPROVAL_ESCALATED,
        EventKind.APPROVAL_GRANTED,
        EventKind.APPROVAL_REJECTED,
        EventKind.APPROVAL_RETURNED,
        EventKind.APPROVAL_RESUBMITTED,
        EventKind.APPROVAL_RECALLED,
        EventKind.APPROVAL_EXPIRED,
        EventKind.APPROVAL_OVERTAKEN,
    }
)
"""How a request about the customer goes on. What it comes to, the customer's own workflow tells."""

ABOUT_COLLISIONS = frozenset(
    {
        EventKind.COLLISION_OPENED,
        EventKind.COLLISION_SEEN_AGAIN,
        EventKind.COLLISION_PROPOSED,
        EventKind.COLLISION_POSITION_TAKEN,
        EventKind.COLLISION_REMINDED,
        EventKind.COLLISION_ESCALATED,
        EventKind.COLLISION_SETTLED,
        EventKind.COLLISION_DISMISSED,
        EventKind.COLLISION_APPEALED,
    }
)
"""How a collision case about the customer goes on, or the risk of one. What it comes to, its workflow tells."""

APART_FROM_OWNERSHIP = (ABOUT_APPROVALS | ABOUT_COLLISIONS) | frozenset(
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
        EventKind.SHARE_GRANTED,
        EventKind.SHARE_EXTENDED,
        EventKind.SHARE_REVOKED,
        EventKind.SHARE_EXPIRED,
        EventKind.ITEM_DECIDED,
        EventKind.ITEM_RECEIVED,
        EventKind.TOUCH_LOGGED,
        EventKind.IDENTIFIER_CONTESTED,
        EventKind.ASSIGNMENT_FROZEN,
        EventKind.ASSIGNMENT_THAWED,
        EventKind.SURVEY_SENT,
        EventKind.SURVEY_ANSWERED,
    }
)
"""What happens without anybody asking who shall own the customer."""
