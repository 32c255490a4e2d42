"""Every assignment that a customer ever had, in order, each with its decision."""

from datetime import timedelta

import pytest

from domain.change import Asked, Change, Claim, ClockDue, LogFollowUp, OwnerLeft, Release, Request
from domain.follow_up import FollowUp
from store.assignments import Assigned, Assignments
from store.changes import Changes
from store.database import Database
from store.errors import NotFound
from store.intake import Intake
from tests.examples import AT, IDS, LI, POLICY, WANG, ZHANG, employ, lead, registration

HOUR = timedelta(hours=1)
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}


@pytest.fixture
def customer_id(database: Database) -> str:
    """A customer of the stand's that passed through many hands."""
    employ(database, ZHANG, LI, WANG)
    intake, changes = Intake(database, POLICY, IDS), Changes(database, POLICY, IDS)
    new = lead(
        company={"name": "深圳市远航科技有限公司"}, phones=["13800138000"], customer_type="trade_show", show=SHOW
    )
    customer_id = intake.register(registration(new)).answer.customer_id or ""
    intake.register(registration(lead(phones=["13800138000"]), AT + HOUR))
    call = FollowUp.model_validate({"rep_id": ZHANG.id, "kind": "call", "content": "没人接"})
    clock = changes.current(customer_id).clock
    assert clock is not None
    steps: list[Change] = [
        LogFollowUp(follow_up=call),
        ClockDue(stage=clock.due[0].stage, due_at=clock.due[0].at),
        Release(rep_id=ZHANG.id, reason="不在我的行业"),
        Claim(rep_id=LI.id),
        OwnerLeft(rep_id=LI.id),
    ]
    for number, change in enumerate(steps, 2):
        asked = Asked(id=f"req_{number}", actor="li.na", change=change)
        changes.carry_out(Request(customer_id=customer_id, at=AT + number * HOUR, asked=asked))
    return customer_id


def page(database: Database, customer_id: str, after: int | None = None, limit: int = 50) -> list[Assigned]:
    return Assignments(database).page(customer_id, after, limit)


def test_explained_every_change_of_hands_and_nothing_else(database: Database, customer_id: str) -> None:
    found = page(database, customer_id)
    assert [it.event.kind for it in found] == ["owner_assigned", "released", "claimed", "owner_assigned"]
    assert [it.event.data["owner_id"] for it in found] == [ZHANG.id, None, LI.id, found[-1].event.data["owner_id"]]
    assert all(it.decision.policy_version == POLICY.fingerprint for it in found)


def test_whether_rules_were_asked_is_in_the_decision(database: Database, customer_id: str) -> None:
    asked = [bool(it.decision.trace.get("assignment")) for it in page(database, customer_id)]
    assert asked == [True, False, False, True]


def test_page_by_page(database: Database, customer_id: str) -> None:
    first = page(database, customer_id, limit=2)
    assert len(first) == 3
    rest = page(database, customer_id, first[1].event.position, limit=2)
    assert [it.event.kind for it in rest] == ["claimed", "owner_assigned"]


def test_of_nobody(database: Database) -> None:
    with pytest.raises(NotFound):
        page(database, "cus_nobody")
