"""Transfers that were approved: applied to the customer as it then stands, or refused with the reason."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.assignment import Case, Rep
from domain.change import Change, Claim, ClockDue, OpenCommitment, Refused, Release, Transfer
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import Stage
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from domain.policy import Onward, Policy, TransferredClock, TransferRules
from domain.share import Access, Share
from domain.step import Step
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG

DAY = timedelta(days=1)
STAFF = [ZHANG, LI, WANG, SMITH]
GONE = LI.model_copy(update={"active": False})
TO_LI = Transfer(approval_id="apr_1", from_id=ZHANG.id, to_id=LI.id, reason="李娜熟悉这个行业")
CONTRACT = Commitment(kind=CommitmentKind.CONTRACT, reference="HT-2026-118", until=AT + 90 * DAY)


def owned(staff: list[Rep] = STAFF, kind: CustomerType = CustomerType.TRADE_SHOW) -> Ownership:
    """A customer of the stand's, Zhang's, with a clock."""
    return birth("cus_1", Case(customer_type=kind, region="CN-GD", show_contact=ZHANG.id), POLICY, staff, AT).ownership


def after(before: Ownership, *changes: Change) -> Ownership:
    for change in changes:
        before = step(before, change).ownership
    return before


def step(before: Ownership, change: Change, at: datetime = AT, policy: Policy = POLICY) -> Step:
    found = decide(before, change, policy, STAFF, at)
    assert found is not None
    return found


def under(**rules: Any) -> Policy:
    return POLICY.model_copy(update={"transfers": TransferRules(**rules)})


def share(rep: Rep, access: Access = Access.READ, days: int = 40, **fields: Any) -> Share:
    return Share(**{"rep_id": rep.id, "access": access, "until": AT + days * DAY, "since": AT} | fields)


def test_one_owner_with_a_fresh_clock_and_the_one_before_reads_on() -> None:
    before = after(owned(), OpenCommitment(commitment=CONTRACT))
    at = AT + 20 * DAY
    found = step(before, TO_LI, at)
    ownership = found.ownership
    assert (ownership.place, ownership.owner_id, ownership.previous_owner_id) == (Place.OWNED, LI.id, ZHANG.id)
    assert (ownership.seq, ownership.since, ownership.rule) == (before.seq + 1, at, before.rule)
    assert ownership.clock is not None
    assert (ownership.clock.started_at, ownership.policy) == (at, POLICY.fingerprint)
    assert ownership.commitments == (CONTRACT,)
    assert ownership.shares == (share(ZHANG, days=34, since=at, approval_id="apr_1"),)


def test_explained_by_the_approval() -> None:
    found = step(owned(), TO_LI)
    assert (found.event, found.assignment) == (EventKind.TRANSFERRED, None)
    assert found.data == {
        "approval_id": "apr_1",
        "from_id": ZHANG.id,
        "to_id": LI.id,
        "reason": "李娜熟悉这个行业",
        "clock_kept": False,
        "previous_owner_reads_until": "2026-12-07T01:30:00+00:00",
    }


def test_the_clock_runs_on_when_the_policy_says_so_unless_it_is_held() -> None:
    keeping = under(clock=TransferredClock.KEEP)
    before = owned()
    found = step(before, TO_LI, AT + 20 * DAY, keeping)
    assert (found.ownership.clock, found.ownership.policy) == (before.clock, before.policy)
    assert found.data["clock_kept"]
    held = before.clock and before.clock.model_copy(update={"held": True, "due": ()})
    fresh = step(before.model_copy(update={"clock": held}), TO_LI, AT + 40 * DAY, keeping).ownership.clock
    assert fresh is not None
    assert (fresh.held, fresh.started_at) == (False, AT + 40 * DAY)


def test_what_protected_a_claim_ends_with_whoever_claimed() -> None:
    before = owned().model_copy(update={"claimed_from": "public", "protected_until": AT + 30 * DAY})
    ownership = step(before, TO_LI).ownership
    assert (ownership.claimed_from, ownership.protected_until) == (None, None)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, {(WANG.id, 40), (ZHANG.id, 14)}),
        ({"shares": Onward.END}, {(ZHANG.id, 14)}),
        ({"previous_owner_reads_days": 0}, {(WANG.id, 40)}),
        ({"shares": Onward.END, "previous_owner_reads_days": 0}, set()),
    ],
)
def test_shares_go_along_as_the_policy_says_but_the_new_owners(
    rules: dict[str, Any], expected: set[tuple[str, int]]
) -> None:
    before = owned().model_copy(update={"shares": (share(WANG), share(LI, Access.COLLABORATE))})
    found = step(before, TO_LI, policy=under(**rules)).ownership.shares
    assert {(it.rep_id, (it.until - AT).days) for it in found} == expected


def test_nobody_who_left_reads_on() -> None:
    found = decide(owned(), TO_LI, POLICY, [ZHANG.model_copy(update={"active": False}), LI], AT)
    assert found is not None
    assert found.ownership.shares == ()


@pytest.mark.parametrize("place", [Place.QUEUE, Place.POOL])
def test_a_customer_of_nobodys_is_given_as_approved(place: Place) -> None:
    queued = owned([], CustomerType.KEY_ACCOUNT)
    before = queued if place is Place.QUEUE else after(owned(), Release(rep_id=ZHANG.id, reason="不在我的行业"))
    ownership = step(before, TO_LI.model_copy(update={"from_id": None})).ownership
    assert (ownership.owner_id, ownership.wait, ownership.shares) == (LI.id, None, ())


RELEASED = Release(rep_id=ZHANG.id, reason="不在我的行业")


@pytest.mark.parametrize(
    ("meanwhile", "staff", "change", "code"),
    [
        ((RELEASED, Claim(rep_id=WANG.id)), STAFF, {}, "owner_changed"),
        ((RELEASED,), STAFF, {}, "customer_in_pool"),
        ((RELEASED, Claim(rep_id=WANG.id)), STAFF, {"from_id": None}, "owner_changed"),
        ((RELEASED, Claim(rep_id=LI.id)), STAFF, {}, "already_the_owner"),
        ((), STAFF, {"to_id": ZHANG.id}, "already_the_owner"),
        ((), [ZHANG], {}, "unknown_rep"),
        ((), [ZHANG, GONE], {}, "rep_inactive"),
    ],
)
def test_refused_when_it_is_not_what_was_asked_about(
    meanwhile: tuple[Change, ...], staff: list[Rep], change: dict[str, Any], code: str
) -> None:
    before = after(owned(), *meanwhile)
    with pytest.raises(Refused, match=code):
        decide(before, TO_LI.model_copy(update=change), POLICY, staff, AT)


def test_never_to_the_survivor_of_a_merge() -> None:
    merged = owned().model_copy(update={"place": Place.MERGED, "owner_id": None, "merged_into": "cus_2"})
    with pytest.raises(Refused) as caught:
        decide(merged, TO_LI, POLICY, STAFF, AT)
    assert (caught.value.code, caught.value.facts) == ("already_merged", {"about": "cus_2"})
    assert not TO_LI.follows


@pytest.mark.parametrize("transfer_first", [True, False])
def test_one_owner_when_the_clock_runs_out_at_the_same_instant(transfer_first: bool) -> None:
    """Whichever comes first counts; the other finds that it is too late."""
    before = owned()
    for stage in ("warn", "warn", "escalate"):
        clock = before.clock
        assert clock is not None, stage
        before = step(before, ClockDue(stage=clock.due[0].stage, due_at=clock.due[0].at), clock.due[0].at).ownership
    end = AT + 30 * DAY
    expired = ClockDue(stage=Stage.EXPIRE, due_at=end)
    if transfer_first:
        given = step(before, TO_LI, end).ownership
        assert decide(given, expired, POLICY, STAFF, end) is None
        assert given.owner_id == LI.id
    else:
        moved = step(before, expired, end).ownership
        assert moved.owner_id in (LI.id, WANG.id)
        with pytest.raises(Refused, match=r"owner_changed|already_the_owner"):
            decide(moved, TO_LI, POLICY, STAFF, end)
