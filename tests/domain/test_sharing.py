"""Sharing a customer: who gets a grant, how it is extended, taken back, and comes to its end by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.assignment import Case, Rep
from domain.change import (
    Change,
    Claim,
    ClockDue,
    CollaboratorLeft,
    GrantShare,
    LeadArrived,
    LogFollowUp,
    OwnerLeft,
    Refused,
    Release,
    RevokeShare,
    ShareExpired,
)
from domain.event import APART_FROM_OWNERSHIP, EventKind
from domain.follow_up import FollowUp
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from domain.pending import next_change, request_id
from domain.policy import Onward, Policy, SharingRules
from domain.share import MAX_SHARES, Access, Share
from domain.step import Step
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG

DAY = timedelta(days=1)
STAFF = [ZHANG, LI, WANG, SMITH]
READ, COLLABORATE = Access.READ, Access.COLLABORATE


def owned(shares: tuple[Share, ...] = ()) -> Ownership:
    """A customer of the stand's, Zhang's."""
    case = Case(customer_type=CustomerType.TRADE_SHOW, region="CN-GD", show_contact=ZHANG.id)
    return birth("cus_1", case, POLICY, STAFF, AT).ownership.model_copy(update={"shares": shares})


def grant(rep: Rep = LI, access: Access = READ, days: float = 10) -> GrantShare:
    return GrantShare(approval_id="apr_1", rep_id=rep.id, access=access, until=AT + days * DAY)


def share(rep: Rep = LI, access: Access = READ, days: float = 10, **fields: Any) -> Share:
    fields = {"approval_id": "apr_1", "since": AT} | fields
    return Share(rep_id=rep.id, access=access, until=AT + days * DAY, **fields)


def step(before: Ownership, change: Change, at: datetime = AT, policy: Policy = POLICY) -> Step:
    found = decide(before, change, policy, STAFF, at)
    assert found is not None
    return found


def refusal(before: Ownership, change: Change, at: datetime = AT, staff: list[Rep] = STAFF) -> str:
    with pytest.raises(Refused) as caught:
        decide(before, change, POLICY, staff, at)
    return caught.value.code


def called(rep: Rep, at: datetime) -> LogFollowUp:
    content = {"kind": "call", "content": "客户同意下周来看样机并谈价格", "customer_answered": True}
    return LogFollowUp(follow_up=FollowUp.model_validate({"rep_id": rep.id, "occurred_at": at, **content}))


class TestGranted:
    def test_is_explained_and_leaves_the_owner_and_the_clock_alone(self) -> None:
        found = step(owned(), grant())
        assert found.ownership == owned((share(),))
        assert (found.event, found.assignment) == (EventKind.SHARE_GRANTED, None)
        assert found.data == {
            "rep_id": LI.id,
            "access": "READ",
            "until": "2026-12-03T01:30:00Z",
            "approval_id": "apr_1",
            "before": None,
        }

    def test_a_later_date_extends_and_the_grant_stays_the_same(self) -> None:
        later = AT + 3 * DAY
        found = step(owned((share(),)), grant(days=20), later)
        assert found.ownership.shares == (share(days=20, since=AT),)
        assert (found.event, found.data["before"]) == (EventKind.SHARE_EXTENDED, "2026-12-03T01:30:00+00:00")

    @pytest.mark.parametrize("again", [grant(), grant(days=3)])
    @pytest.mark.parametrize("has", [share(), share(access=COLLABORATE)])
    def test_once_what_a_rep_has_already_changes_nothing(self, has: Share, again: GrantShare) -> None:
        assert decide(owned((has,)), again, POLICY, STAFF, AT) is None

    def test_working_on_it_takes_the_place_of_seeing_it(self) -> None:
        found = step(owned((share(),)), grant(access=COLLABORATE))
        assert (found.event, found.ownership.shares) == (EventKind.SHARE_GRANTED, (share(access=COLLABORATE),))

    @pytest.mark.parametrize(
        ("change", "at", "staff", "code"),
        [
            (grant(ZHANG), AT, STAFF, "owner_cannot_share"),
            (grant(), AT + 10 * DAY, STAFF, "share_over"),
            (grant(), AT, [ZHANG], "unknown_rep"),
            (grant(), AT, [ZHANG, LI.model_copy(update={"active": False})], "rep_inactive"),
        ],
    )
    def test_refused(self, change: GrantShare, at: datetime, staff: list[Rep], code: str) -> None:
        assert refusal(owned(), change, at, staff) == code

    def test_so_many_and_no_more(self) -> None:
        reps = [Rep(id=f"rep.{n}", name=f"销售{n}") for n in range(MAX_SHARES)]
        full = owned(tuple(share(rep) for rep in reps))
        assert refusal(full, grant()) == "too_many_shares"
        extended = decide(full, grant(reps[0], days=30), POLICY, reps, AT)
        assert extended is not None
        assert len(extended.ownership.shares) == MAX_SHARES

    def test_a_merged_customers_data_is_no_longer_what_was_asked_about(self) -> None:
        merged = owned().model_copy(
            update={"place": Place.MERGED, "owner_id": None, "merged_into": "cus_2", "clock": None}
        )
        assert refusal(merged, grant()) == "already_merged"
        assert not GrantShare.follows


class TestEnds:
    def test_at_its_date_and_at_no_other(self) -> None:
        before = owned((share(), share(WANG, days=12)))
        due = ShareExpired(rep_id=LI.id, access=READ, due_at=AT + 10 * DAY)
        found = step(before, due, AT + 10 * DAY)
        assert (found.event, found.ownership.shares) == (EventKind.SHARE_EXPIRED, (share(WANG, days=12),))
        assert (found.data["rep_id"], found.data["access"]) == (LI.id, "READ")
        extended = step(before, grant(days=20)).ownership
        assert decide(extended, due, POLICY, STAFF, AT + 10 * DAY) is None
        assert decide(found.ownership, due, POLICY, STAFF, AT + 10 * DAY) is None

    def test_taken_back_whole(self) -> None:
        before = owned((share(), share(access=COLLABORATE, days=5), share(WANG)))
        found = step(before, RevokeShare(rep_id=LI.id, reason="项目结束"))
        assert (found.event, found.ownership.shares) == (EventKind.SHARE_REVOKED, (share(WANG),))
        assert found.data == {"rep_id": LI.id, "reason": "项目结束"}
        assert refusal(found.ownership, RevokeShare(rep_id=LI.id)) == "not_shared"

    def test_with_the_rep_who_leaves(self) -> None:
        gone = CollaboratorLeft(rep_id=LI.id, move_id="move_1")
        found = step(owned((share(), share(WANG))), gone)
        assert (found.event, found.ownership.shares) == (EventKind.SHARE_REVOKED, (share(WANG),))
        assert found.data["move_id"] == "move_1"
        assert decide(found.ownership, gone, POLICY, STAFF, AT) is None

    def test_when_the_collaborator_becomes_the_owner(self) -> None:
        before = owned((share(), share(WANG)))
        left = step(before, OwnerLeft(rep_id=ZHANG.id, successor_id=LI.id))
        assert (left.ownership.owner_id, left.ownership.shares) == (LI.id, (share(WANG),))
        keeping = POLICY.model_copy(update={"sharing": SharingRules(in_pool=Onward.KEEP)})
        free = step(before, Release(rep_id=ZHANG.id, reason="不在我的行业"), policy=keeping).ownership
        assert free.shares == before.shares
        claimed = step(free, Claim(rep_id=WANG.id), policy=keeping).ownership
        assert (claimed.owner_id, claimed.shares) == (WANG.id, (share(),))

    def test_in_the_pool_as_the_policy_says(self) -> None:
        free = step(owned((share(),)), Release(rep_id=ZHANG.id, reason="不在我的行业")).ownership
        assert free.shares == ()
        assert refusal(free, grant()) == "customer_in_pool"
        keeping = POLICY.model_copy(update={"sharing": SharingRules(in_pool=Onward.KEEP)})
        assert step(free, grant(), policy=keeping).ownership.shares == (share(),)


class TestPending:
    def test_the_first_to_end_comes_first_and_a_clock_before_a_grant_of_the_same_instant(self) -> None:
        before = owned((share(days=12), share(WANG, days=11)))
        first = next_change(before)
        assert first == ShareExpired(rep_id=WANG.id, access=READ, due_at=AT + 11 * DAY)
        assert request_id(before, first) == "cus_1:share_expired:wang.fang:READ:2026-12-04T01:30:00+00:00"
        assert isinstance(next_change(owned((share(days=23),))), ClockDue)
        assert isinstance(next_change(owned((share(days=22.9),))), ShareExpired)

    def test_a_grant_alone_keeps_the_workflow_running(self) -> None:
        alone = owned((share(),)).model_copy(update={"clock": None})
        assert next_change(alone) == ShareExpired(rep_id=LI.id, access=READ, due_at=AT + 10 * DAY)
        assert next_change(alone.model_copy(update={"shares": ()})) is None


class TestFollowUps:
    def test_a_collaborators_counts_as_the_policy_says(self) -> None:
        before = owned((share(access=COLLABORATE),))
        found = step(before, called(LI, AT + DAY), AT + DAY)
        assert (found.data["effective"], found.data["collaborator"]) == (True, True)
        assert found.ownership.clock is not None
        assert found.ownership.clock.started_at == AT + DAY
        not_counting = POLICY.model_copy(update={"sharing": SharingRules(collaborator_follow_up_counts=False)})
        found = step(before, called(LI, AT + DAY), AT + DAY, not_counting)
        assert (found.data["shortfalls"], found.ownership) == (["not_by_the_owner"], before)

    def test_one_whose_grant_is_over_is_a_stranger(self) -> None:
        before = owned((share(access=COLLABORATE),))
        found = step(before, called(LI, AT + 10 * DAY), AT + 10 * DAY)
        assert (found.data["shortfalls"], "collaborator" in found.data) == (["not_by_the_owner"], False)

    def test_a_reader_logs_none(self) -> None:
        assert refusal(owned((share(),)), called(LI, AT), AT) == "read_only_share"
        both = owned((share(days=20), share(access=COLLABORATE, days=5)))
        assert step(both, called(LI, AT), AT).data["effective"]
        assert refusal(both, called(LI, AT), AT + 6 * DAY) == "read_only_share"


def test_old_ownerships_are_shared_with_nobody() -> None:
    old = owned().model_dump(mode="json", exclude={"shares"})
    assert Ownership.model_validate(old) == owned()


def test_shares_ask_nobody_who_shall_own_the_customer() -> None:
    assert {kind for kind in EventKind if kind.startswith("share_")} <= APART_FROM_OWNERSHIP
    assert EventKind.TRANSFERRED not in APART_FROM_OWNERSHIP


def test_a_further_lead_changes_no_share() -> None:
    again = LeadArrived(lead_id="lead_2", case=Case(customer_type=CustomerType.TRADE_SHOW, region="CN-GD"))
    assert decide(owned((share(),)), again, POLICY, STAFF, AT) is None
