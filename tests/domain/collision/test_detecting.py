"""Detectors on plain data: what each takes for a meeting, and what it does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.collision.detecting import WATCHED, detect, looking
from domain.collision.detector import Detector
from domain.collision.rules import CollisionRules
from domain.collision.scene import Contact, Known, Merger, Met, Review, Scene, Territory
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.happening import Happening
from domain.lead import CustomerType
from domain.lead_event import LeadEventKind
from domain.ownership import Ownership, Place
from domain.share import Access, Share
from messages import LOCALES, has_message

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = CollisionRules()
SHOW = {"show": "广交会", "show_date": "2026-02-20"}


def known(owner: str | None = "zhang", customer: str = "cus_1", **fields: Any) -> Known:
    """A customer, whose owner's manager is Chen."""
    place = Place.OWNED if owner else Place.POOL
    ownership = Ownership(
        customer_id=customer,
        customer_type=CustomerType.NEW_REGISTRATION,
        region="CN-GD",
        seq=1,
        place=place,
        owner_id=owner,
        queue=None if owner else "public",
        since=AT - 90 * DAY,
        **fields,
    )
    return Known(ownership, "chen" if owner else None)


def shared(rep_id: str, days: int = 10) -> tuple[Share, ...]:
    return (Share(rep_id=rep_id, access=Access.READ, until=AT + days * DAY, since=AT - DAY),)


def event(kind: str, stream: str = "customer", /, **data: Any) -> Happening:
    told = {"lead_id": "lead_2"} if kind == EventKind.LEAD_RECEIVED else {}
    return Happening(
        position=1,
        stream=stream,
        id="event_1",
        kind=kind,
        subject_id="cus_1",
        at=AT,
        recorded_at=AT,
        actor="system",
        decision_id=None,
        data={**told, **data},
    )


