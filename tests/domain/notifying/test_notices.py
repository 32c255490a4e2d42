"""Who is told of what: each person once for each cause, nobody who has left, nobody of what they did themselves."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from domain.event import EventKind
from domain.happening import Happening
from domain.lead_event import LeadEventKind
from domain.notifying.notice import Notice, NoticeKind
from domain.notifying.notices import notices_of
from domain.notifying.rules import OF_CUSTOMERS, OF_LEADS, OF_NOBODY, OF_ORGANISATION
from domain.notifying.scene import LeadSeen, Scene
from domain.organisation_event import ORGANISATION, OrganisationEventKind

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SCENE = Scene(
    owners={"cus_1": "li.wei"},
    leads={"lead_1": LeadSeen(submitted_by="xu.na", received_at=AT - timedelta(hours=2))},
    managers={"li.wei": "zhao.min", "xu.na": "zhao.min", "chen.jing": None},
    reps={"user-7": "li.wei"},
)
_positions = count(1)


def happening(kind: EventKind | LeadEventKind, /, actor: str = "system", **data: Any) -> Happening:
    of_lead = isinstance(kind, LeadEventKind)
    return Happening(
        position=next(_positions),
        stream="lead" if of_lead else "customer",
        id=f"event:{kind}",
        kind=kind,
        subject_id="lead_1" if of_lead else "cus_1",
        at=AT,
        recorded_at=AT,
        actor=actor,
        decision_id=None,
        data=data,
    )


def told(kind: EventKind | LeadEventKind, /, scene: Scene = SCENE, **data: Any) -> dict[str, str]:
    """Who is told of an event, and as what."""
    return {notice.person: notice.kind for notice in notices_of(happening(kind, **data), scene)}


def test_every_kind_is_told_or_meant_not_to_be() -> None:
    """A new kind of event makes somebody decide."""
    ruled = {*OF_CUSTOMERS, *OF_LEADS, *OF_ORGANISATION}
    assert ruled | OF_NOBODY == {*EventKind, *LeadEventKind, *OrganisationEventKind}
    assert not ruled & OF_NOBODY


def test_every_kind_of_notice_comes_of_something() -> None:
    import domain.notifying.notices as notices

    ruled = (*OF_CUSTOMERS.values(), *OF_LEADS.values(), *OF_ORGANISATION.values())
    rules = [rule for rules in ruled for rule in rules]
    assert {rule.kind for rule in rules} | {*notices._IN_IMPORTS.values(), *notices._IN_MOVES.values()} == {*NoticeKind}


@pytest.mark.parametrize(
    ("kind", "data", "who"),
    [
        (EventKind.OWNER_ASSIGNED, {"owner_id": "li.wei"}, {"li.wei": "customer_gained"}),
        (
            EventKind.REASSIGNED,
            {"owner_id": "xu.na", "previous_owner_id": "li.wei"},
            {"xu.na": "customer_gained", "li.wei": "customer_lost"},
        ),
        (EventKind.RECYCLED, {"owner_id": None, "previous_owner_id": "li.wei"}, {"li.wei": "customer_recycled"}),
        (EventKind.QUEUED, {"owner_id": None, "queue": "unassigned"}, {}),
        (EventKind.LEAD_RECEIVED, {"lead_id": "lead_1"}, {"li.wei": "lead_received"}),
        (EventKind.FOLLOW_UP_WARNING, {"owner_id": "li.wei"}, {"li.wei": "follow_up_due"}),
        (EventKind.FOLLOW_UP_ESCALATED, {"owner_id": "li.wei"}, {"zhao.min": "follow_up_escalated"}),
        (
            EventKind.OWNER_KEPT,
            {"owner_id": "li.wei"},
            {"li.wei": "follow_up_overdue", "zhao.min": "follow_up_overdue"},
        ),
        (EventKind.QUEUE_OVERDUE, {"owner_id": None, "told": "zhao.min"}, {"zhao.min": "queue_overdue"}),
        (EventKind.QUEUE_OVERDUE, {"owner_id": None, "told": None}, {}),
        (EventKind.APPROVAL_REQUESTED, {"asked": ["zhao.min"], "told": ["li.wei", "chen.jing"]}, {
            "zhao.min": "approval_asked"
        }),
        (EventKind.APPROVAL_GRANTED, {"told": ["li.wei", "chen.jing"]}, {
            "li.wei": "approval_granted", "chen.jing": "approval_granted"
        }),
        (EventKind.SHARE_GRANTED, {"owner_id": "li.wei", "rep_id": "xu.na"}, {
            "xu.na": "share_granted", "li.wei": "customer_shared"
        }),
        (EventKind.COLLISION_OPENED, {"risk": False, "told": ["li.wei", "xu.na"]}, {
            "li.wei": "collision_opened", "xu.na": "collision_opened"
        }),
        (EventKind.COLLISION_OPENED, {"risk": True, "told": ["li.wei"]}, {"li.wei": "collision_risk"}),
        (EventKind.FOLLOW_UP_LOGGED, {"owner_id": "li.wei", "shortfalls": ["not_by_the_owner"]}, {
            "li.wei": "followed_up_by_other"
        }),
        (EventKind.FOLLOW_UP_LOGGED, {"owner_id": "li.wei", "shortfalls": []}, {}),
        (LeadEventKind.ASKED, {"asked": ["li.wei", "chen.jing"]}, {"li.wei": "lead_asked", "chen.jing": "lead_asked"}),
        (LeadEventKind.ESCALATED, {"asked": ["zhao.min"]}, {"zhao.min": "lead_escalated"}),
        (LeadEventKind.SETTLED, {"customer_id": "cus_1"}, {"xu.na": "lead_settled"}),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)  # fmt: skip
def test_whom_an_event_is_told(kind: EventKind | LeadEventKind, data: dict[str, Any], who: dict[str, str]) -> None:
    assert told(kind, **data) == who


def test_a_lead_that_never_waited_is_not_told_to_who_has_the_answer() -> None:
    at_once = SCENE.model_copy(update={"leads": {"lead_1": LeadSeen(submitted_by="xu.na", received_at=AT)}})
    assert told(LeadEventKind.SETTLED, at_once) == {}


@pytest.mark.parametrize("kind", (*OF_CUSTOMERS, *OF_LEADS))
def test_a_person_who_left_is_never_told(kind: EventKind | LeadEventKind) -> None:
    lead = LeadSeen(submitted_by="wu.gone", received_at=AT - timedelta(hours=2))
    empty = Scene(owners={"cus_1": "wu.gone"}, leads={"lead_1": lead})
    everywhere = dict.fromkeys(("owner_id", "previous_owner_id", "rep_id"), "wu.gone")
    assert told(kind, empty, told=["wu.gone"], asked=["wu.gone"], **everywhere) == {}


@pytest.mark.parametrize("actor", ["li.wei", "user-7"])
def test_nobody_is_told_what_they_did_themselves(actor: str) -> None:
    assert told(EventKind.CLAIMED, actor=actor, owner_id="li.wei") == {}
    assert told(EventKind.PROFILE_CHANGED, actor=actor) == {}
    assert told(EventKind.APPROVAL_RECALLED, actor=actor, told=["li.wei", "xu.na"]) == {"xu.na": "approval_recalled"}


def test_once_whoever_a_rule_finds_twice() -> None:
    own_manager = Scene(owners={"cus_1": "zhao.min"}, managers={"zhao.min": "zhao.min"})
    (notice,) = notices_of(happening(EventKind.OWNER_KEPT), own_manager)
    assert (notice.person, notice.urgent) == ("zhao.min", True)


def one(kind: EventKind | LeadEventKind, /, scene: Scene = SCENE, **data: Any) -> Notice:
    (notice,) = notices_of(happening(kind, **data), scene)
    return notice


def test_what_is_told_is_ids_and_never_what_somebody_wrote() -> None:
    notice = one(EventKind.SHARE_REVOKED, rep_id="xu.na", reason="客户投诉", comment="王总不满意")
    assert notice.facts == {"rep_id": "xu.na"}
    assert (notice.customer_id, notice.event_id) == ("cus_1", "event:share_revoked")


def test_one_cause_on_two_customers_is_one_thing() -> None:
    seen = [
        happening(EventKind.COLLISION_OPENED, told=["xu.na"], cause="sig_1", case_id="col_1").model_copy(
            update={"subject_id": customer_id, "id": f"sig_1:{customer_id}"}
        )
        for customer_id in ("cus_1", "cus_2")
    ]
    causes = {(it.cause, it.kind, it.person) for event in seen for it in notices_of(event, SCENE)}
    assert causes == {("sig_1", "collision_opened", "xu.na")}


def test_an_import_is_told_as_one() -> None:
    row = LeadSeen(submitted_by=None, received_at=AT, import_id="imp_1")
    scene = SCENE.model_copy(update={"leads": {"lead_1": row, "lead_2": row}})
    born = [one(EventKind.OWNER_ASSIGNED, scene, owner_id="li.wei", lead_id=id_) for id_ in ("lead_1", "lead_2")]
    assert {(it.kind, it.cause) for it in born} == {("customers_imported", "imp_1:customer_gained")}
    assert (born[0].customer_id, born[0].facts) == (None, {"import_id": "imp_1"})
    asked = one(LeadEventKind.ASKED, scene, asked=["li.wei"])
    reminded = one(LeadEventKind.REMINDED, scene, asked=["li.wei"])
    assert (asked.kind, asked.cause) == ("import_doubts", "imp_1:lead_asked")
    assert (reminded.kind, reminded.cause, reminded.urgent) == ("import_doubts", "imp_1:lead_reminded", True)


def test_a_move_is_told_as_one() -> None:
    gained = one(EventKind.OWNER_ASSIGNED, owner_id="xu.na", previous_owner_id="wu.gone", move_id="mov_1")
    assert (gained.kind, gained.cause, gained.customer_id) == (
        "customers_handed_over", "mov_1:customer_gained", None,
    )  # fmt: skip
    asked = one(LeadEventKind.HANDED_OVER, asked=["xu.na"], move_id="mov_1", left="wu.gone")
    assert (asked.kind, asked.lead_id) == ("leads_handed_over", None)


def test_a_missed_target_is_told_to_those_whom_it_names_and_is_about_nobodys_customer() -> None:
    data = {"kpi": "collision_rate", "month": "2026-10", "value": 0.031, "target": 0.02}
    missed = Happening(
        position=next(_positions),
        stream=ORGANISATION,
        id="target_missed:2026-10:collision_rate",
        kind=OrganisationEventKind.TARGET_MISSED,
        subject_id=ORGANISATION,
        at=AT,
        recorded_at=AT,
        actor="system",
        decision_id=None,
        data={**data, "told": ["zhao.min", "gone"]},
    )
    (notice,) = notices_of(missed, SCENE)
    assert (notice.person, notice.kind, notice.urgent) == ("zhao.min", NoticeKind.TARGET_MISSED, False)
    assert (notice.customer_id, notice.lead_id, notice.facts) == (None, None, data)
