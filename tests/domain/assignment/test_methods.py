"""Each method: whom it looks at, whom it gives the customer to, and what it says when it gives it to nobody."""

from typing import Any

import pytest

from domain.assignment import Assignment, Case, Reason, Referral, Rep, assign
from domain.lead import CustomerType
from domain.policy import Policy
from tests.examples import LI, POLICY, SMITH, WANG, ZHANG, ruled

REFERRAL = CustomerType.REFERRAL
FULL = {"daily_cap": 1, "given_today": 1}


def rep(base: Rep = ZHANG, **changes: Any) -> Rep:
    return base.model_copy(update=changes)


def decided(method: str | dict[str, Any], staff: list[Rep], **case: Any) -> Assignment:
    """What one method alone decides."""
    asked = Case.model_validate({"customer_type": "new_registration", "region": "CN-GD"} | case)
    return assign(asked, policy_of(method), staff)


def policy_of(*methods: str | dict[str, Any]) -> Policy:
    return ruled(
        {"methods": list(methods)},
        rotation_pools={"key": {"reps": [LI.id, WANG.id, "nobody"]}, "gone": {"reps": ["nobody"]}},
        territories={
            "south": {"regions": ["CN-GD"], "reps": [ZHANG.id]},
            "shenzhen": {"divisions": ["440300"], "postcodes": ["518"], "reps": [LI.id]},
            "nanshan": {"divisions": ["440305"], "reps": [WANG.id]},
            "vip": {"postcodes": ["518057"], "reps": [SMITH.id], "precedence": 5},
        },
    )


def came_to(made: Assignment) -> tuple[str | None, Reason]:
    return made.owner_id, made.reason


class TestReferral:
    """The chain of referrers, from the nearest on."""

    def chain(self, *owners: str | None) -> Case:
        links = tuple(Referral(customer_id=f"cus_{place}", owner_id=owner) for place, owner in enumerate(owners))
        return Case(customer_type=REFERRAL, region="US-CA", referrals=links)

    def test_goes_up_to_the_first_owner_who_can_take_it(self) -> None:
        away = rep(on_leave=True)
        given_to = assign(self.chain(None, ZHANG.id, "unknown", LI.id, WANG.id), POLICY, [away, LI, WANG, SMITH])
        assert given_to.owner_id == LI.id
        assert given_to.trials[0].considered == (ZHANG.id, "unknown", LI.id)
        assert given_to.trials[0].passed_over == {ZHANG.id: Reason.ON_LEAVE, "unknown": Reason.UNKNOWN_REP}

    @pytest.mark.parametrize(
        ("owners", "reason"),
        [
            ((), Reason.NO_REFERRER),
            ((None, None), Reason.REFERRER_HAS_NO_OWNER),
            ((ZHANG.id, None), Reason.ON_LEAVE),
            (("unknown",), Reason.UNKNOWN_REP),
        ],
    )
    def test_gives_way_to_rotation(self, owners: tuple[str | None, ...], reason: Reason) -> None:
        given_to = assign(self.chain(*owners), POLICY, [rep(on_leave=True), SMITH])
        assert [trial.reason for trial in given_to.trials] == [reason, Reason.CHOSEN]
        assert given_to.owner_id == SMITH.id

    def test_that_goes_round_in_a_circle_is_refused(self) -> None:
        links = tuple(Referral(customer_id=customer, owner_id=LI.id) for customer in ("cus_1", "cus_2", "cus_1"))
        given_to = assign(Case(customer_type=REFERRAL, region="US-CA", referrals=links), POLICY, [LI, SMITH])
        assert given_to.trials[0].reason is Reason.REFERRAL_CYCLE
        assert given_to.owner_id == SMITH.id

    def test_of_an_owner_who_left_goes_to_their_successor(self) -> None:
        gone = rep(active=False, successor_id=LI.id)
        also_gone = rep(LI, active=False, successor_id=WANG.id)
        assert assign(self.chain(ZHANG.id), POLICY, [gone, LI]).owner_id == LI.id
        given_to = assign(self.chain(ZHANG.id), POLICY, [gone, also_gone, WANG])
        assert given_to.owner_id == WANG.id
        assert given_to.trials[0].passed_over == {ZHANG.id: Reason.INACTIVE, LI.id: Reason.INACTIVE}

    def test_successors_who_follow_each_other_end_somewhere(self) -> None:
        staff = [rep(active=False, successor_id=LI.id), rep(LI, active=False, successor_id=ZHANG.id), SMITH]
        assert assign(self.chain(ZHANG.id), POLICY, staff).owner_id == SMITH.id

    def test_somebody_on_leave_has_no_successor_yet(self) -> None:
        staff = [rep(on_leave=True, successor_id=LI.id), LI, SMITH]
        assert assign(self.chain(ZHANG.id), POLICY, staff).owner_id == SMITH.id


