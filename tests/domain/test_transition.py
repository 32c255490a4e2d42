"""From one ownership to the next: each change by example, and the invariant one_owner under random ones."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.assignment import Case, Reason, Rep
from domain.change import (
    Change,
    ChangeProfile,
    ChangeStanding,
    Claim,
    ClockDue,
    CloseCommitment,
    Designate,
    GrantShare,
    LeadArrived,
    LogFollowUp,
    OpenCommitment,
    OwnerLeft,
    Refused,
    Release,
    RevokeShare,
    ShareExpired,
    Transfer,
    TryAgain,
)
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import Due, FollowUp, Stage
from domain.lead import Company, CustomerType
from domain.ownership import Ownership, Place
from domain.pending import next_change
from domain.policy import ClockRule, OnExpiry, Policy
from domain.profile import Profile
from domain.protection import protection_of
from domain.share import Access
from domain.step import Step
from domain.transition import birth, case_for, concerns_owner, decide, names_another_contact
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG, ruled
from tests.strategies import REP_IDS, TERRITORIES, cases, follow_ups, policies, rep_ids

NEW, SHOW, KEY_ACCOUNT = CustomerType.NEW_REGISTRATION, CustomerType.TRADE_SHOW, CustomerType.KEY_ACCOUNT
STAFF = [ZHANG, LI, WANG]
DAY = timedelta(days=1)


def born(
    customer_type: CustomerType = SHOW, staff: list[Rep] = STAFF, policy: Policy = POLICY, **case: Any
) -> Ownership:
    """A customer of the stand's, in Guangdong; Zhang's unless the case says otherwise."""
    case = {"region": "CN-GD", "show_contact": ZHANG.id} | case
    return birth("cus_1", Case(customer_type=customer_type, **case), policy, staff, AT).ownership


def step(
    before: Ownership, change: Change, at: datetime = AT, staff: list[Rep] = STAFF, policy: Policy = POLICY
) -> Step:
    """What a change comes to; it must come to something."""
    found = decide(before, change, policy, staff, at)
    assert found is not None
    return found


def pooled() -> Ownership:
    return step(born(), Release(rep_id=ZHANG.id, reason="不在我的行业")).ownership


def due(ownership: Ownership) -> Due:
    assert ownership.clock is not None
    return ownership.clock.due[0]


def ring(before: Ownership, staff: list[Rep] = STAFF, policy: Policy = POLICY) -> Step:
    """What comes of the clock's next stage at its time."""
    it = due(before)
    return step(before, ClockDue(stage=it.stage, due_at=it.at), it.at, staff, policy)


def expiring(policy: Policy = POLICY) -> Ownership:
    """A customer of Zhang's of whose clock all but the end is over."""
    ownership = born(policy=policy)
    while due(ownership).stage is not Stage.EXPIRE:
        ownership = ring(ownership, policy=policy).ownership
    return ownership


def with_clock(**rule: Any) -> Policy:
    clock = ClockRule.model_validate(POLICY.clocks["stand_lead"].model_dump() | rule)
    return POLICY.model_copy(update={"clocks": {"stand_lead": clock}})


def called(at: datetime | None, rep_id: str = ZHANG.id) -> LogFollowUp:
    content = "客户同意下周来看样机并谈价格"
    effective = {"rep_id": rep_id, "kind": "call", "content": content, "customer_answered": True, "occurred_at": at}
    return LogFollowUp(follow_up=FollowUp.model_validate(effective))


class TestBirth:
    """The first ownership."""

    def test_with_an_owner_has_a_clock_when_the_type_has_one(self) -> None:
        owned = born()
        assert (owned.seq, owned.place, owned.owner_id, owned.since) == (1, Place.OWNED, ZHANG.id, AT)
        assert (owned.previous_owner_id, owned.queue, owned.reason) == (None, None, None)
        assert due(owned) == Due(stage=Stage.WARN, at=AT + 23 * DAY)
        assert born(NEW).clock is None

    def test_without_an_owner_waits_in_the_types_queue(self) -> None:
        waiting = born(KEY_ACCOUNT)
        assert (waiting.seq, waiting.place, waiting.queue) == (1, Place.QUEUE, "management")
        assert (waiting.owner_id, waiting.reason, waiting.clock) == (None, Reason.NEEDS_DESIGNATION, None)
        assert born(staff=[], show_contact=None).reason is Reason.NO_TERRITORY


