"""What an event counts for, and for whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.event import ABOUT_COLLISIONS, EventKind
from domain.happening import Happening
from domain.kpi.completeness import complete, known_fields
from domain.kpi.fact import Fact, Measure
from domain.kpi.telling import Setting, facts_of
from domain.lead import Company, Person
from domain.merging_rules import ProfileField
from domain.profile import Profile

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
STANDING = Fact(
    id="s",
    measure=Measure.STANDING,
    at=AT,
    event_id="e0",
    customer_id="cus_1",
    subject_id="cus_1",
    rep="li.na",
    source="官网",
)
SETTING = Setting(
    standing=STANDING,
    registered_at=AT - timedelta(hours=6),
    region="CN-GD",
    source="another",
    policy="2026.11+1",
    teams={"li.na": "south", "wang.fang": "west"},
    required={"name", "phones"},
)


def told(kind: EventKind, setting: Setting = SETTING, **data: Any) -> list[Fact]:
    happened = Happening(
        position=1,
        stream="customer",
        id="e1",
        kind=kind,
        subject_id="cus_1",
        at=AT,
        recorded_at=AT,
        actor="system",
        decision_id=None,
        data=data,
    )
    return facts_of(happened, setting)


def brief(facts: list[Fact]) -> list[tuple[str, str, str | None, float, str | None]]:
    return [(it.measure, it.subject_id, it.rep, it.value, it.reason) for it in facts]


def test_a_fact_has_everything_by_which_it_is_broken_down() -> None:
    (fact,) = told(EventKind.PROFILE_CHANGED)
    assert (fact.rep, fact.team, fact.region, fact.source, fact.policy) == (
        "li.na",
        "south",
        "CN-GD",
        "官网",
        "2026.11+1",
    )
    assert (fact.at, fact.event_id, fact.customer_id) == (AT, "e1", "cus_1")


def test_an_effective_follow_up_counts_in_four_ways() -> None:
    facts = told(EventKind.FOLLOW_UP_LOGGED, effective=True, owner_id="li.na")
    assert brief(facts) == [
        ("follow_up", "e1", "li.na", 1.0, None),
        ("first_touch", "cus_1", "li.na", 6.0, None),
        ("sla_kept", "cus_1", "li.na", 1.0, None),
        ("first_effective", "cus_1", "li.na", 6.0, None),
    ]
    assert [it.measure for it in told(EventKind.FOLLOW_UP_LOGGED, effective=False)] == ["follow_up", "first_touch"]


def test_the_first_touch_has_one_id_however_often_it_comes() -> None:
    ids = {told(kind)[-1].id for kind in (EventKind.TOUCH_LOGGED, EventKind.FOLLOW_UP_LOGGED)}
    assert ids == {"cus_1:first:first_touch"}


@pytest.mark.parametrize(
    ("kind", "owner", "facts"),
    [
        (EventKind.REASSIGNED, "wang.fang", ["standing", "sla_missed"]),
        (EventKind.RECYCLED, None, ["standing", "sla_missed", "recycled"]),
        (EventKind.OWNER_KEPT, "li.na", ["standing", "sla_missed"]),
        (EventKind.RELEASED, None, ["standing", "recycled"]),
    ],
)
def test_what_an_owner_missed_is_theirs_and_not_their_successors(
    kind: EventKind, owner: str | None, facts: list[str]
) -> None:
    standing, *others = told(kind, owner_id=owner)
    assert [it.measure for it in (standing, *others)] == facts
    assert standing.rep == owner
    assert {it.rep for it in others} == {"li.na"}


def test_a_merged_customer_lives_no_more() -> None:
    assert brief(told(EventKind.CUSTOMER_MERGED, owner_id=None)) == [("standing", "cus_1", None, 0.0, None)]


@pytest.mark.parametrize(("known", "value"), [(["name", "phones", "region"], 1.0), (["name"], 0.0)])
def test_a_profile_is_complete_when_what_is_required_is_known(known: list[str], value: float) -> None:
    (fact,) = told(EventKind.CUSTOMER_REGISTERED, known=known)
    assert (fact.measure, fact.value) == ("profile", value)


def test_a_further_lead_is_an_update_only_when_it_tells_something() -> None:
    assert [it.measure for it in told(EventKind.LEAD_RECEIVED, known=["name"])] == ["profile", "update"]
    assert told(EventKind.LEAD_RECEIVED) == []


def test_a_collision_counts_for_each_of_its_reps_once() -> None:
    case = {"case_id": "col_1", "reps": ["li.na", "wang.fang"], "detector": "merge"}
    facts = told(EventKind.COLLISION_OPENED, **case, risk=False)
    assert brief(facts) == [
        ("collision", "col_1", "li.na", 1.0, "merge"),
        ("collision", "col_1", "wang.fang", 1.0, "merge"),
    ]
    assert [it.team for it in facts] == ["south", "west"]
    assert told(EventKind.COLLISION_OPENED, **case, risk=True) == []
    assert told(EventKind.COLLISION_SEEN_AGAIN, SETTING._replace(counted=True), **case, risk=False) == []
    assert len(told(EventKind.COLLISION_SEEN_AGAIN, **case, risk=False)) == 2


def test_a_proposed_owner_owns_nothing() -> None:
    for kind in ABOUT_COLLISIONS:
        assert Measure.STANDING not in {it.measure for it in told(kind, owner_id="wang.fang", case_id="c", reps=[])}


def test_an_approval_lasts_from_its_request_to_its_decision() -> None:
    requested = SETTING._replace(requested_at=AT - timedelta(hours=30))
    assert brief(told(EventKind.APPROVAL_GRANTED, requested, approval_id="apr_1")) == [
        ("approval", "apr_1", "li.na", 30.0, "granted")
    ]
    assert told(EventKind.APPROVAL_GRANTED, approval_id="apr_1") == []


def test_an_answer_is_about_whom_the_customer_had_to_do_with() -> None:
    facts = told(EventKind.SURVEY_ANSWERED, survey_id="srv_1", score=4, rep_id="wang.fang", occasion="follow_up")
    assert brief(facts) == [("survey", "srv_1", "wang.fang", 4.0, "follow_up")]


def test_known_fields_tell_names_only() -> None:
    profile = Profile(
        company=Company(name="远航", website="a.example"), people=(Person(name="王小明"),), region="CN-GD"
    )
    assert known_fields(profile) == ["name", "website", "region", "people"]
    assert known_fields(Profile()) == []
    assert not complete(known_fields(profile), [ProfileField.NAME, ProfileField.PHONES])
