"""Who gets the customer: each method, each reason, and a rotation that is even over any window."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import Assignment, Case, Reason, Referral, Rep, assign
from domain.lead import CustomerType
from domain.policy import Method, Policy
from tests.examples import BROWN, LI, POLICY, SMITH, WANG, ZHANG
from tests.strategies import REP_IDS, cases, policies, reps

KEY_ACCOUNT, NEW = CustomerType.KEY_ACCOUNT, CustomerType.NEW_REGISTRATION
REFERRAL, SHOW = CustomerType.REFERRAL, CustomerType.TRADE_SHOW
GONE, AWAY = ZHANG.model_copy(update={"active": False}), ZHANG.model_copy(update={"on_leave": True})
WORLD = (Rep(id="all", name="环球", regions=("CN",)),)


def tried(assignment: Assignment) -> list[tuple[Method, Reason]]:
    return [(trial.method, trial.reason) for trial in assignment.trials]


@pytest.mark.parametrize(
    ("case", "owner", "methods"),
    [
        (Case(customer_type=NEW, region="CN-GD", named_contact="li.na"), "li.na", ["named_contact"]),
        (Case(customer_type=NEW, region="US-CA"), "j.smith", ["named_contact", "rotation"]),
        (Case(customer_type=KEY_ACCOUNT, region="CN-GD", named_contact="li.na"), "li.na", ["named_contact"]),
        (Case(customer_type=SHOW, region="CN-GD", show_contact="t.brown"), "t.brown", ["show_contact"]),
        (Case(customer_type=SHOW, region="CN-GD", named_contact="t.brown"), "li.na", ["show_contact", "rotation"]),
        (
            Case(customer_type=REFERRAL, referrals=(Referral(customer_id="c", owner_id="li.na"),)),
            "li.na",
            ["referrer_owner"],
        ),
        (Case(customer_type=REFERRAL, region="US-NY"), "t.brown", ["referrer_owner", "rotation"]),
    ],
)
def test_the_methods_of_the_type_are_tried_in_order(case: Case, owner: str, methods: list[str]) -> None:
    given_to = assign(case, POLICY, [ZHANG, LI, WANG, SMITH, BROWN])
    assert (given_to.owner_id, given_to.queue, given_to.reason) == (owner, None, Reason.CHOSEN)
    assert [trial.method for trial in given_to.trials] == methods
    assert given_to.rotation_pool == (case.region if methods[-1] == "rotation" else None)


@pytest.mark.parametrize(
    ("case", "staff", "reason", "queue"),
    [
        (Case(customer_type=NEW), [ZHANG], Reason.NO_REGION, "unassigned"),
        (Case(customer_type=NEW, region="CN-BJ"), [ZHANG], Reason.NO_TERRITORY, "unassigned"),
        (Case(customer_type=NEW, region="CN-GD"), [GONE], Reason.NO_TERRITORY, "unassigned"),
        (Case(customer_type=NEW, region="CN-GD"), [AWAY], Reason.NOBODY_ON_DUTY, "unassigned"),
        (Case(customer_type=SHOW, region="CN-GD", excluded=(ZHANG.id,)), [ZHANG], Reason.NOBODY_ON_DUTY, "unassigned"),
        (Case(customer_type=KEY_ACCOUNT, region="CN-GD"), [ZHANG], Reason.NEEDS_DESIGNATION, "management"),
        (Case(customer_type=KEY_ACCOUNT, named_contact="nobody"), [ZHANG], Reason.UNKNOWN_REP, "management"),
        (Case(customer_type=KEY_ACCOUNT, named_contact=ZHANG.id), [GONE], Reason.INACTIVE, "management"),
        (Case(customer_type=KEY_ACCOUNT, named_contact=ZHANG.id), [AWAY], Reason.ON_LEAVE, "management"),
        (
            Case(customer_type=KEY_ACCOUNT, named_contact=ZHANG.id, excluded=(ZHANG.id,)),
            [ZHANG],
            Reason.EXCLUDED,
            "management",
        ),
    ],
)
def test_without_an_owner_the_customer_waits_and_the_queue_says_why(
    case: Case, staff: list[Rep], reason: Reason, queue: str
) -> None:
    waiting = assign(case, POLICY, staff)
    assert (waiting.owner_id, waiting.method, waiting.queue, waiting.reason) == (None, None, queue, reason)


def test_a_rule_without_methods_waits_for_a_designation() -> None:
    rule = POLICY.assignment[NEW].model_copy(update={"methods": ()})
    policy = POLICY.model_copy(update={"assignment": {**POLICY.assignment, NEW: rule}})
    assert assign(Case(customer_type=NEW, region="CN-GD"), policy, [ZHANG]).reason is Reason.NEEDS_DESIGNATION


def test_one_method_alone_can_be_tried() -> None:
    case = Case(customer_type=NEW, region="CN-GD", named_contact="nobody")
    assert tried(assign(case, POLICY, [ZHANG], only=Method.NAMED_CONTACT)) == [
        (Method.NAMED_CONTACT, Reason.UNKNOWN_REP)
    ]


class TestReferral:
    """The chain of referrers, from the nearest on."""

    def chain(self, *owners: str | None) -> Case:
        links = tuple(Referral(customer_id=f"cus_{place}", owner_id=owner) for place, owner in enumerate(owners))
        return Case(customer_type=REFERRAL, region="US-CA", referrals=links)

    def test_goes_up_to_the_first_owner_who_can_take_it(self) -> None:
        given_to = assign(self.chain(None, ZHANG.id, "unknown", LI.id, WANG.id), POLICY, [AWAY, LI, WANG, SMITH])
        assert given_to.owner_id == LI.id
        assert given_to.trials[0].considered == (ZHANG.id, "unknown", LI.id)

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
        given_to = assign(self.chain(*owners), POLICY, [AWAY, SMITH])
        assert tried(given_to) == [(Method.REFERRER_OWNER, reason), (Method.ROTATION, Reason.CHOSEN)]
        assert given_to.owner_id == SMITH.id


@pytest.mark.parametrize(
    ("own", "region", "covered"),
    [
        (("CN-GD",), "CN-GD", True),
        (("CN",), "CN-GD", True),
        (("CN-GD",), "CN", False),
        (("CN-G",), "CN-GD", False),
        (("US-CA", "DE"), "DE", True),
        ((), "DE", False),
    ],
)
def test_a_rep_covers_a_region_or_its_country(own: tuple[str, ...], region: str, covered: bool) -> None:
    assert Rep(id="a", name="甲", regions=own).covers(region) is covered


@given(cases(), policies(), reps())
def test_an_owner_or_a_queue_never_both_never_neither(case: Case, policy: Policy, staff: list[Rep]) -> None:
    """And whoever gets it is known, on duty and not excluded, and every trial before was in vain."""
    made = assign(case, policy, staff)
    assert (made.owner_id is None) == (made.queue is not None) == (made.method is None)
    assert (made.reason is Reason.CHOSEN) == (made.owner_id is not None)
    rule = policy.assignment[case.customer_type]
    assert [trial.method for trial in made.trials] == list(rule.methods[: len(made.trials)])
    assert all(trial.reason is not Reason.CHOSEN for trial in made.trials[:-1])
    if made.owner_id is not None:
        chosen = next(rep for rep in staff if rep.id == made.owner_id)
        assert chosen.available
        assert chosen.id not in case.excluded
    else:
        assert len(made.trials) == len(rule.methods)
    assert assign(case, policy, staff[::-1]) == made


@dataclass
class Office:
    """A region with reps who come and go, and its rotation."""

    present: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    turns: dict[str, int] = field(default_factory=dict)
    given: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Each turn: who got it, and who was available."""

    def joins(self, rep: str) -> None:
        self.present.add(rep)

    def leaves(self, rep: str) -> None:
        self.present.discard(rep)

    def goes(self, rep: str) -> None:
        self.away.add(rep)

    def returns(self, rep: str) -> None:
        self.away.discard(rep)

    def customers(self, many: int) -> None:
        for _ in range(many):
            self.customer(())

    def customer(self, excluded: tuple[str, ...]) -> None:
        staff = [
            Rep(id=id_, name=id_, regions=("CN-GD",), on_leave=id_ in self.away, last_turn=self.turns.get(id_))
            for id_ in sorted(self.present)
        ]
        made = assign(Case(customer_type=NEW, region="CN-GD", excluded=excluded), POLICY, staff)
        available = frozenset(self.present - self.away - set(excluded))
        assert (made.owner_id is None) == (not available)
        if made.owner_id is not None:
            self.turns[made.owner_id] = max(self.turns.values(), default=0) + 1
            self.given.append((made.owner_id, available))


