"""What waits for a customer, binds it or counts under a cap, when two turn out to be one and two again."""

from datetime import datetime

import pytest

from domain.assignment import Case
from domain.change import OwnerLeft, Refused, TryAgain
from domain.commitment import Commitment, CommitmentKind
from domain.ownership import Ownership, Place, Wait
from domain.pending import next_change
from domain.protection import held
from domain.transition import decide
from tests.domain.test_merge import DAY, REPS, TestGivenBack, into, stands, step, take_over, unmerge
from tests.examples import AT, LI, POLICY, ZHANG

CONTRACT = Commitment(kind=CommitmentKind.CONTRACT, reference="HT-2026-118")
OPPORTUNITY = Commitment(kind=CommitmentKind.OPPORTUNITY, reference="SJ-7", until=AT + 90 * DAY)
give_back = TestGivenBack.give_back


def claimed(owner: str, *commitments: Commitment, customer_id: str = "cus_b") -> Ownership:
    of_a_claim = {"claimed_from": "south", "protected_until": AT + 14 * DAY, "commitments": commitments}
    return stands(owner, customer_id=customer_id, clock=True).model_copy(update=of_a_claim)


def queued(customer_id: str = "cus_b") -> Ownership:
    wait = Wait(case=Case(customer_type=stands(None).customer_type, region="CN-GD"), overdue_at=AT + DAY)
    place = {"place": Place.QUEUE, "queue": "unassigned", "wait": wait}
    return stands(None, customer_id=customer_id).model_copy(update=place)


def test_a_merged_customer_counts_under_no_cap_and_is_bound_by_nothing() -> None:
    after = step(claimed(LI.id, CONTRACT), into()).ownership
    assert (after.claimed_from, after.protected_until, after.commitments) == (None, None, ())


def test_a_merged_customer_waits_for_nothing() -> None:
    waiting = queued()
    merged = step(waiting, into()).ownership
    assert next_change(waiting) is not None
    assert next_change(merged) is None
    for change in (TryAgain(), TryAgain(due_at=AT + DAY)):
        assert decide(merged, change, POLICY, REPS, AT + DAY) is None


def test_who_waited_waits_on_with_the_same_time_once_it_is_one_again() -> None:
    waiting = queued()
    again = step(step(waiting, into()).ownership, unmerge(waiting), at=AT + 3 * DAY).ownership
    assert (again.place, again.wait) == (Place.QUEUE, waiting.wait)
    assert step(again, TryAgain(due_at=AT + DAY), at=AT + 3 * DAY).ownership.owner_id is not None


@pytest.mark.parametrize(("region", "again"), [("CN-BJ", True), ("CN-GD", False)])
def test_who_waits_is_tried_again_when_a_merge_tells_another_region(region: str, again: bool) -> None:
    waiting = queued("cus_a")
    merge = take_over(stands(None)).model_copy(update={"region": region})
    after = step(waiting, merge).ownership
    assert (after.place, after.region) == (Place.QUEUE, region)
    due = next_change(after)
    assert isinstance(due, TryAgain)
    assert (due.due_at == AT) is again


def test_nothing_lost_of_what_either_is_bound_by() -> None:
    ours = claimed(ZHANG.id, CONTRACT, customer_id="cus_a")
    theirs = claimed(LI.id, CONTRACT, OPPORTUNITY)
    taken = step(ours, take_over(theirs)).ownership
    assert taken.commitments == (CONTRACT, OPPORTUNITY)
    merged = step(theirs, into()).ownership
    assert step(merged, unmerge(theirs)).ownership.commitments == (CONTRACT, OPPORTUNITY)
    assert step(merged, unmerge(theirs), reps=()).ownership.commitments == (CONTRACT, OPPORTUNITY)
    assert step(taken, give_back(ours, taken)).ownership == ours.model_copy(update={"seq": taken.seq + 1})


def test_what_binds_the_survivor_since_stays_with_it() -> None:
    ours, theirs = stands(ZHANG.id), claimed(LI.id, CONTRACT)
    taken = step(ours, take_over(theirs)).ownership
    bound = taken.model_copy(update={"commitments": (*taken.commitments, OPPORTUNITY)})
    assert step(bound, give_back(ours, taken)).ownership.commitments == (OPPORTUNITY,)


def test_whoever_gets_the_one_customer_by_a_claim_has_it_under_the_cap() -> None:
    ours, theirs = stands(ZHANG.id), claimed(LI.id)
    for owner, pool in ((LI.id, "south"), (ZHANG.id, None)):
        taken = step(ours, take_over(theirs, owner=owner)).ownership
        assert (taken.owner_id, taken.claimed_from) == (owner, pool)


def test_a_clock_held_by_what_the_other_brought_runs_out_once_that_is_gone() -> None:
    ours, theirs = stands(ZHANG.id, clock=True), claimed(LI.id, CONTRACT)
    taken = step(ours, take_over(theirs)).ownership
    assert taken.clock is not None
    holding = taken.model_copy(update={"clock": held(taken.clock, None)})
    at = AT + 40 * DAY
    again = step(holding, give_back(ours, taken), at=at).ownership
    assert again.clock is not None
    assert [due.at for due in again.clock.due] == [at]


@pytest.mark.parametrize("end", [None, AT + 60 * DAY])
def test_a_held_clock_is_held_again_after_a_merge_that_is_undone(end: datetime | None) -> None:
    theirs = claimed(LI.id, CONTRACT)
    assert theirs.clock is not None
    holding = theirs.model_copy(update={"clock": held(theirs.clock, end)})
    again = step(step(holding, into()).ownership, unmerge(holding), at=AT + 40 * DAY).ownership
    assert again.clock == holding.clock


def test_a_departure_asks_nothing_of_a_merged_customer() -> None:
    """It refuses with who stands for it, and is asked there."""
    merged = step(claimed(LI.id), into()).ownership
    with pytest.raises(Refused) as refused:
        decide(merged, OwnerLeft(rep_id=LI.id), POLICY, REPS, AT)
    assert (refused.value.code, refused.value.facts) == ("already_merged", {"about": "cus_a"})