class TestClaimAndRelease:
    """Into the pool and out of it."""

    def test_the_owner_gives_back_and_another_takes(self) -> None:
        free = pooled()
        assert (free.seq, free.place, free.queue, free.clock) == (2, Place.POOL, "public", None)
        assert free.previous_owner_id == ZHANG.id
        taken = step(free, Claim(rep_id=LI.id), AT + DAY)
        assert (taken.event, taken.ownership.owner_id, taken.ownership.previous_owner_id) == (
            "claimed",
            LI.id,
            ZHANG.id,
        )
        assert due(taken.ownership).at == AT + 24 * DAY

    @pytest.mark.parametrize(
        ("before", "change", "code"),
        [
            (born(), Claim(rep_id=LI.id), "customer_already_owned"),
            (born(KEY_ACCOUNT), Claim(rep_id=LI.id), "customer_in_queue"),
            (pooled(), Claim(rep_id="unknown"), "rep_not_available"),
            (pooled(), Claim(rep_id=SMITH.id), "rep_not_available"),
            (born(), Release(rep_id=LI.id, reason="x"), "not_the_owner"),
            (pooled(), Release(rep_id=ZHANG.id, reason="x"), "not_the_owner"),
        ],
    )
    def test_what_the_rules_do_not_allow_is_refused(self, before: Ownership, change: Change, code: str) -> None:
        away = SMITH.model_copy(update={"on_leave": True})
        with pytest.raises(Refused) as caught:
            decide(before, change, POLICY, [*STAFF, away], AT)
        assert caught.value.code == code


class TestRules:
    """Which rule a customer stays under, and what of the customer decides it later."""

    POLICY = ruled(
        {"rule": "bank", "when": {"industry": "银行"}, "methods": ["named_contact"], "clock": "stand_lead"},
        {"rule": "expo", "when": {"show": {"present": True}, "need": {"matches": "急"}}, "methods": ["rotation"]},
        {"rule": "rest", "methods": ["named_contact", "rotation"], "changes_when": ["customer_names_contact"]},
    )

    def test_what_is_known_of_the_customer_stays_with_it(self) -> None:
        owned = born(NEW, policy=self.POLICY, industry="银行", amount="5", currency="CNY", named_contact=ZHANG.id)
        assert (owned.rule, owned.facts.industry, owned.facts.amount) == ("bank", "银行", 5)
        assert owned.clock is not None
        moved = step(owned, OwnerLeft(rep_id=ZHANG.id), policy=self.POLICY).ownership
        assert (moved.rule, moved.queue, moved.reason) == ("bank", "unassigned", Reason.NOT_NAMED)

    def test_a_claimed_customer_keeps_its_rule(self) -> None:
        """Though what the lead wanted is not known any more."""
        owned = born(SHOW, policy=self.POLICY, show="华南展", need="很急")
        assert owned.rule == "expo"
        free = step(owned, Release(rep_id=owned.owner_id or "", reason="x"), policy=self.POLICY).ownership
        assert step(free, Claim(rep_id=LI.id), policy=self.POLICY).ownership.rule == "expo"

    def test_a_rule_that_the_policy_has_no_more_gives_way_to_the_one_that_applies(self) -> None:
        owned = born(NEW, policy=self.POLICY).model_copy(update={"rule": "of last year"})
        names = Case(customer_type=NEW, named_contact=WANG.id)
        assert names_another_contact(owned, names, self.POLICY)

    def test_a_further_lead_fills_gaps_and_a_corrected_profile_counts(self) -> None:
        owned = born(KEY_ACCOUNT, staff=[], policy=self.POLICY, source="web")
        lead = LeadArrived(lead_id="lead_2", case=Case(customer_type=NEW, industry="银行", source="show"))
        assert case_for(owned, lead).source == "web"
        names_li = LeadArrived(lead_id="lead_3", case=lead.case.model_copy(update={"named_contact": LI.id}))
        assert step(owned, names_li, policy=self.POLICY).ownership.rule == "bank"
        profile = Profile(industry="银行", address="广东省深圳市南山区科技园1号")
        corrected = ChangeProfile(profile=profile, expected_version=1)
        facts = step(owned, corrected, policy=self.POLICY).ownership.facts
        assert (facts.industry, facts.division, facts.source) == ("银行", "440305", "web")

    def test_nobody_claims_above_their_total_cap(self) -> None:
        full = LI.model_copy(update={"total_cap": 2, "load": 2})
        with pytest.raises(Refused) as caught:
            decide(pooled(), Claim(rep_id=LI.id), POLICY, [full], AT)
        assert caught.value.code == "rep_at_cap"
        busy_today = LI.model_copy(update={"daily_cap": 2, "given_today": 2})
        assert step(pooled(), Claim(rep_id=LI.id), staff=[busy_today]).ownership.owner_id == LI.id


