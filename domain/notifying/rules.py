"""Whom each kind of event is told to, as what, how urgently. Each is here or among those that nobody is told of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from domain.event import EventKind
from domain.follow_up import Shortfall
from domain.happening import Happening
from domain.lead_event import LeadEventKind
from domain.notifying.notice import NoticeKind
from domain.notifying.scene import Scene, named, waited
from domain.organisation_event import ORGANISATION, OrganisationEventKind

Whom = Callable[[Happening, Scene], Iterable[str | None]]


@dataclass(frozen=True)
class Rule:
    """Who is told of an event, and as what. Nobody is told of what they did themselves."""

    whom: Whom
    kind: NoticeKind
    urgent: bool = False


def _owner(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return (scene.owner_of(happened),)


def _new_owner(happened: Happening, scene: Scene) -> Iterable[str | None]:
    """The owner whom the event itself names."""
    return named(happened, "owner_id")


def _previous(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return named(happened, "previous_owner_id")


def _manager(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return (scene.by_manager_of(scene.owner_of(happened)),)


def _rep(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return named(happened, "rep_id")


def _told(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return named(happened, "told")


def _asked(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return named(happened, "asked")


def _submitter_who_waited(happened: Happening, scene: Scene) -> Iterable[str | None]:
    lead = scene.lead_of(happened)
    return (lead.submitted_by,) if lead and waited(happened, lead) else ()


def _owner_beside_whom_somebody_follows_up(happened: Happening, scene: Scene) -> Iterable[str | None]:
    lacking = happened.data.get("shortfalls")
    stranger = isinstance(lacking, list) and Shortfall.NOT_OWNER in lacking
    return _owner(happened, scene) if stranger or happened.data.get("collaborator") else ()


def _met(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return () if happened.data.get("risk") else _told(happened, scene)


def _might_meet(happened: Happening, scene: Scene) -> Iterable[str | None]:
    return _told(happened, scene) if happened.data.get("risk") else ()


_GAINED, _LOST = Rule(_new_owner, NoticeKind.CUSTOMER_GAINED), Rule(_previous, NoticeKind.CUSTOMER_LOST)
_RECYCLED = Rule(_previous, NoticeKind.CUSTOMER_RECYCLED)
_ASKED = Rule(_asked, NoticeKind.APPROVAL_ASKED)

OF_CUSTOMERS: Mapping[EventKind, tuple[Rule, ...]] = {
    EventKind.OWNER_ASSIGNED: (_GAINED, _LOST),
    EventKind.OWNER_CHANGED: (_GAINED, _LOST),
    EventKind.REASSIGNED: (_GAINED, _LOST),
    EventKind.DESIGNATED: (_GAINED, _LOST),
    EventKind.TRANSFERRED: (_GAINED, _LOST),
    EventKind.CLAIMED: (_GAINED,),
    EventKind.QUEUED: (_LOST,),
    EventKind.RECYCLED: (_RECYCLED,),
    EventKind.RELEASED: (_RECYCLED,),
    EventKind.LEAD_RECEIVED: (Rule(_owner, NoticeKind.LEAD_RECEIVED),),
    EventKind.FOLLOW_UP_LOGGED: (Rule(_owner_beside_whom_somebody_follows_up, NoticeKind.FOLLOWED_UP_BY_OTHER),),
    EventKind.FOLLOW_UP_WARNING: (Rule(_owner, NoticeKind.FOLLOW_UP_DUE, urgent=True),),
    EventKind.FOLLOW_UP_ESCALATED: (Rule(_manager, NoticeKind.FOLLOW_UP_ESCALATED, urgent=True),),
    EventKind.OWNER_KEPT: (
        Rule(_owner, NoticeKind.FOLLOW_UP_OVERDUE, urgent=True),
        Rule(_manager, NoticeKind.FOLLOW_UP_OVERDUE),
    ),
    EventKind.RECYCLING_HELD: (Rule(_owner, NoticeKind.RECYCLING_HELD),),
    EventKind.QUEUE_OVERDUE: (Rule(_told, NoticeKind.QUEUE_OVERDUE, urgent=True),),
    EventKind.PROFILE_CHANGED: (Rule(_owner, NoticeKind.CUSTOMER_CORRECTED),),
    EventKind.CUSTOMER_MERGED: (Rule(_previous, NoticeKind.CUSTOMER_MERGED),),
    EventKind.CUSTOMER_ABSORBED: (Rule(_owner, NoticeKind.CUSTOMER_MERGED), _LOST),
    EventKind.CUSTOMER_UNMERGED: (Rule(_owner, NoticeKind.CUSTOMER_SEPARATED),),
    EventKind.CUSTOMER_SEPARATED: (Rule(_owner, NoticeKind.CUSTOMER_SEPARATED), _LOST),
    EventKind.APPROVAL_REQUESTED: (_ASKED,),
    EventKind.APPROVAL_RESUBMITTED: (_ASKED,),
    EventKind.APPROVAL_ASKED: (_ASKED,),
    EventKind.APPROVAL_REMINDED: (Rule(_asked, NoticeKind.APPROVAL_REMINDED, urgent=True),),
    EventKind.APPROVAL_ESCALATED: (Rule(_asked, NoticeKind.APPROVAL_ESCALATED, urgent=True),),
    EventKind.APPROVAL_RETURNED: (Rule(_asked, NoticeKind.APPROVAL_RETURNED),),
    EventKind.APPROVAL_GRANTED: (Rule(_told, NoticeKind.APPROVAL_GRANTED),),
    EventKind.APPROVAL_REJECTED: (Rule(_told, NoticeKind.APPROVAL_REJECTED),),
    EventKind.APPROVAL_RECALLED: (Rule(_told, NoticeKind.APPROVAL_RECALLED),),
    EventKind.APPROVAL_EXPIRED: (Rule(_told, NoticeKind.APPROVAL_EXPIRED),),
    EventKind.APPROVAL_OVERTAKEN: (Rule(_told, NoticeKind.APPROVAL_OVERTAKEN),),
    EventKind.SHARE_GRANTED: (Rule(_rep, NoticeKind.SHARE_GRANTED), Rule(_owner, NoticeKind.CUSTOMER_SHARED)),
    EventKind.SHARE_EXTENDED: (Rule(_rep, NoticeKind.SHARE_EXTENDED),),
    EventKind.SHARE_REVOKED: (Rule(_rep, NoticeKind.SHARE_REVOKED),),
    EventKind.SHARE_EXPIRED: (Rule(_rep, NoticeKind.SHARE_EXPIRED),),
    EventKind.COLLISION_OPENED: (
        Rule(_met, NoticeKind.COLLISION_OPENED, urgent=True),
        Rule(_might_meet, NoticeKind.COLLISION_RISK),
    ),
    EventKind.COLLISION_SEEN_AGAIN: (
        Rule(
            _met, NoticeKind.COLLISION_SEEN_AGAIN, urgent=True
        ),  # for who is new in the case, or a risk that came true
        Rule(_might_meet, NoticeKind.COLLISION_SEEN_AGAIN),
    ),
    EventKind.COLLISION_PROPOSED: (Rule(_told, NoticeKind.COLLISION_PROPOSED),),
    EventKind.COLLISION_POSITION_TAKEN: (Rule(_told, NoticeKind.COLLISION_POSITION_TAKEN),),
    EventKind.COLLISION_REMINDED: (Rule(_told, NoticeKind.COLLISION_REMINDED, urgent=True),),
    EventKind.COLLISION_ESCALATED: (Rule(_told, NoticeKind.COLLISION_ESCALATED, urgent=True),),
    EventKind.COLLISION_SETTLED: (Rule(_told, NoticeKind.COLLISION_SETTLED),),
    EventKind.COLLISION_DISMISSED: (Rule(_told, NoticeKind.COLLISION_DISMISSED),),
    EventKind.COLLISION_APPEALED: (Rule(_told, NoticeKind.COLLISION_APPEALED),),
    EventKind.SURVEY_ANSWERED: (Rule(_owner, NoticeKind.SURVEY_ANSWERED),),
}
"""Of what happens to customers."""

OF_LEADS: Mapping[LeadEventKind, tuple[Rule, ...]] = {
    LeadEventKind.ASKED: (Rule(_asked, NoticeKind.LEAD_ASKED),),
    LeadEventKind.REMINDED: (Rule(_asked, NoticeKind.LEAD_REMINDED, urgent=True),),
    LeadEventKind.ESCALATED: (Rule(_asked, NoticeKind.LEAD_ESCALATED, urgent=True),),
    LeadEventKind.UNSURE: (Rule(_asked, NoticeKind.LEAD_ESCALATED),),
    LeadEventKind.HANDED_OVER: (Rule(_asked, NoticeKind.LEAD_ASKED),),
    LeadEventKind.SETTLED: (Rule(_submitter_who_waited, NoticeKind.LEAD_SETTLED),),
}
"""Of what happens to leads."""

OF_ORGANISATION: Mapping[OrganisationEventKind, tuple[Rule, ...]] = {
    OrganisationEventKind.TARGET_MISSED: (Rule(_told, NoticeKind.TARGET_MISSED),),
}
"""Of what happens to the organisation."""

OF_NOBODY: frozenset[EventKind | LeadEventKind] = frozenset(
    {
        EventKind.CUSTOMER_REGISTERED,  # its owner is told of the assignment
        EventKind.COMMITMENT_OPENED,
        EventKind.COMMITMENT_CLOSED,
        EventKind.STANDING_CHANGED,
        EventKind.QUEUE_RETRIED,
        EventKind.RULES_CHANGED,
        EventKind.ITEM_DECIDED,
        EventKind.ITEM_RECEIVED,
        EventKind.TOUCH_LOGGED,  # the detectors look at it, as at the next
        EventKind.IDENTIFIER_CONTESTED,
        EventKind.ASSIGNMENT_FROZEN,  # its case is told
        EventKind.ASSIGNMENT_THAWED,
        EventKind.SURVEY_SENT,
        LeadEventKind.RECEIVED,
        LeadEventKind.ANSWERED,
        LeadEventKind.TIME_UP,
    }
)
"""What is on the timeline for whoever looks there."""


def rules_for(happened: Happening) -> tuple[Rule, ...]:
    """The rules for an event; none for kinds of which nobody is told."""
    if happened.stream == "lead":
        return OF_LEADS.get(LeadEventKind(happened.kind), ())
    if happened.stream == ORGANISATION:
        return OF_ORGANISATION[OrganisationEventKind(happened.kind)]
    return OF_CUSTOMERS.get(EventKind(happened.kind), ())
