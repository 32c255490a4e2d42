"""Collisions are seen in what really happens in the store, each once, with evidence and an explanation."""

from datetime import timedelta

import pytest
from sqlmodel import select

from domain.change import ChangeProfile, ClockDue, GrantShare, LogFollowUp, MergeInto, OpenCommitment, Refused
from domain.collision.detector import Detector
from domain.collision_opening import Opening
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import FollowUp, Stage
from domain.ownership import Ownership
from domain.policy import FollowUpKind
from domain.profile import Profile
from domain.share import Access
from domain.submission import Choice
from domain.touch import TouchKind
from store.database import Database
from store.outbox import LONGEST_PAUSE, utc_now
from store.tables import CollisionRow, CustomerRow, DecisionRow
from tests.collisions import DAY, MANAGER, Case, Field, names
from tests.examples import AT, BROWN, LI, WANG, ZHANG, firm, lead, registration, ruled
from tests.invariants import read_model, violations

MOBILE, OTHER_MOBILE = "+86 138 0013 8000", "+86 139 0013 9000"
SHOW = {"name": "广交会", "date": "2026-10-15"}


@pytest.fixture
def field(database: Database) -> Field:
    return Field(database)


def collision(cause: Detector, customers: set[str], reps: set[str], *also: Detector, risk: bool = False) -> Case:
    return Case(risk, cause, frozenset(customers), frozenset(reps), tuple(sorted((cause, *also))))