class TestFurtherLead:
    """Another lead of a known customer."""

    def arrived(self, **case: Any) -> LeadArrived:
        return LeadArrived(lead_id="lead_2", case=Case.model_validate({"customer_type": SHOW} | case))

    def test_gives_a_waiting_customer_another_try(self) -> None:
        waiting = born(KEY_ACCOUNT)
        found = step(waiting, self.arrived(named_contact=LI.id))
        assert (found.event, found.ownership.owner_id, found.ownership.seq) == ("owner_assigned", LI.id, 2)
        assert found.ownership.customer_type is KEY_ACCOUNT
        assert decide(waiting, self.arrived(), POLICY, STAFF, AT) is None

    @pytest.mark.parametrize("region", [None, "US-CA"])
    def test_is_assigned_in_the_customers_own_region(self, region: str | None) -> None:
        """A lead that says nothing of the region, or something else, does not move the customer."""
        waiting = born(NEW, staff=[])
        found = step(waiting, self.arrived(region=region), staff=[*STAFF, SMITH])
        assert (found.ownership.owner_id, found.ownership.region) == (LI.id, "CN-GD")
        assert found.assignment is not None
        assert found.assignment.rotation_pool == "CN-GD"

    def test_tells_the_region_of_a_customer_who_had_none(self) -> None:
        nowhere = born(NEW, region=None)
        assert nowhere.reason is Reason.NO_REGION
        found = step(nowhere, self.arrived(region="CN-GD"))
        assert (found.ownership.region, found.ownership.place) == ("CN-GD", Place.OWNED)
        owned = born(NEW, region=None, named_contact=LI.id)
        assert concerns_owner(owned, self.arrived(region="CN-GD").case, POLICY)
        found = step(owned, self.arrived(region="CN-GD"))
        assert found.event is EventKind.PROFILE_CHANGED
        assert found.ownership == owned.model_copy(update={"region": "CN-GD"})

    def test_that_names_another_contact_changes_the_owner_when_the_policy_says_so(self) -> None:
        owned, names_li = born(NEW, named_contact=ZHANG.id), self.arrived(named_contact=LI.id)
        assert names_another_contact(owned, names_li.case, POLICY)
        found = step(owned, names_li, AT + DAY)
        assert (found.event, found.ownership.owner_id, found.ownership.previous_owner_id) == (
            "owner_changed",
            LI.id,
            ZHANG.id,
        )
        assert not concerns_owner(born(SHOW), names_li.case, POLICY)
        assert decide(born(SHOW), names_li, POLICY, STAFF, AT) is None
        for nobody_else in (
            self.arrived(named_contact=ZHANG.id),
            self.arrived(),
            self.arrived(named_contact="unknown"),
        ):
            assert decide(owned, nobody_else, POLICY, STAFF, AT) is None


class TestOwnerLeft:
    """The owner was deactivated."""

    def test_the_customer_moves_on_or_waits(self) -> None:
        found = step(born(), OwnerLeft(rep_id=ZHANG.id))
        assert (found.event, found.ownership.owner_id) == ("owner_assigned", LI.id)
        assert found.ownership.previous_owner_id == ZHANG.id
        alone = step(born(), OwnerLeft(rep_id=ZHANG.id), staff=[ZHANG])
        assert (alone.event, alone.ownership.queue, alone.ownership.reason) == (
            "queued",
            "unassigned",
            "nobody_on_duty",
        )

    def test_a_customer_of_somebody_else_stays(self) -> None:
        assert decide(born(), OwnerLeft(rep_id=LI.id), POLICY, STAFF, AT) is None
        assert decide(pooled(), OwnerLeft(rep_id=ZHANG.id), POLICY, STAFF, AT) is None