happenings = st.one_of(
    st.tuples(st.just("customer"), st.just(()) | st.lists(st.sampled_from(REP_IDS), max_size=1).map(tuple)),
    st.tuples(st.sampled_from(["joins", "leaves", "goes", "returns"]), st.sampled_from(REP_IDS)),
    st.tuples(st.just("customers"), st.integers(2, 9)),
)


@given(st.sets(st.sampled_from(REP_IDS), min_size=2), st.lists(happenings, min_size=5, max_size=25))
def test_rotation_is_even_over_any_window(first: set[str], stream: list[tuple[str, object]]) -> None:
    """Any two reps who are available all along differ by one turn at most, whoever joins, leaves or is away."""
    office = Office(present=first)
    for kind, about in stream:
        getattr(office, kind)(about)
    for start in range(len(office.given)):
        counts: Counter[str] = Counter()
        throughout = frozenset(REP_IDS)
        for owner, available in office.given[start:]:
            counts[owner] += 1
            throughout &= available
            assert all(abs(counts[one] - counts[other]) <= 1 for one, other in combinations(throughout, 2))


def test_who_never_had_a_turn_comes_first_and_ties_go_by_id() -> None:
    seasoned = LI.model_copy(update={"last_turn": 1})
    case = Case(customer_type=NEW, region="CN-GD")
    assert assign(case, POLICY, [seasoned, ZHANG, WANG, *WORLD]).owner_id == "all"
    assert assign(case, POLICY, [seasoned, ZHANG, WANG]).owner_id == WANG.id
    assert assign(case, POLICY, [seasoned, ZHANG, WANG]).trials[-1].considered == (LI.id, WANG.id, ZHANG.id)