def met(happened: Happening, scene: Scene) -> dict[Detector, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Who was seen to meet on what, by detector."""
    return {it.detector: (it.customer_ids, it.rep_ids) for it in detect(happened, scene, RULES)}


def opportunity(reference: str, rep_id: str | None, need: str | None, days: int = 90) -> Commitment:
    return Commitment(
        kind=CommitmentKind.OPPORTUNITY, reference=reference, rep_id=rep_id, need=need, until=AT + days * DAY
    )


def test_every_detector_has_texts_and_looks_at_something() -> None:
    for detector in Detector:
        name = f"detector-{detector.replace('_', '-')}"
        assert all(has_message(locale, it) for locale in LOCALES for it in (name, f"{name}.why"))
    every = {it for kind in WATCHED for it in looking(event(kind), RULES)}
    assert every == set(Detector)


@pytest.mark.parametrize(
    ("told", "others"),
    [
        ({"submitted_by": "li"}, ("li",)),
        ({"named_contact": "li"}, ("li",)),
        ({"show_contact": "li", "submitted_by": "wang", **SHOW}, ("li", "wang")),
        ({"submitted_by": "zhang"}, None),
        ({"submitted_by": "chen"}, None),  # the owner's manager
        ({"submitted_by": "shared"}, None),
        ({"submitted_by": "li", "owner_id": "li"}, None),  # owned it at that time
        ({}, None),
    ],
)
def test_second_lead(told: dict[str, Any], others: tuple[str, ...] | None) -> None:
    scene = Scene(customer=known(shares=shared("shared")))
    expected = {} if others is None else {Detector.SECOND_LEAD: (("cus_1",), ("zhang", *others))}
    assert met(event(EventKind.LEAD_RECEIVED, **told), scene) == expected


def test_a_share_that_is_over_entitles_nobody() -> None:
    scene = Scene(customer=known(shares=shared("li", days=0)))
    assert Detector.SECOND_LEAD in met(event(EventKind.LEAD_RECEIVED, submitted_by="li"), scene)


@pytest.mark.parametrize(
    ("kind", "told", "found"),
    [
        (EventKind.TOUCH_LOGGED, {"rep_id": "li", "kind": "call"}, Detector.FOREIGN_CONTACT),
        (EventKind.TOUCH_LOGGED, {"rep_id": "li", "kind": "email"}, Detector.FOREIGN_CONTACT),
        (EventKind.FOLLOW_UP_LOGGED, {"rep_id": "li", "kind": "visit"}, Detector.FOREIGN_CONTACT),
        (EventKind.FOLLOW_UP_LOGGED, {"rep_id": "li", "kind": "note"}, None),
        (EventKind.TOUCH_LOGGED, {"rep_id": "li", "kind": "form"}, None),
        (EventKind.TOUCH_LOGGED, {"rep_id": None, "kind": "call"}, None),
        (EventKind.TOUCH_LOGGED, {"rep_id": "zhang", "kind": "call"}, None),
        (EventKind.TOUCH_LOGGED, {"rep_id": "li", "kind": "call", "owner_id": "li"}, None),
        (EventKind.TOUCH_LOGGED, {"rep_id": "li", "kind": "address_book"}, Detector.ADDRESS_BOOK),
        (EventKind.TOUCH_LOGGED, {"rep_id": "zhang", "kind": "address_book"}, None),
    ],
)
def test_contacts(kind: EventKind, told: dict[str, Any], found: Detector | None) -> None:
    expected = {found: (("cus_1",), ("zhang", "li"))} if found else {}
    assert met(event(kind, **told), Scene(customer=known())) == expected


@pytest.mark.parametrize(
    ("other", "meet"),
    [
        (opportunity("O-1", "zhang", "erp"), True),
        (opportunity("O-1", "wang", "ERP 。"), True),
        (opportunity("O-1", "zhang", "服务器"), False),
        (opportunity("O-1", "li", "ERP"), False),
        (opportunity("O-2", "zhang", "ERP"), False),  # the same, written before
        (opportunity("O-1", None, "ERP"), False),
        (opportunity("O-1", "zhang", None), False),
        (opportunity("O-1", "zhang", "ERP", days=-1), False),
        (opportunity("O-1", "zhang", "ERP").model_copy(update={"kind": CommitmentKind.CONTRACT}), False),
    ],
)
def test_rival_opportunities(other: Commitment, meet: bool) -> None:
    opened = opportunity("O-2", "li", "ERP")
    happened = event(EventKind.COMMITMENT_OPENED, owner_id="zhang", **opened.model_dump(mode="json"))
    scene = Scene(customer=known(commitments=(other, opened)))
    assert (Detector.RIVAL_OPPORTUNITIES in met(happened, scene)) is meet


def test_owner_and_collaborator_are_no_rivals() -> None:
    both = (opportunity("O-1", "zhang", "ERP"), opportunity("O-2", "li", "ERP"))
    happened = event(EventKind.COMMITMENT_OPENED, **both[1].model_dump(mode="json"))
    assert met(happened, Scene(customer=known(commitments=both, shares=shared("li")))) == {}
    assert met(happened, Scene(customer=known(None, commitments=both))) != {}


@pytest.mark.parametrize(
    ("merger", "meet"),
    [
        (Merger("mrg_1", "zhang", "li"), True),
        (Merger("mrg_1", "zhang", "zhang"), False),
        (Merger("mrg_1", "zhang", None), False),
        (None, False),
    ],
)
def test_found_one_by_a_merge(merger: Merger | None, meet: bool) -> None:
    scene = Scene(customer=known(), merger=merger)
    expected = {Detector.FOUND_ONE: (("cus_1",), ("zhang", "li"))} if meet else {}
    assert met(event(EventKind.CUSTOMER_MERGED, merge_id="mrg_1"), scene) == expected


def test_found_one_by_identifiers() -> None:
    happened = event(EventKind.LEAD_RECEIVED, contested=["cus_2", "cus_3", "cus_4", "cus_9"])
    others = {
        "cus_2": known("li", "cus_2"),
        "cus_3": known("zhang", "cus_3"),  # the same owner
        "cus_4": known(None, "cus_4"),
        "cus_9": known(),  # merged into this one meanwhile
    }
    scene = Scene(customer=known(), others=others)
    assert met(happened, scene) == {Detector.FOUND_ONE: (("cus_1", "cus_2"), ("zhang", "li"))}


def test_found_one_by_a_correction_that_was_refused() -> None:
    happened = event(EventKind.IDENTIFIER_CONTESTED, contested=["cus_2", "cus_3"])
    scene = Scene(customer=known(), others={"cus_2": known("li", "cus_2"), "cus_3": known("zhang", "cus_3")})
    assert met(happened, scene) == {Detector.FOUND_ONE: (("cus_1", "cus_2"), ("zhang", "li"))}


def test_group_tells_one_customer_of_each_owner() -> None:
    group = (known("li", "cus_2"), known("li", "cus_3"), known("wang", "cus_4"), known("zhang", "cus_5"))
    scene = Scene(customer=known(), group=group)
    expected = {Detector.GROUP: (("cus_1", "cus_2", "cus_4"), ("zhang", "li", "wang"))}
    assert met(event(EventKind.CUSTOMER_REGISTERED, lead_id="lead_1"), scene) == expected
    assert met(event(EventKind.CLAIMED), scene) == expected
    mates = (replace(known("li", "cus_2", shares=shared("zhang"))),)
    assert met(event(EventKind.CLAIMED), Scene(customer=known(), group=mates)) == {}


@pytest.mark.parametrize(
    ("before", "meet"),
    [
        (Met("lead_1", "广 交会", date(2026, 2, 22), "zhang"), True),
        (Met("lead_1", "广交会", date(2026, 2, 22), "wang"), True),
        (Met("lead_1", "广交会", date(2025, 2, 22), "zhang"), False),  # the year before
        (Met("lead_1", "进博会", date(2026, 2, 22), "zhang"), False),
        (Met("lead_1", "广交会", date(2026, 2, 22), "li"), False),
        (Met("lead_1", "广交会", date(2026, 2, 22), None), False),
        (Met("lead_2", "广交会", date(2026, 2, 20), "zhang"), False),  # the very lead
    ],
)
def test_same_show(before: Met, meet: bool) -> None:
    happened = event(EventKind.LEAD_RECEIVED, show_contact="li", **SHOW)
    assert (Detector.SAME_SHOW in met(happened, Scene(customer=known(), shows=(before,)))) is meet


def test_reviews() -> None:
    asked = event(LeadEventKind.ASKED, "lead")
    mine, theirs = Review("lead_1", ("li",), ("cus_1", "cus_2")), Review("lead_2", ("wang",), ("cus_2",), ("name",))
    scene = Scene(others={"cus_1": known()}, review=mine, reviews=(theirs,))
    assert met(asked, scene) == {
        Detector.DOUBLE_REVIEW: (("cus_1", "cus_2"), ("li", "wang")),
        Detector.DOUBT_ABOUT_OWNED: (("cus_1",), ("zhang", "li")),
    }
    for lone in (
        replace(scene, review=None),
        replace(scene, review=replace(mine, reps=())),
        replace(scene, review=replace(mine, reps=("wang",)), others={"cus_1": known("wang")}),
        replace(scene, review=replace(mine, candidates=()), reviews=(replace(theirs, candidates=()),)),
    ):
        assert met(asked, lone) == {}


def test_called_before_recycling() -> None:
    contacts = (Contact("t1", "li", AT - DAY), Contact("t2", "zhang", AT - DAY), Contact("t3", "chen", AT - DAY))
    warned = event(EventKind.FOLLOW_UP_WARNING)
    expected = {Detector.CALLED_BEFORE_RECYCLING: (("cus_1",), ("zhang", "li"))}
    assert met(warned, Scene(customer=known(), contacts=contacts)) == expected
    assert met(warned, Scene(customer=known(), contacts=contacts[1:])) == {}
    call = event(EventKind.TOUCH_LOGGED, rep_id="li", kind="call")
    assert Detector.CALLED_BEFORE_RECYCLING in met(call, Scene(customer=known(), warned=True))
    assert Detector.CALLED_BEFORE_RECYCLING not in met(call, Scene(customer=known()))


@pytest.mark.parametrize(
    ("others", "reps"),
    [
        ([Territory("b", 0, ("wang", "li"))], ("li", "wang")),
        ([Territory("b", 1, ("li",))], None),  # the higher precedence is meant
        ([Territory("b", 0, ("li", "zhang"))], None),  # the same people
        ([], None),
    ],
)
def test_overlapping_territories(others: list[Territory], reps: tuple[str, ...] | None) -> None:
    scene = Scene(customer=known(), territories=(Territory("a", 0, ("zhang",)), *others))
    expected = {Detector.OVERLAPPING_TERRITORIES: (("cus_1",), ("zhang", *reps))} if reps else {}
    assert met(event(EventKind.OWNER_ASSIGNED), scene) == expected


def test_rows_of_files_and_first_assignments_are_passed_over() -> None:
    row = event(EventKind.LEAD_RECEIVED, imported=True, submitted_by="li")
    assert looking(row, RULES) == ()
    assert looking(row, RULES.model_copy(update={"imports": True})) != ()
    assert looking(event(EventKind.OWNER_ASSIGNED, lead_id="lead_1"), RULES) == ()
    assert looking(event(EventKind.OWNER_ASSIGNED), RULES) != ()


def test_nothing_is_seen_of_a_customer_that_there_is_not() -> None:
    for kind in WATCHED:
        assert detect(event(kind), Scene(), RULES) == ()


def test_evidence_holds_ids_times_and_rules_only() -> None:
    happened = event(EventKind.TOUCH_LOGGED, rep_id="li", kind="call", number="+86 138 0013 8000")
    (seen,) = detect(happened, Scene(customer=known()), RULES)
    assert seen.evidence == {"kind": "call", "rule": "touch_logged", "occurred_at": AT.isoformat()}