class TestFollowUp:
    """What restarts the clock, and from when."""

    @pytest.mark.parametrize(
        ("occurred_at", "started_at"),
        [
            (None, AT + 10 * DAY),
            (AT + 4 * DAY, AT + 4 * DAY),
            (AT + 11 * DAY, AT + 10 * DAY),
            (AT, AT),
            (AT - DAY, AT),
        ],
    )
    def test_restarts_the_clock_from_when_it_happened(self, occurred_at: datetime | None, started_at: datetime) -> None:
        """Never from the future, and never back."""
        found = step(born(), called(occurred_at), AT + 10 * DAY)
        assert found.data == {"rep_id": ZHANG.id, "kind": "call", "effective": True, "shortfalls": []}
        assert found.ownership.clock is not None
        assert found.ownership.clock.started_at == started_at
        assert found.ownership.clock.due[-1].at == started_at + 30 * DAY
        assert (found.ownership.seq, found.ownership.owner_id, found.ownership.since) == (1, ZHANG.id, AT)

    def test_from_before_the_clock_brings_no_warning_back(self) -> None:
        warned = ring(born()).ownership
        assert step(warned, called(AT - DAY), AT + 24 * DAY).ownership == warned

    def test_from_a_while_ago_brings_no_warning_back(self) -> None:
        """A warning that fell due twice at one instant would have one id, be done already, and come for ever."""
        warned = ring(ring(born()).ownership).ownership
        late = step(warned, called(AT + 5 * DAY), AT + 29 * DAY).ownership
        assert late.clock is not None
        assert [(it.stage, it.at - AT) for it in late.clock.due] == [
            (Stage.WARN, 33 * DAY),
            (Stage.ESCALATE, 34 * DAY),
            (Stage.EXPIRE, 35 * DAY),
        ]

    @pytest.mark.parametrize("change", [called(None, LI.id), called(AT + 5 * DAY, "nobody")])
    def test_that_is_not_effective_is_kept_but_restarts_nothing(self, change: LogFollowUp) -> None:
        found = step(born(), change, AT + 10 * DAY)
        assert found.ownership == born()
        assert (found.data["effective"], found.data["shortfalls"]) == (False, ["not_by_the_owner"])

    def test_without_a_clock_is_kept(self) -> None:
        assert step(born(NEW, named_contact=ZHANG.id), called(None)).data["effective"] is True
        assert step(pooled(), called(None)).data["effective"] is False


class TestClock:
    """What falls due, in order."""

    def test_warns_twice_escalates_and_reassigns(self) -> None:
        told: list[str] = []
        ownership = born()
        for _ in range(4):
            found = ring(ownership)
            told.append(found.event)
            ownership = found.ownership
        assert told == ["follow_up_warning", "follow_up_warning", "follow_up_escalated", "reassigned"]
        assert (ownership.owner_id, ownership.previous_owner_id, ownership.seq) == (LI.id, ZHANG.id, 2)
        assert ownership.since == AT + 30 * DAY
        assert due(ownership).at == AT + 53 * DAY

    def test_a_stage_that_is_not_the_next_does_nothing(self) -> None:
        owned = born()
        assert owned.clock is not None
        for stale in (*owned.clock.due[1:], Due(stage=Stage.WARN, at=AT), Due(stage=Stage.EXPIRE, at=due(owned).at)):
            assert decide(owned, ClockDue(stage=stale.stage, due_at=stale.at), POLICY, STAFF, stale.at) is None
        rung = ClockDue(stage=Stage.WARN, due_at=due(owned).at)
        for moved_on in (ring(owned).ownership, pooled(), born(NEW, named_contact=ZHANG.id)):
            assert decide(moved_on, rung, POLICY, STAFF, AT + 23 * DAY) is None

    def test_the_previous_owner_is_left_out_unless_the_rule_says_otherwise(self) -> None:
        assert ring(expiring(), staff=[ZHANG]).event is EventKind.RECYCLED
        again = with_clock(exclude_previous_owner=False)
        assert ring(expiring(again), staff=[ZHANG], policy=again).ownership.owner_id == ZHANG.id

    def test_with_nobody_else_the_customer_goes_to_the_pool_or_stays(self) -> None:
        recycled = ring(expiring(), staff=[ZHANG]).ownership
        assert (recycled.place, recycled.queue, recycled.previous_owner_id) == (Place.POOL, "public", ZHANG.id)
        keep = with_clock(no_owner_found="keep")
        kept = ring(expiring(keep), staff=[ZHANG], policy=keep)
        assert kept.event is EventKind.OWNER_KEPT
        assert kept.assignment is not None
        assert (kept.ownership.owner_id, kept.ownership.seq) == (ZHANG.id, 1)
        assert due(kept.ownership).at == AT + 53 * DAY

    def test_may_recycle_at_once(self) -> None:
        recycle = with_clock(on_expiry=OnExpiry.RECYCLE)
        found = ring(expiring(recycle), policy=recycle)
        assert (found.event, found.ownership.place, found.assignment) == ("recycled", Place.POOL, None)

    def test_goes_by_the_rule_with_which_it_began(self) -> None:
        """A new policy's clock counts for new owners; a promise that was made to this one stands."""
        owned = expiring(with_clock(on_expiry=OnExpiry.RECYCLE))
        assert ring(owned).event is EventKind.RECYCLED
        found = step(born(), called(None), AT + DAY, policy=with_clock(days=90)).ownership
        assert found.clock is not None
        assert found.clock.due[-1].at == AT + 31 * DAY

    def test_that_rings_late_starts_the_next_owners_time_then(self) -> None:
        owned = expiring()
        late = due(owned).at + 12 * DAY
        found = step(owned, ClockDue(stage=Stage.EXPIRE, due_at=due(owned).at), late).ownership
        assert (found.since, due(found).at) == (late, late + 23 * DAY)


