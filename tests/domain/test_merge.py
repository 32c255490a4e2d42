"""What a merge and its undoing come to for either ownership."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change import GiveBack, MergeInto, Refused, Release, TakeOver, Unmerge
from domain.event import EventKind
from domain.follow_up import start_clock
from domain.lead import CustomerType
from domain.merging_rules import MergedClock, MergedOwner, MergingRules
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.step import Step, owned_by, pooled
from domain.transition import decide
from tests.examples import AT, LI, POLICY, WANG, ZHANG

DAY = timedelta(days=1)
REPS = (ZHANG, LI, WANG)
RULE = POLICY.clocks["stand_lead"]


def stands(owner: str | None, *, customer_id: str = "cus_a", since: datetime = AT, clock: bool = False) -> Ownership:
    at = {"place": Place.OWNED, "owner_id": owner} if owner else {"place": Place.POOL, "queue": "public"}
    return Ownership.model_validate(
        {
            "customer_id": customer_id,
            "customer_type": CustomerType.TRADE_SHOW,
            "region": "CN-GD",
            "seq": 3,
            "owner_id": None,
            "queue": None,
            "since": since,
            "clock": start_clock("stand_lead", RULE, since) if clock else None,
            **at,
        }
    )


def under(**rules: Any) -> Policy:
    return POLICY.model_copy(update={"merging": MergingRules(**rules)})


def step(before: Ownership, change: Any, policy: Policy = POLICY, at: datetime = AT, reps: Any = REPS) -> Step:
    found = decide(before, change, policy, reps, at)
    assert found is not None
    return found


def into(survivor_id: str = "cus_a", **fields: Any) -> MergeInto:
    return MergeInto(survivor_id=survivor_id, by="li.na", reason="同一家公司", **fields)


def take_over(absorbed: Ownership, **fields: Any) -> TakeOver:
    return TakeOver(**{"merge_id": "mrg_1", "absorbed": absorbed, "region": "CN-GD", "owner": None, **fields})


def unmerge(restored: Ownership) -> Unmerge:
    return Unmerge(merge_id="mrg_1", restored=restored, by="li.na", reason="弄错了")


class TestMerged:
    def test_stands_with_its_survivor(self) -> None:
        after = step(stands(LI.id, customer_id="cus_b", clock=True), into()).ownership
        assert (after.place, after.merged_into, after.owner_id, after.clock) == (Place.MERGED, "cus_a", None, None)
        assert (after.seq, after.previous_owner_id) == (4, LI.id)

    @pytest.mark.parametrize(
        ("change", "code"),
        [(into("cus_b"), "same_customer"), (into(owner="nobody"), "rep_not_available")],
    )
    def test_refused(self, change: MergeInto, code: str) -> None:
        with pytest.raises(Refused, match=code):
            step(stands(LI.id, customer_id="cus_b"), change)

    def test_refuses_everything_but_its_undoing_and_names_its_survivor(self) -> None:
        merged = step(stands(LI.id, customer_id="cus_b"), into()).ownership
        for change in (Release(rep_id=LI.id, reason="休假"), into("cus_c"), take_over(merged)):
            with pytest.raises(Refused) as caught:
                step(merged, change)
            assert (caught.value.code, caught.value.facts) == ("already_merged", {"about": "cus_a"})


class TestTakenOver:
    @pytest.mark.parametrize(
        ("own", "other", "rules", "asked", "expected"),
        [
            (ZHANG.id, LI.id, {}, None, ZHANG.id),
            (ZHANG.id, LI.id, {"owner": MergedOwner.LONGEST}, None, LI.id),
            (ZHANG.id, LI.id, {}, WANG.id, WANG.id),
            (None, LI.id, {}, None, LI.id),
            (ZHANG.id, None, {}, None, ZHANG.id),
            (None, None, {}, None, None),
            (ZHANG.id, LI.id, {}, "gone", ZHANG.id),
            (None, "gone", {}, None, None),
        ],
    )
    def test_owner(
        self, own: str | None, other: str | None, rules: dict[str, Any], asked: str | None, expected: str | None
    ) -> None:
        absorbed = stands(other, customer_id="cus_b", since=AT - DAY)
        taken = step(stands(own), take_over(absorbed, owner=asked), under(**rules))
        assert taken.ownership.owner_id == expected
        assert (taken.ownership.seq, taken.event) == (4, EventKind.CUSTOMER_ABSORBED)

    def test_longest_is_the_survivor_when_it_is(self) -> None:
        absorbed = stands(LI.id, customer_id="cus_b", since=AT + DAY)
        assert step(stands(ZHANG.id), take_over(absorbed), under(owner=MergedOwner.LONGEST)).ownership.owner_id == (
            ZHANG.id
        )

    def test_the_clock(self) -> None:
        own, older = stands(ZHANG.id, clock=True), stands(LI.id, customer_id="cus_b", since=AT - 9 * DAY, clock=True)
        kept = step(own, take_over(older)).ownership
        sooner = step(own, take_over(older), under(clock=MergedClock.SOONER)).ownership
        assert (kept.clock, sooner.clock) == (own.clock, older.clock)
        without = stands(ZHANG.id)
        assert step(without, take_over(older), under(clock=MergedClock.SOONER)).ownership.clock == older.clock
        assert step(own, take_over(without), under(clock=MergedClock.SOONER)).ownership.clock == own.clock

    def test_a_new_owner_gets_a_clock_of_their_own_and_the_absorbeds_owner_keeps_theirs(self) -> None:
        older = stands(LI.id, customer_id="cus_b", since=AT - 9 * DAY, clock=True)
        fresh = step(stands(ZHANG.id), take_over(older, owner=WANG.id)).ownership.clock
        theirs = step(stands(ZHANG.id), take_over(older, owner=LI.id)).ownership.clock
        assert fresh is not None
        assert (fresh.started_at, theirs) == (AT, older.clock)

    def test_the_region_is_the_profiles(self) -> None:
        absorbed = stands(None, customer_id="cus_b")
        assert step(stands(ZHANG.id), take_over(absorbed, region="CN-SH")).ownership.region == "CN-SH"


class TestUnmerged:
    @pytest.mark.parametrize("owner", [LI.id, None])
    def test_as_it_was(self, owner: str | None) -> None:
        was = stands(owner, customer_id="cus_b", clock=owner is not None)
        merged = step(was, into()).ownership
        after = step(merged, unmerge(was), at=AT + DAY).ownership
        assert after == was.model_copy(update={"seq": 5})

    def test_deadlines_that_went_by_do_not_come_back(self) -> None:
        was = stands(LI.id, customer_id="cus_b", clock=True)
        merged = step(was, into()).ownership
        for days, stages, end in ((24, 3, 30), (29.5, 1, 30), (31, 4, 61)):
            at = AT + timedelta(days=days)
            clock = step(merged, unmerge(was), at=at).ownership.clock
            assert clock is not None
            assert (len(clock.due), clock.due[-1].at) == (stages, AT + timedelta(days=end))

    def test_an_owner_who_has_gone_is_replaced(self) -> None:
        was = stands("gone", customer_id="cus_b")
        after = step(step(was, into()).ownership, unmerge(was))
        assert (after.event, after.ownership.owner_id) == (EventKind.CUSTOMER_UNMERGED, LI.id)
        assert after.assignment is not None
        nobody = step(step(was, into()).ownership, unmerge(was), reps=()).ownership
        assert (nobody.place, nobody.queue, nobody.merged_into) == (Place.QUEUE, "unassigned", None)

    def test_what_is_not_merged_is_refused(self) -> None:
        with pytest.raises(Refused, match="not_merged"):
            step(stands(LI.id), unmerge(stands(LI.id)))


class TestGivenBack:
    @staticmethod
    def give_back(was: Ownership, taken: Ownership) -> GiveBack:
        return GiveBack(merge_id="mrg_1", was=was, taken=taken, region="CN-GD")

    @pytest.mark.parametrize("own", [ZHANG.id, None])
    @pytest.mark.parametrize("asked", [WANG.id, LI.id, None])
    def test_as_it_was(self, own: str | None, asked: str | None) -> None:
        was = stands(own, clock=own is not None)
        taken = step(was, take_over(stands(LI.id, customer_id="cus_b", clock=True), owner=asked)).ownership
        after = step(taken, self.give_back(was, taken), at=AT + DAY)
        assert after.ownership == was.model_copy(update={"seq": 5})
        assert (after.event, after.data["restored"]) == (EventKind.CUSTOMER_SEPARATED, True)

    def test_an_owner_of_later_stays(self) -> None:
        was = stands(ZHANG.id)
        taken = step(was, take_over(stands(LI.id, customer_id="cus_b"))).ownership
        for later in (pooled(taken, POLICY, AT), owned_by(taken, WANG.id, POLICY, AT)):
            after = step(later, self.give_back(was, taken))
            assert after.ownership == later.model_copy(update={"seq": later.seq + 1})
            assert after.data["restored"] is False

    def test_an_owner_who_has_gone_is_not_brought_back(self) -> None:
        was = stands("gone")
        taken = step(was, take_over(stands(LI.id, customer_id="cus_b"), owner=LI.id)).ownership
        assert step(taken, self.give_back(was, taken)).ownership.owner_id == LI.id

    def test_a_clock_that_was_restarted_meanwhile_runs_on(self) -> None:
        was = stands(ZHANG.id, clock=True)
        taken = step(was, take_over(stands(LI.id, customer_id="cus_b"))).ownership
        assert taken.clock is not None
        followed_up = taken.model_copy(update={"clock": taken.clock.restarted(AT + DAY, AT + DAY, None)})
        assert step(followed_up, self.give_back(was, taken)).ownership.clock == followed_up.clock


owners = st.sampled_from((ZHANG.id, LI.id, WANG.id, None))


@given(owners, owners, owners, st.sampled_from(MergedOwner), st.sampled_from(MergedClock), st.integers(0, 40))
def test_one_owner_through_it_all(
    own: str | None, other: str | None, asked: str | None, owner: MergedOwner, clock: MergedClock, days: int
) -> None:
    """Invariant one_owner at each step; and when nothing came between, both stand where they stood."""
    policy = under(owner=owner, clock=clock)
    was, theirs = stands(own, clock=own is not None), stands(other, customer_id="cus_b", clock=other is not None)
    merged = step(theirs, into(owner=asked), policy).ownership
    taken = step(was, take_over(theirs, owner=asked), policy).ownership
    at = AT + days * DAY
    theirs_again = step(merged, unmerge(theirs), policy, at).ownership
    again = step(taken, TestGivenBack.give_back(was, taken), policy, at).ownership
    names = ("place", "owner_id", "queue", "since", "previous_owner_id", "region")
    for before, after in ((theirs, theirs_again), (was, again)):
        Ownership.model_validate(after.model_dump())
        assert [getattr(before, name) for name in names] == [getattr(after, name) for name in names]
    for each in (merged, taken):
        Ownership.model_validate(each.model_dump())


class TestCustomerType:
    """A key account stays one by the shipped policy, with its rule and its clock; undone, nothing is left of it."""

    def key(self, owner: str | None = LI.id) -> Ownership:
        kind = {"customer_type": CustomerType.KEY_ACCOUNT, "rule": "key_account"}
        return stands(owner, customer_id="cus_b").model_copy(update=kind)

    def test_the_key_account_wins(self) -> None:
        before = stands(ZHANG.id, clock=True)
        taken = step(before, take_over(self.key()))
        assert (taken.ownership.customer_type, taken.ownership.rule) == (CustomerType.KEY_ACCOUNT, "key_account")
        assert (taken.ownership.owner_id, taken.ownership.clock) == (ZHANG.id, None)
        assert (taken.data["customer_type"], taken.data["customer_type_by"]) == ("key_account", "key_account_wins")

    def test_undone(self) -> None:
        before = stands(ZHANG.id, clock=True)
        taken = step(before, take_over(self.key())).ownership
        back = GiveBack(merge_id="mrg_1", was=before, taken=taken, region="CN-GD")
        assert step(taken, back).ownership == before.model_copy(update={"seq": taken.seq + 1})
        moved = pooled(taken, POLICY, AT)
        given = step(moved, back).ownership
        assert (given.customer_type, given.rule, given.place) == (before.customer_type, before.rule, Place.POOL)

    def test_the_survivors_type_by_another_policy(self) -> None:
        taken = step(stands(ZHANG.id, clock=True), take_over(self.key()), under(customer_type="survivor"))
        assert taken.ownership.customer_type is CustomerType.TRADE_SHOW
        assert taken.ownership.clock is not None

    def test_a_surviving_key_account(self) -> None:
        survivor = self.key(ZHANG.id).model_copy(update={"customer_id": "cus_a"})
        taken = step(survivor, take_over(stands(LI.id, customer_id="cus_b", clock=True)))
        assert (taken.ownership.customer_type, taken.ownership.rule) == (CustomerType.KEY_ACCOUNT, "key_account")