@pytest.mark.parametrize(
    ("method", "case"),
    [
        ("named_contact", {"named_contact": ZHANG.id}),
        ("show_contact", {"show_contact": ZHANG.id}),
        ("sticky", {"group_owners": (ZHANG.id,)}),
        ({"method": "designated", "rep": ZHANG.id}, {}),
        ("referrer_owner", {"referrals": (Referral(customer_id="c", owner_id=ZHANG.id),)}),
    ],
)
def test_a_person_gets_it_whose_caps_allow_it(method: str | dict[str, Any], case: dict[str, Any]) -> None:
    """Unless the policy lets the customer's wish go before the cap; never somebody who is away."""
    assert came_to(decided(method, [ZHANG], **case)) == (ZHANG.id, Reason.CHOSEN)
    assert came_to(decided(method, [rep(**FULL)], **case)) == (None, Reason.AT_DAILY_CAP)
    assert came_to(decided(method, [rep(total_cap=2, load=2)], **case)) == (None, Reason.AT_TOTAL_CAP)
    use = {"method": method} if isinstance(method, str) else method
    assert decided({**use, "over_cap": True}, [rep(**FULL)], **case).owner_id == ZHANG.id
    assert came_to(decided({**use, "over_cap": True}, [rep(**FULL, on_leave=True)], **case))[0] is None


def test_nobody_to_ask() -> None:
    for method, reason in (
        ("named_contact", Reason.NOT_NAMED),
        ("show_contact", Reason.NOT_NAMED),
        ("sticky", Reason.NO_EARLIER_OWNER),
        ("designated", Reason.NEEDS_DESIGNATION),
        ("referrer_owner", Reason.NO_REFERRER),
    ):
        assert came_to(decided(method, [ZHANG])) == (None, reason)


class TestPools:
    """Rotation and the least loaded, in the region or in a named pool."""

    @pytest.mark.parametrize("method", ["rotation", "least_loaded"])
    def test_in_the_region(self, method: str) -> None:
        assert decided(method, [ZHANG, LI, SMITH]).trials[0].considered == (LI.id, ZHANG.id)
        assert came_to(decided(method, [SMITH])) == (None, Reason.NO_TERRITORY)
        assert came_to(decided(method, [ZHANG], region=None)) == (None, Reason.NO_REGION)

    @pytest.mark.parametrize("method", ["rotation", "least_loaded"])
    def test_in_a_named_pool_wherever_the_customer_is(self, method: str) -> None:
        made = decided({"method": method, "pool": "key"}, [ZHANG, LI, WANG], region=None)
        assert (made.owner_id, made.trials[0].considered, made.trials[0].pool) == (LI.id, (LI.id, WANG.id), "pool:key")
        assert made.rotation_pool == ("pool:key" if method == "rotation" else None)
        assert came_to(decided({"method": method, "pool": "gone"}, [ZHANG])) == (None, Reason.POOL_EMPTY)

    def test_every_pool_has_its_own_turns(self) -> None:
        seasoned = rep(LI, turns={"CN-GD": (7,)})
        assert decided("rotation", [seasoned, WANG]).owner_id == WANG.id
        assert decided({"method": "rotation", "pool": "key"}, [seasoned, WANG]).owner_id == LI.id

    def test_who_is_hindered_is_passed_over_and_the_reason_told(self) -> None:
        staff = [rep(on_leave=True), rep(LI, **FULL), rep(WANG, total_cap=0), rep(SMITH, regions=("CN-GD",))]
        made = decided("rotation", staff, excluded=("j.smith",))
        assert came_to(made) == (None, Reason.NOBODY_ON_DUTY)
        assert made.trials[0].passed_over == {
            "j.smith": Reason.EXCLUDED,
            LI.id: Reason.AT_DAILY_CAP,
            WANG.id: Reason.AT_TOTAL_CAP,
            ZHANG.id: Reason.ON_LEAVE,
        }

    def test_who_is_off_duty_is_passed_over_but_gets_who_asks_for_them(self) -> None:
        made = decided("rotation", [rep(off_duty=True), rep(LI, off_duty=True)])
        assert came_to(made) == (None, Reason.NOBODY_ON_DUTY)
        assert set(made.trials[0].passed_over.values()) == {Reason.OFF_DUTY}
        assert decided("named_contact", [rep(off_duty=True)], named_contact=ZHANG.id).owner_id == ZHANG.id

    def test_all_at_their_cap(self) -> None:
        assert came_to(decided("rotation", [rep(**FULL), rep(LI, total_cap=3, load=4)])) == (None, Reason.ALL_AT_CAP)


