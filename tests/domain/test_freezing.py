"""A frozen customer: nobody new gets it, what is held goes on afterwards, and a case's own decision passes."""

from datetime import timedelta

import pytest

from domain.assignment import Case, Rep
from domain.change import (
    Change,
    Claim,
    ClockDue,
    Designate,
    FreezeAssignment,
    LeadArrived,
    OwnerLeft,
    Refused,
    Release,
    ThawAssignment,
    Transfer,
    TryAgain,
)
from domain.event import EventKind
from domain.freeze import Freeze, frozen_until
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from domain.pending import next_change
from domain.step import Step
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, ZHANG

DAY = timedelta(days=1)
UNTIL = AT + 40 * DAY
FREEZE = FreezeAssignment(case_id="col_1", until=UNTIL)
THAW = ThawAssignment(case_id="col_1")


def born(*reps: Rep, **facts: object) -> Ownership:
    told = {"customer_type": CustomerType.TRADE_SHOW, "region": "CN-GD", "show_contact": ZHANG.id, **facts}
    return birth("cus_1", Case.model_validate(told), POLICY, list(reps), AT).ownership


def step(before: Ownership, change: Change, days: int = 0, *reps: Rep) -> Step | None:
    return decide(before, change, POLICY, list(reps or (ZHANG, LI)), AT + days * DAY)


def after(before: Ownership, change: Change, days: int = 0, *reps: Rep) -> Ownership:
    found = step(before, change, days, *reps)
    assert found is not None
    return found.ownership


def refused(before: Ownership, change: Change, days: int = 0) -> Refused:
    with pytest.raises(Refused) as error:
        step(before, change, days)
    return error.value


def transfer(approval_id: str) -> Transfer:
    return Transfer(approval_id=approval_id, from_id=ZHANG.id, to_id=LI.id, reason="工单裁决")


def test_frozen_thawed_and_neither_twice() -> None:
    frozen = step(born(ZHANG), FREEZE)
    assert frozen is not None
    assert (frozen.event, frozen.ownership.freezes) == (
        EventKind.ASSIGNMENT_FROZEN,
        (Freeze(case_id="col_1", until=UNTIL),),
    )
    assert step(frozen.ownership, FREEZE) is None
    assert after(frozen.ownership, THAW).freezes == ()
    assert step(born(ZHANG), THAW) is None
    assert step(born(ZHANG), FREEZE, days=41) is None


def test_a_clock_that_runs_out_is_held_until_the_freeze_ends() -> None:
    frozen = after(born(ZHANG), FREEZE)
    assert frozen.clock is not None
    end = frozen.clock.due[-1]
    at_its_end = frozen.model_copy(update={"clock": frozen.clock.model_copy(update={"due": (end,)})})
    held = step(at_its_end, ClockDue(stage=end.stage, due_at=end.at), 30)
    assert held is not None
    assert (held.event, held.data["protected_by"]) == (EventKind.RECYCLING_HELD, ["collision"])
    assert next_change(held.ownership) == ClockDue(stage=end.stage, due_at=UNTIL)
    thawed = after(held.ownership, THAW, 31)
    assert next_change(thawed) == ClockDue(stage=end.stage, due_at=AT + 31 * DAY)


def test_nobody_claims_or_gets_it_from_a_queue() -> None:
    pooled = after(after(born(ZHANG), FREEZE), Release(rep_id=ZHANG.id, reason="不做了"))
    error = refused(pooled, Claim(rep_id=LI.id))
    assert (error.code, error.facts["about"]) == ("assignment_frozen", "col_1")
    assert refused(pooled, Designate(rep_id=LI.id, reason="给她")).code == "assignment_frozen"
    assert after(pooled, Claim(rep_id=LI.id), 41).owner_id == LI.id


@pytest.mark.parametrize("approval_id", ["col_1", "col_1.2"])
def test_what_the_case_decided_passes(approval_id: str) -> None:
    frozen = after(born(ZHANG), FREEZE)
    assert after(frozen, transfer(approval_id)).owner_id == LI.id


@pytest.mark.parametrize("approval_id", ["apr_1", "col_12", "col_2.1"])
def test_what_others_decided_does_not(approval_id: str) -> None:
    assert refused(after(born(ZHANG), FREEZE), transfer(approval_id)).code == "assignment_frozen"


def test_two_cases_and_the_decision_of_either_passes() -> None:
    frozen = after(after(born(ZHANG), FREEZE), FreezeAssignment(case_id="col_2", until=UNTIL + DAY))
    assert frozen_until(frozen.freezes, AT) == UNTIL + DAY
    moved = after(frozen, transfer("col_1"))
    assert (moved.owner_id, len(moved.freezes)) == (LI.id, 2)
    assert [it.case_id for it in after(moved, THAW).freezes] == ["col_2"]


def test_a_further_lead_changes_no_owner() -> None:
    plain = born(ZHANG, customer_type=CustomerType.NEW_REGISTRATION, show_contact=None, named_contact=ZHANG.id)
    lead = LeadArrived(
        lead_id="lead_2", case=Case(customer_type=CustomerType.NEW_REGISTRATION, region="CN-GD", named_contact=LI.id)
    )
    assert after(plain, lead).owner_id == LI.id
    assert step(after(plain, FREEZE), lead) is None


def test_who_waits_in_a_queue_is_tried_when_the_freeze_ends() -> None:
    waiting = born(customer_type=CustomerType.NEW_REGISTRATION, show_contact=None)
    assert waiting.place is Place.QUEUE
    frozen = after(waiting, FREEZE, 0)
    kept = step(frozen, TryAgain())
    assert kept is not None
    assert (kept.event, kept.ownership.place) == (EventKind.QUEUE_RETRIED, Place.QUEUE)
    assert kept.ownership.wait is not None
    assert kept.ownership.wait.retry_at == UNTIL
    assert step(kept.ownership, TryAgain()) is None
    thawed = after(kept.ownership, THAW, 1)
    assert after(thawed, TryAgain(due_at=AT + DAY), 1).owner_id in (ZHANG.id, LI.id)


def test_a_frozen_queue_is_overdue_all_the_same() -> None:
    waiting = born(customer_type=CustomerType.KEY_ACCOUNT, show_contact=None)
    assert waiting.wait is not None
    overdue = waiting.wait.overdue_at or AT + DAY
    timed = waiting.model_copy(update={"wait": waiting.wait.model_copy(update={"overdue_at": overdue})})
    found = step(after(timed, FREEZE), TryAgain(due_at=overdue), 1)
    assert found is not None
    assert (found.event, found.ownership.wait and found.ownership.wait.overdue_at) == (EventKind.QUEUE_OVERDUE, None)


def test_who_left_keeps_nothing() -> None:
    frozen = after(born(ZHANG), FREEZE)
    assert after(frozen, OwnerLeft(rep_id=ZHANG.id), 0, LI).owner_id == LI.id