def test_a_second_lead_of_another_rep_opens_a_case_that_tells_both_and_their_manager(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    lead_id, same = field.lead(at=AT + DAY, company={"name": firm(0)}, region="CN-GD", submitted_by=LI.id)
    assert same == customer
    field.watch()
    assert field.cases() == [collision(Detector.SECOND_LEAD, {customer}, {ZHANG.id, LI.id})]
    (event,) = field.told(EventKind.COLLISION_OPENED)
    (case_id,) = field.case_ids()
    (seen,) = field.sightings()
    assert event.id == f"{seen.id}:collision_opened:{customer}"
    assert event.at == AT + DAY
    assert event.data == {
        "case_id": case_id,
        "cause": seen.id,
        "risk": False,
        "told": sorted([ZHANG.id, LI.id, MANAGER]),
        "detector": "second_lead",
        "sighting_id": seen.id,
        "reps": [ZHANG.id, LI.id],
    }
    assert seen.data["evidence"] == {"lead_id": lead_id, "by": ["submitted_by"]}


def test_the_opening_is_kept_for_the_workflow_and_the_decision_explained(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    field.touch(customer, LI.id)
    field.watch()
    (case_id,) = field.case_ids()
    with field.database.read() as session:
        row = session.get_one(CollisionRow, case_id)
        opening = Opening.model_validate(row.state["opening"])
        decision = session.exec(select(DecisionRow).where(DecisionRow.kind == EventKind.COLLISION_OPENED)).one()
    assert (row.status, row.settled_at, row.opened_at) == ("open", None, AT)
    assert (opening.case_id, opening.customer_ids, opening.rep_ids) == (case_id, (customer,), (ZHANG.id, LI.id))
    assert (opening.detector, opening.risk, opening.at) == ("foreign_contact", False, AT)
    assert decision.id == field.told(EventKind.COLLISION_OPENED)[0].decision_id
    assert decision.trace["rule"] == {"enabled": True, "weight": 0.8, "quiet_days": 30}
    assert decision.trace["evidence"]["kind"] == "call"


def test_owner_collaborator_and_manager_meet_nobody(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    field.ask(customer, GrantShare(rep_id=WANG.id, access=Access.COLLABORATE, until=AT + 90 * DAY))
    for rep_id in (ZHANG.id, WANG.id, MANAGER, None):
        field.touch(customer, rep_id, AT + DAY)
    field.lead(at=AT + DAY, company={"name": firm(0)}, region="CN-GD", submitted_by=WANG.id)
    field.watch()
    assert field.cases() == []
    field.touch(customer, WANG.id, AT + 91 * DAY)  # the grant is over
    field.watch()
    assert names(field.cases()) == [Detector.FOREIGN_CONTACT]


def test_a_follow_up_of_somebody_else_is_seen_and_a_note_is_not(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    for kind in (FollowUpKind.NOTE, FollowUpKind.VISIT):
        follow_up = FollowUp(rep_id=LI.id, kind=kind, content="上门拜访了采购经理")
        field.ask(customer, LogFollowUp(follow_up=follow_up))
    field.watch()
    assert field.cases() == [collision(Detector.FOREIGN_CONTACT, {customer}, {ZHANG.id, LI.id})]
    assert field.sightings()[0].data["evidence"]["kind"] == "visit"


def test_a_customer_whom_nobody_owns_is_free(field: Field) -> None:
    customer = field.customer(owner=None, company={"name": firm(0)}, customer_type="key_account")
    field.touch(customer, LI.id)
    field.lead(company={"name": firm(0)}, region="CN-GD", submitted_by=WANG.id)
    field.watch()
    assert field.cases() == []


def test_two_opportunities_for_one_need_under_different_reps(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    for reference, rep_id, need in (
        ("OPP-1", ZHANG.id, "ERP 系统"),
        ("OPP-2", WANG.id, "服务器"),
        ("OPP-3", ZHANG.id, "erp系统"),
        ("OPP-4", LI.id, "ＥＲＰ系统"),
    ):
        opportunity = Commitment(kind=CommitmentKind.OPPORTUNITY, reference=reference, rep_id=rep_id, need=need)
        field.ask(customer, OpenCommitment(commitment=opportunity))
        field.watch()
    assert field.cases() == [collision(Detector.RIVAL_OPPORTUNITIES, {customer}, {ZHANG.id, LI.id})]
    assert field.sightings()[0].data["evidence"] == {"references": ["OPP-1", "OPP-3", "OPP-4"]}


def test_a_merge_of_two_reps_customers(field: Field) -> None:
    one = field.customer(company={"name": firm(0)})
    other = field.customer(owner=LI.id, company={"name": firm(1)})
    field.ask(other, MergeInto(survivor_id=one, by=MANAGER, reason="同一家公司"))
    field.watch()
    assert field.cases() == [collision(Detector.FOUND_ONE, {one}, {ZHANG.id, LI.id})]


def test_a_correction_that_another_reps_customer_stands_in_the_way_of(field: Field) -> None:
    one = field.customer(company={"name": firm(0)}, phones=[MOBILE])
    other = field.customer(owner=LI.id, company={"name": firm(1)}, phones=[OTHER_MOBILE])
    taken = Profile(phones=("+8613800138000", "+8613900139000"))
    for _ in range(2):  # asked again, it is the same thing
        with pytest.raises(Refused, match="identifier_in_use"):
            field.ask(one, ChangeProfile(profile=taken, expected_version=1))
    field.watch()
    assert field.cases() == [collision(Detector.FOUND_ONE, {one, other}, {ZHANG.id, LI.id})]
    assert field.sightings()[0].data["evidence"]["rule"] == "strong_identifier"
    assert len(field.told(EventKind.IDENTIFIER_CONTESTED)) == 2
    assert violations(read_model(field.database)) == []


def test_a_lead_with_the_identifiers_of_two_customers(field: Field) -> None:
    one = field.customer(company={"name": firm(0)}, phones=[MOBILE])
    other = field.customer(owner=LI.id, company={"name": firm(1)}, phones=[OTHER_MOBILE])
    same = {"company": {"name": firm(0)}, "phones": [MOBILE, OTHER_MOBILE], "external_id": "both"}
    assert field.lead(**same)[1] is None
    assert field.lead(**same, choice=Choice(customer_id=one, by=ZHANG.id))[1] == one
    field.watch()
    assert field.cases() == [collision(Detector.FOUND_ONE, {one, other}, {ZHANG.id, LI.id})]
    assert len(field.told(EventKind.COLLISION_OPENED)) == 2


def test_a_group_approached_through_a_subsidiary(field: Field) -> None:
    parent = field.customer(company={"name": "深圳市远航科技有限公司"}, emails=["wang@yuanhang.example.com"])
    of = {"company": {"name": firm(9)}, "emails": ["li@yuanhang.example.com"], "external_id": "s", "region": "CN-GD"}
    named = {**of, "named_contact": LI.id}
    _, branch = field.lead(**named)
    branch = branch or field.lead(**named, choice=Choice(customer_id=None, by=LI.id))[1] or ""
    field.watch()
    assert collision(Detector.GROUP, {parent, branch}, {ZHANG.id, LI.id}) in field.cases()


def test_two_reps_at_one_show(field: Field) -> None:
    stand = {"company": {"name": firm(0)}, "region": "CN-GD", "customer_type": "trade_show"}
    _, customer = field.lead(**stand, show=SHOW | {"contact": ZHANG.id})
    field.lead(**stand, show={"name": "广 交会", "date": "2026-10-17", "contact": LI.id}, at=AT + DAY)
    field.watch()
    assert field.cases() == [collision(Detector.SAME_SHOW, {customer or ""}, {ZHANG.id, LI.id}, Detector.SECOND_LEAD)]
    assert len(field.told(EventKind.COLLISION_OPENED)) == 1
    assert field.told(EventKind.COLLISION_SEEN_AGAIN) == []


def test_an_address_book_alone_is_counted_and_weighs_in_later(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    field.touch(customer, LI.id, kind=TouchKind.ADDRESS_BOOK)
    field.watch()
    assert field.cases() == []
    assert [(it.detector, it.case_id) for it in field.sightings()] == [("address_book", None)]
    field.touch(customer, LI.id, AT + DAY)
    field.watch()
    assert field.cases() == [collision(Detector.FOREIGN_CONTACT, {customer}, {ZHANG.id, LI.id}, Detector.ADDRESS_BOOK)]


def test_leads_in_doubt_are_risks(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    far = {"company": {"name": firm(0)}, "region": "US-CA", "person": {"name": "王小明"}}
    field.lead(**far, submitted_by=LI.id)
    field.lead(**far, submitted_by=BROWN.id)
    field.watch()
    case = field.cases()[0]
    assert (case.risk, case.customers) == (True, {customer})
    assert {LI.id, BROWN.id} <= case.reps
    assert Detector.DOUBLE_REVIEW in case.detectors
    assert Detector.DOUBT_ABOUT_OWNED in {it.detector for it in field.sightings()}


def test_an_owner_about_to_be_recycled_whom_another_rep_is_calling(field: Field) -> None:
    stand = {"company": {"name": firm(0)}, "region": "CN-GD", "customer_type": "trade_show"}
    customer = field.lead(**stand, show=SHOW | {"contact": ZHANG.id})[1] or ""
    field.touch(customer, LI.id, AT + DAY)
    warn(field, customer)
    field.watch()
    (case,) = field.cases()
    assert (case.cause, case.risk) == (Detector.FOREIGN_CONTACT, False)
    assert case.detectors == (Detector.CALLED_BEFORE_RECYCLING, Detector.FOREIGN_CONTACT)
    (again,) = field.told(EventKind.COLLISION_SEEN_AGAIN)
    assert again.data["detector"] == Detector.CALLED_BEFORE_RECYCLING


def warn(field: Field, customer_id: str) -> None:
    """Let the first warning of a customer's clock fall due."""
    with field.database.read() as session:
        clock = Ownership.model_validate(session.get_one(CustomerRow, customer_id).ownership).clock
    assert clock is not None
    field.ask(customer_id, ClockDue(stage=Stage.WARN, due_at=clock.due[0].at), clock.due[0].at)


def test_a_warned_owner_alone_makes_a_risk_where_contacts_are_not_collisions(database: Database) -> None:
    field = Field(database, ruled_by({"foreign_contact": {"enabled": False}}))
    stand = {"company": {"name": firm(0)}, "region": "CN-GD", "customer_type": "trade_show"}
    customer = field.lead(**stand, show=SHOW | {"contact": ZHANG.id})[1] or ""
    warn(field, customer)
    field.touch(customer, LI.id, AT + 29 * DAY)
    field.watch()
    assert field.cases() == [collision(Detector.CALLED_BEFORE_RECYCLING, {customer}, {ZHANG.id, LI.id}, risk=True)]


def test_an_owner_who_has_followed_up_since_the_warning_is_not_about_to_lose_anything(database: Database) -> None:
    field = Field(database, ruled_by({"foreign_contact": {"enabled": False}}))
    stand = {"company": {"name": firm(0)}, "region": "CN-GD", "customer_type": "trade_show"}
    customer = field.lead(**stand, show=SHOW | {"contact": ZHANG.id})[1] or ""
    warn(field, customer)
    visit = FollowUp(
        rep_id=ZHANG.id, kind=FollowUpKind.VISIT, content="上门拜访了采购经理并演示", customer_answered=True
    )
    field.ask(customer, LogFollowUp(follow_up=visit), AT + 29 * DAY)
    field.touch(customer, LI.id, AT + 29 * DAY)
    field.watch()
    assert field.sightings() == []


def ruled_by(detectors: dict[str, dict[str, object]], **others: object):  # type: ignore[no-untyped-def]
    rules = ruled({"methods": ["named_contact", "show_contact", "rotation"], "clock": "stand_lead"})
    return rules.model_validate(rules.model_dump() | {"collisions": {"detectors": detectors, **others}})


def test_two_territories_overlapping_on_a_customer(database: Database) -> None:
    policy = ruled(
        {"methods": ["territory"]},
        territories={
            "guangdong": {"regions": ["CN-GD"], "reps": [ZHANG.id]},
            "nanshan": {"divisions": ["440305"], "reps": [LI.id]},
        },
        collisions={"detectors": {"overlapping_territories": {"weight": 0.7}}},
    )
    field = Field(database, policy)
    customer = field.customer(owner=None, company={"name": firm(0)}, address="广东省深圳市南山区科技园1号")
    field.watch()
    assert field.cases() == [collision(Detector.OVERLAPPING_TERRITORIES, {customer}, {ZHANG.id, LI.id}, risk=True)]


def test_a_risk_becomes_a_collision_when_they_meet(database: Database) -> None:
    field = Field(database, ruled_by({"address_book": {"weight": 0.1}, "doubt_about_owned": {"weight": 0.9}}))
    customer = field.customer(company={"name": firm(0)})
    field.lead(company={"name": firm(0)}, region="US-CA", submitted_by=LI.id)
    field.watch()
    assert [case.risk for case in field.cases()] == [True]
    field.touch(customer, LI.id, AT + DAY)
    field.watch()
    (case,) = field.cases()
    assert (case.risk, case.cause) == (False, Detector.DOUBT_ABOUT_OWNED)
    (again,) = field.told(EventKind.COLLISION_SEEN_AGAIN)
    assert again.data["risk"] is False


def test_once_the_same_thing_alerts_nobody_again_and_another_rep_joins(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    for days in range(5):
        field.touch(customer, LI.id, AT + days * DAY)
    field.touch(customer, WANG.id, AT + 6 * DAY)
    field.watch()
    (case,) = field.cases()
    assert case.reps == {ZHANG.id, LI.id, WANG.id}
    assert len(field.told(EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN)) == 2


def test_a_settled_case_is_followed_by_a_quiet_period(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    field.touch(customer, LI.id)
    field.watch()
    field.settle(field.case_ids()[0], AT + 2 * DAY)
    field.lead(at=AT + 3 * DAY, company={"name": firm(0)}, region="CN-GD", submitted_by=LI.id)
    field.watch()
    assert len(field.cases()) == 1
    field.touch(customer, WANG.id, AT + 4 * DAY)  # somebody else
    field.watch()
    assert len(field.cases()) == 2
    field.touch(customer, LI.id, AT + 33 * DAY)
    field.watch()
    assert len(field.told(EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN)) == 3


def test_a_case_follows_a_merged_customer(field: Field) -> None:
    one = field.customer(company={"name": firm(0)})
    other = field.customer(company={"name": firm(1)})
    field.touch(other, LI.id)
    field.watch()
    field.ask(other, MergeInto(survivor_id=one, by=MANAGER, reason="同一家公司"), AT + DAY)
    field.touch(other, LI.id, AT + DAY)
    field.lead(at=AT + 2 * DAY, company={"name": firm(0)}, region="CN-GD", submitted_by=LI.id)
    field.watch()
    (case,) = field.cases()
    assert case.detectors == (Detector.FOREIGN_CONTACT, Detector.SECOND_LEAD)


def test_two_cases_on_overlapping_customers_stay_two_and_what_spans_them_joins_the_older(field: Field) -> None:
    one = field.customer(company={"name": firm(0)}, phones=[MOBILE])
    other = field.customer(owner=LI.id, company={"name": firm(1)}, phones=[OTHER_MOBILE])
    field.touch(one, WANG.id)
    field.touch(other, WANG.id, AT + timedelta(hours=1))
    field.watch()
    both = {"company": {"name": firm(0)}, "phones": [MOBILE, OTHER_MOBILE], "external_id": "both"}
    field.lead(**both, at=AT + DAY)
    field.lead(**both, at=AT + DAY, choice=Choice(customer_id=one, by=ZHANG.id))
    field.watch()
    older, newer = field.cases()
    assert (older.customers, older.reps) == ({one, other}, {ZHANG.id, WANG.id, LI.id})
    assert (newer.customers, newer.reps) == ({other}, {LI.id, WANG.id})


def test_a_detector_that_is_off_sees_nothing(database: Database) -> None:
    field = Field(database, ruled_by({"foreign_contact": {"enabled": False}, "second_lead": {"enabled": False}}))
    customer = field.customer(company={"name": firm(0)})
    field.touch(customer, LI.id)
    field.lead(company={"name": firm(0)}, region="CN-GD", submitted_by=LI.id)
    field.watch()
    assert field.sightings() == []


def test_nobody_but_the_reps_is_told_where_managers_are_not(database: Database) -> None:
    field = Field(database, ruled_by({}, tell_managers=False))
    field.touch(field.customer(company={"name": firm(0)}), LI.id)
    field.watch()
    assert field.told(EventKind.COLLISION_OPENED)[0].data["told"] == sorted([ZHANG.id, LI.id])


def test_all_invariants_hold_with_cases(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    field.touch(customer, LI.id)
    field.lead(company={"name": firm(0)}, region="CN-GD", submitted_by=WANG.id)
    field.watch()
    assert len(field.cases()) == 1
    assert violations(read_model(field.database)) == []


def test_a_wish_that_the_policy_grants_is_no_collision(field: Field) -> None:
    wish = {"region": "CN-GD", "named_contact": LI.id}
    field.customer(company={"name": firm(0)})  # its rule lets the customer change its owner
    field.lead(company={"name": firm(0)}, **wish)
    field.watch()
    assert field.sightings() == []
    stand = {"company": {"name": firm(1)}, "region": "CN-GD", "customer_type": "trade_show"}
    customer = field.lead(**stand, show=SHOW | {"contact": ZHANG.id})[1] or ""
    field.lead(company={"name": firm(1)}, **wish)
    field.watch()
    assert field.cases() == [collision(Detector.SECOND_LEAD, {customer}, {ZHANG.id, LI.id})]
    assert field.sightings()[0].data["evidence"]["by"] == ["named_contact"]


@pytest.mark.parametrize("looked_at", [False, True])
def test_rows_of_a_file_are_looked_at_where_the_policy_says_so(database: Database, looked_at: bool) -> None:
    field = Field(database, ruled_by({}, imports=looked_at))
    customer = field.customer(company={"name": firm(0)})
    row = registration(lead(company={"name": firm(0)}, region="CN-GD", named_contact=LI.id))
    imported = row.submission.model_copy(update={"imported": True})
    answer = field.intake.register(row.model_copy(update={"submission": imported})).answer
    assert answer.customer_id == customer
    field.watch()
    assert names(field.cases()) == ([Detector.SECOND_LEAD] if looked_at else [])


def test_single_writer_what_is_seen_changes_no_ownership(field: Field) -> None:
    customer = field.customer(company={"name": firm(0)})
    with field.database.read() as session:
        before = session.get_one(CustomerRow, customer).model_dump()
    field.touch(customer, LI.id)
    field.lead(company={"name": firm(0)}, region="CN-GD", submitted_by=WANG.id)
    field.watch()
    with field.database.read() as session:
        assert session.get_one(CustomerRow, customer).model_dump() == before


def test_nothing_lost_when_the_watcher_fails_halfway(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    field.touch(field.customer(company={"name": firm(0)}), LI.id)
    with monkeypatch.context() as broken:
        broken.setattr("store.sightings.record_event", failing)
        field.watch()
    assert (field.cases(), field.sightings()) == ([], [])
    monkeypatch.setattr(field.outbox, "_now", lambda: utc_now() + LONGEST_PAUSE)  # until then it is set aside
    field.watch()
    assert len(field.cases()) == 1


def failing(*_: object, **__: object) -> None:
    raise RuntimeError("no more ink")