class TestTerritory:
    """Overlapping territories: precedence, then the finest area."""

    @pytest.mark.parametrize(
        ("case", "owner", "pool"),
        [
            ({}, ZHANG.id, "south"),
            ({"division": "440100"}, ZHANG.id, "south"),
            ({"division": "440306"}, LI.id, "shenzhen"),
            ({"division": "440305"}, WANG.id, "nanshan"),
            ({"region": None, "postcode": "518000"}, LI.id, "shenzhen"),
            ({"division": "440305", "postcode": "518057"}, SMITH.id, "vip"),
        ],
    )
    def test_the_finest_or_the_preferred_one(self, case: dict[str, Any], owner: str, pool: str) -> None:
        made = decided("territory", [ZHANG, LI, WANG, SMITH], **case)
        assert (made.owner_id, made.rotation_pool) == (owner, f"territory:{pool}")

    def test_gives_way_to_the_next_when_nobody_is_free(self) -> None:
        made = decided("territory", [ZHANG, LI, rep(WANG, on_leave=True)], division="440305")
        assert made.owner_id == LI.id
        assert made.trials[0].considered == (WANG.id, LI.id)
        assert made.trials[0].passed_over == {WANG.id: Reason.ON_LEAVE}
        nobody = decided("territory", [rep(on_leave=True)], division="440305")
        assert came_to(nobody) == (None, Reason.NOBODY_ON_DUTY)

    def test_outside_of_all(self) -> None:
        assert came_to(decided("territory", [ZHANG], region="US-CA")) == (None, Reason.NO_TERRITORY)

    def test_may_choose_the_least_loaded(self) -> None:
        policy = ruled(
            {"methods": [{"method": "territory", "choose": "least_loaded"}]},
            territories={"south": {"regions": ["CN-GD"], "reps": [ZHANG.id, LI.id]}},
        )
        case = Case(customer_type=REFERRAL, region="CN-GD")
        made = assign(case, policy, [rep(load=2), rep(LI, load=3)])
        assert (made.owner_id, made.rotation_pool) == (ZHANG.id, None)


class TestVertical:
    """Those who know the industry."""

    STAFF = (rep(verticals=("製造業",)), rep(LI, verticals=("软件",)), rep(SMITH, verticals=("制造业",)))

    def test_in_the_region(self) -> None:
        made = decided("vertical", [*self.STAFF], industry="制造业")
        assert (made.owner_id, made.rotation_pool) == (ZHANG.id, "vertical:制造业@CN-GD")
        assert came_to(decided("vertical", [*self.STAFF], industry="零售")) == (None, Reason.NO_SPECIALIST)
        assert came_to(decided("vertical", [*self.STAFF])) == (None, Reason.NO_INDUSTRY)
        assert came_to(decided("vertical", [*self.STAFF], industry="零售", region=None)) == (None, Reason.NO_REGION)

    def test_anywhere(self) -> None:
        made = decided({"method": "vertical", "within_region": False}, [*self.STAFF], industry="制造业", region=None)
        assert made.trials[0].considered == (SMITH.id, ZHANG.id)
        assert made.rotation_pool == "vertical:制造业"


class TestBestMatch:
    """The score decides, and whether it is enough."""

    USE = {"method": "best_match", "weights": {"vertical": 1, "load": 1}, "at_least": 0.6}  # noqa: RUF012 - a constant

    def test_the_best_gets_it_and_all_scores_are_told(self) -> None:
        made = decided(
            self.USE, [rep(verticals=("软件",), load=1), rep(LI, load=2), rep(WANG, **FULL)], industry="软件"
        )
        assert (made.owner_id, made.rotation_pool) == (ZHANG.id, None)
        assert made.trials[0].scores == {
            ZHANG.id: {"vertical": 1.0, "load": 0.5},
            LI.id: {"vertical": 0.0, "load": 0.0},
        }
        assert made.trials[0].passed_over == {WANG.id: Reason.AT_DAILY_CAP}

    def test_nobody_fits_well_enough(self) -> None:
        assert came_to(decided(self.USE, [rep(load=1)], industry="软件")) == (None, Reason.SCORE_TOO_LOW)
        assert came_to(decided(self.USE, [rep(on_leave=True)])) == (None, Reason.NOBODY_ON_DUTY)
        assert came_to(decided(self.USE, [])) == (None, Reason.NO_TERRITORY)


def test_methods_are_tried_in_order_and_each_tells_why_not() -> None:
    policy = policy_of("sticky", "vertical", {"method": "rotation", "pool": "key"}, "rotation")
    made = assign(
        Case(customer_type=REFERRAL, region="CN-GD"), policy, [ZHANG, rep(LI, on_leave=True), rep(WANG, **FULL)]
    )
    assert [(trial.method, trial.reason) for trial in made.trials] == [
        ("sticky", Reason.NO_EARLIER_OWNER),
        ("vertical", Reason.NO_INDUSTRY),
        ("rotation", Reason.NOBODY_ON_DUTY),
        ("rotation", Reason.CHOSEN),
    ]