def test_another_profile_moves_the_region_and_nothing_else() -> None:
    moved = step(born(), ChangeProfile(profile=Profile(region="CN-BJ"), expected_version=1))
    assert moved.ownership == born().model_copy(update={"region": "CN-BJ"})
    named = Profile(company=Company(name="深圳市远航科技有限公司"))
    assert step(born(), ChangeProfile(profile=named, expected_version=1)).ownership.region == "CN-GD"


MOVES = {
    EventKind.OWNER_ASSIGNED,
    EventKind.QUEUED,
    EventKind.REASSIGNED,
    EventKind.RECYCLED,
    EventKind.OWNER_CHANGED,
    EventKind.CLAIMED,
    EventKind.RELEASED,
    EventKind.DESIGNATED,
    EventKind.TRANSFERRED,
}
staffs = st.sets(st.sampled_from(REP_IDS)).map(
    lambda on_duty: [Rep(id=id_, name=id_, regions=TERRITORIES, on_leave=id_ not in on_duty) for id_ in REP_IDS]
)
REFUSALS = {
    "already_the_owner",
    "claim_cap_reached",
    "cooling_off",
    "customer_already_owned",
    "customer_in_pool",
    "customer_in_queue",
    "not_shared",
    "not_the_owner",
    "not_your_pool",
    "owner_cannot_share",
    "owner_changed",
    "read_only_share",
    "rep_at_cap",
    "rep_not_available",
    "share_over",
}


class OneOwner(RuleBasedStateMachine):
    """A customer to whom anything happens, in any order, under any policy, while reps come and go."""

    @initialize(policy=policies(), case=cases(), staff=staffs)
    def is_born(self, policy: Policy, case: Case, staff: list[Rep]) -> None:
        self.policy = policy
        self.now = AT
        first = birth("cus_1", case, policy, staff, AT)
        self.ownership = first.ownership
        assert first.ownership.seq == 1
        assert first.assignment is not None
        assert first.ownership.owner_id == first.assignment.owner_id

    @rule(data=st.data(), staff=staffs)
    def somebody_is_in_touch(self, data: st.DataObject, staff: list[Rep]) -> None:
        in_touch = data.draw(follow_ups(self.now))
        by_owner = in_touch.model_copy(update={"rep_id": self.ownership.owner_id or in_touch.rep_id})
        self.happens(LogFollowUp(follow_up=by_owner if data.draw(st.booleans()) else in_touch), staff)

    @rule(rep_id=rep_ids, staff=staffs)
    def somebody_claims(self, rep_id: str, staff: list[Rep]) -> None:
        self.happens(Claim(rep_id=rep_id), staff)

    @precondition(lambda self: self.ownership.owner_id)
    @rule(rep_id=st.none() | rep_ids, staff=staffs)
    def somebody_gives_back(self, rep_id: str | None, staff: list[Rep]) -> None:
        self.happens(Release(rep_id=rep_id or self.ownership.owner_id, reason="不在我的行业"), staff)

    @rule(case=cases(), staff=staffs)
    def a_lead_arrives(self, case: Case, staff: list[Rep]) -> None:
        self.happens(LeadArrived(lead_id="lead_2", case=case), staff)

    @precondition(lambda self: self.ownership.owner_id)
    @rule(rep_id=st.none() | rep_ids, staff=staffs)
    def somebody_leaves(self, rep_id: str | None, staff: list[Rep]) -> None:
        self.happens(OwnerLeft(rep_id=rep_id or self.ownership.owner_id), staff)

    @rule(region=st.sampled_from((None, *TERRITORIES)), staff=staffs)
    def the_profile_changes(self, region: str | None, staff: list[Rep]) -> None:
        self.happens(ChangeProfile(profile=Profile(region=region), expected_version=1), staff)

    @rule(level=st.sampled_from((None, "A", "B")), stage=st.sampled_from((None, "报价")), staff=staffs)
    def its_standing_changes(self, level: str | None, stage: str | None, staff: list[Rep]) -> None:
        self.happens(ChangeStanding(level=level, stage=stage), staff)

    @rule(kind=st.sampled_from(CommitmentKind), days=st.none() | st.integers(-1, 60), staff=staffs)
    def it_commits_itself(self, kind: CommitmentKind, days: int | None, staff: list[Rep]) -> None:
        until = None if days is None else self.now + timedelta(days=days)
        self.happens(OpenCommitment(commitment=Commitment(kind=kind, reference="C-1", until=until)), staff)

    @rule(kind=st.sampled_from(CommitmentKind), staff=staffs)
    def a_commitment_ends(self, kind: CommitmentKind, staff: list[Rep]) -> None:
        self.happens(CloseCommitment(commitment=kind, reference="C-1"), staff)

    @rule(rep_id=rep_ids, staff=staffs)
    def management_designates(self, rep_id: str, staff: list[Rep]) -> None:
        self.happens(Designate(rep_id=rep_id, reason="重点客户"), staff)

    @rule(rep_id=rep_ids, of=st.none() | rep_ids, staff=staffs)
    def an_approval_transfers(self, rep_id: str, of: str | None, staff: list[Rep]) -> None:
        from_id = of or self.ownership.owner_id
        self.happens(Transfer(approval_id="apr_1", from_id=from_id, to_id=rep_id, reason="换人负责"), staff)

    @rule(rep_id=rep_ids, access=st.sampled_from(Access), days=st.integers(-1, 60), staff=staffs)
    def it_is_shared(self, rep_id: str, access: Access, days: int, staff: list[Rep]) -> None:
        self.happens(GrantShare(rep_id=rep_id, access=access, until=self.now + timedelta(days=days)), staff)

    @rule(rep_id=rep_ids, staff=staffs)
    def a_share_is_taken_back(self, rep_id: str, staff: list[Rep]) -> None:
        self.happens(RevokeShare(rep_id=rep_id, reason="项目结束"), staff)

    @precondition(lambda self: self.ownership.shares)
    @rule(staff=staffs, late=st.integers(0, 72))
    def a_share_comes_to_its_end(self, staff: list[Rep], late: int) -> None:
        first = next_change(self.ownership.model_copy(update={"clock": None, "wait": None}))
        assert isinstance(first, ShareExpired)
        before = self.ownership
        self.now = max(self.now, first.due_at) + timedelta(hours=late)
        self.happens(first, staff)
        assert len(self.ownership.shares) == len(before.shares) - 1

    @rule(staff=staffs)
    def a_rep_changes(self, staff: list[Rep]) -> None:
        self.happens(TryAgain(), staff)

    @precondition(lambda self: self.ownership.wait is not None)
    @rule(staff=staffs, late=st.integers(0, 72), times=st.integers(1, 3))
    def its_time_in_the_queue_comes(self, staff: list[Rep], late: int, times: int) -> None:
        for _ in range(times):
            waiting = next_change(self.ownership)
            if not isinstance(waiting, TryAgain) or waiting.due_at is None:
                return
            before = self.ownership
            self.now = max(self.now, waiting.due_at) + timedelta(hours=late)
            self.happens(waiting, staff)
            assert next_change(self.ownership) != waiting
            assert self.ownership != before

    @rule(hours=st.integers(1, 600))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.ownership.clock is not None)
    @rule(staff=staffs, late=st.integers(0, 72), times=st.integers(1, 5))
    def the_clock_rings(self, staff: list[Rep], late: int, times: int) -> None:
        for _ in range(times):
            if self.ownership.clock is None or not self.ownership.clock.due:
                return
            it, before = due(self.ownership), self.ownership
            self.now = max(self.now, it.at) + timedelta(hours=late)
            self.happens(ClockDue(stage=it.stage, due_at=it.at), staff)
            assert self.ownership != before

    @rule(stage=st.sampled_from(Stage), hours=st.integers(1, 23))
    def a_stale_clock_rings(self, stage: Stage, hours: int) -> None:
        """Stages fall due on full days after hours that are multiples of one, never half past."""
        stale = ClockDue(stage=stage, due_at=self.now + timedelta(hours=hours, minutes=30))
        assert decide(self.ownership, stale, self.policy, STAFF, self.now) is None

    def happens(self, change: Change, staff: list[Rep]) -> None:
        before = self.ownership
        try:
            found = decide(before, change, self.policy, staff, self.now)
        except Refused as refused:
            assert refused.code in REFUSALS
            return
        if found is None:
            return
        self.ownership = found.ownership
        if found.event in MOVES:
            self.moved(before, found, staff)
        else:
            changing = ("clock", "policy", "region", "facts", "wait", "reason", "commitments", "shares")
            kept = {name: getattr(found.ownership, name) for name in changing}
            stayed = before.model_copy(update=kept)
            assert found.ownership == stayed
        if isinstance(change, OwnerLeft):
            assert found.ownership.owner_id != change.rep_id
        if isinstance(change, LeadArrived):
            assert found.ownership.owner_id is not None or before.owner_id is None

    def moved(self, before: Ownership, found: Step, staff: list[Rep]) -> None:
        after = found.ownership
        assert (after.seq, after.since) == (before.seq + 1, self.now)
        assert after.previous_owner_id == (before.owner_id or before.previous_owner_id)
        there = {rep.id for rep in staff if rep.available or found.event is EventKind.TRANSFERRED}
        assert after.owner_id is None or after.owner_id in there
        assert after.clock is None or after.clock.started_at == self.now
        assert (after.claimed_from is not None) == (found.event is EventKind.CLAIMED)
        assert after.commitments == before.commitments
        if found.assignment is not None:
            assert found.assignment.owner_id == after.owner_id

    @invariant()
    def has_one_owner_or_one_place(self) -> None:
        ownership = self.ownership
        assert Ownership.model_validate(ownership.model_dump()) == ownership
        assert Ownership.model_validate_json(ownership.model_dump_json()) == ownership
        queues = {pool.pool for pool in self.policy.pools} if ownership.place is Place.POOL else set(self.policy.queues)
        assert ownership.queue is None or ownership.queue in queues

    @invariant()
    def is_shared_with_others_only_and_once_for_each_access(self) -> None:
        shares = self.ownership.shares
        assert self.ownership.owner_id not in {share.rep_id for share in shares}
        assert len({share.what for share in shares}) == len(shares)

    @invariant()
    def waits_only_in_a_queue_and_for_nothing_that_is_over(self) -> None:
        wait = self.ownership.wait
        assert (wait is not None) == (self.ownership.place is Place.QUEUE)
        assert wait is None or wait.retry_at is None or wait.retry_at >= self.ownership.since

    @invariant()
    def has_a_clock_only_while_owned(self) -> None:
        clock = self.ownership.clock
        rule = self.policy.rulebook.named(self.ownership.rule)
        assert rule is not None
        assert clock is None or (rule.clock and self.ownership.place is Place.OWNED)
        if clock is not None and clock.held and not clock.due:
            assert protection_of(self.ownership, self.policy.protect, self.now) is not None
        elif clock is not None:
            assert clock.due[-1].stage is Stage.EXPIRE
            assert list(clock.due) == sorted(clock.due, key=lambda it: it.at)
            assert self.ownership.since <= clock.started_at <= self.now


OneOwner.TestCase.settings = settings(max_examples=40, stateful_step_count=25)
test_one_owner = OneOwner.TestCase
