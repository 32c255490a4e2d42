"""Who gets the customer: each method, each reason, and a rotation that is even over any window."""

import os
import subprocess
import sys

import pytest
from hypothesis import given

from domain.assignment import Assignment, Case, Reason, Referral, Rep, Roster, assign, inputs_of, reach_of
from domain.assignment.roster import folded
from domain.lead import CustomerType
from domain.policy import Policy
from domain.rules.methods import Method
from settings import PROJECT_ROOT
from tests.examples import BROWN, LI, POLICY, SMITH, WANG, ZHANG
from tests.strategies import cases, policies, reps

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
    ],
)
def test_without_an_owner_the_customer_waits_and_the_queue_says_why(
    case: Case, staff: list[Rep], reason: Reason, queue: str
) -> None:
    waiting = assign(case, POLICY, staff)
    assert (waiting.owner_id, waiting.method, waiting.queue, waiting.reason) == (None, None, queue, reason)


def test_one_method_alone_can_be_tried() -> None:
    case = Case(customer_type=NEW, region="CN-GD", named_contact="nobody")
    assert tried(assign(case, POLICY, [ZHANG], only=Method.NAMED_CONTACT)) == [
        (Method.NAMED_CONTACT, Reason.UNKNOWN_REP)
    ]


@pytest.mark.parametrize(
    ("case", "staff", "reason"),
    [
        ({"named_contact": "nobody"}, [ZHANG], Reason.UNKNOWN_REP),
        ({"named_contact": ZHANG.id}, [GONE], Reason.INACTIVE),
        ({"named_contact": ZHANG.id}, [AWAY], Reason.ON_LEAVE),
        ({"named_contact": ZHANG.id, "excluded": (ZHANG.id,)}, [ZHANG], Reason.EXCLUDED),
    ],
)
def test_a_named_rep_who_cannot_take_it_is_told_beside_what_the_customer_waits_for(
    case: dict[str, object], staff: list[Rep], reason: Reason
) -> None:
    waiting = assign(Case.model_validate({"customer_type": KEY_ACCOUNT} | case), POLICY, staff)
    assert tried(waiting) == [("named_contact", reason), ("designated", Reason.NEEDS_DESIGNATION)]
    assert (waiting.queue, waiting.reason) == ("management", Reason.NEEDS_DESIGNATION)
    assert waiting.trials[0].passed_over == {case["named_contact"]: reason}


@given(cases(), policies(), reps())
def test_one_owner_and_explained_for_any_policy(case: Case, policy: Policy, staff: list[Rep]) -> None:
    """An owner or a queue; whoever gets it could; every rule passed, method tried and rep passed over has a reason."""
    made = assign(case, policy, staff)
    assert (made.owner_id is None) == (made.queue is not None) == (made.method is None)
    assert (made.reason is Reason.CHOSEN) == (made.owner_id is not None)
    before = [rule.rule for rule in policy.assignment[: len(made.rules_passed)]]
    assert [unmet.rule for unmet in made.rules_passed] == before
    assert all(unmet.test for unmet in made.rules_passed)
    rule = policy.assignment[len(made.rules_passed)]
    assert made.rule == rule.rule
    assert [trial.method for trial in made.trials] == [use.method for use in rule.methods][: len(made.trials)]
    assert all(trial.reason is not Reason.CHOSEN for trial in made.trials[:-1])
    for trial in made.trials:
        assert set(trial.passed_over) <= set(trial.considered)
        assert trial.rep_id is None or trial.rep_id in set(trial.considered) - set(trial.passed_over)
    if made.owner_id is None:
        assert len(made.trials) == len(rule.methods)
        return
    chosen = next(rep for rep in staff if rep.id == made.owner_id)
    over_cap = getattr(rule.methods[len(made.trials) - 1], "over_cap", False)
    assert chosen.available
    assert chosen.id not in case.excluded
    assert chosen.cap_reached is None or over_cap


@given(cases(), policies(), reps())
def test_the_same_inputs_give_the_same_decision(case: Case, policy: Policy, staff: list[Rep]) -> None:
    """In whatever order the reps come, from a roster or a list, and after a journey through JSON."""
    made = assign(case, policy, staff)
    assert assign(case, policy, staff[::-1]) == made
    assert assign(case, policy, Roster(staff)) == made
    again = Policy.model_validate_json(policy.model_dump_json())
    assert assign(Case.model_validate_json(case.model_dump_json()), again, staff) == made
    assert Assignment.model_validate_json(made.model_dump_json()) == made


@given(cases(), policies(), reps())
def test_a_decision_looks_no_further_than_its_reach(case: Case, policy: Policy, staff: list[Rep]) -> None:
    """The store reads only who is within reach; reps who are not change nothing."""
    reach = reach_of(case, policy)
    near = [
        rep
        for rep in staff
        if rep.id in reach.rep_ids
        or set(rep.regions) & set(reach.regions)
        or (reach.vertical and reach.vertical in {folded(vertical) for vertical in rep.verticals})
    ]
    successors = {rep.successor_id for rep in near if not rep.active}
    near += [rep for rep in staff if rep.id in successors and rep not in near]
    blank = [
        rep.model_copy(update={"turns": {pool: turns for pool, turns in rep.turns.items() if pool in reach.pools}})
        for rep in near
    ]
    assert assign(case, policy, blank) == assign(case, policy, staff)


def test_what_the_customer_wrote_is_not_copied_into_the_trace() -> None:
    case = Case(customer_type=NEW, region="CN-GD", need="请联系王小明 13800138000")
    busy = ZHANG.model_copy(update={"load": 2, "turns": {"CN-GD": (4, 1)}})
    assert inputs_of(case, [busy, AWAY]) == {
        "case": {"customer_type": "new_registration", "region": "CN-GD"},
        "reps": {ZHANG.id: {"load": 2, "turns": {"CN-GD": [4, 1]}}},
    }


def test_decisions_do_not_depend_on_the_hash_seed() -> None:
    """Every decision of the policies and cases of this module's strategies, made in processes of two hash seeds."""
    told = {
        subprocess.check_output(
            [sys.executable, "-c", "from tests.domain.assignment.decisions import digest; print(digest())"],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=PROJECT_ROOT,
            text=True,
        )
        for seed in ("1", "2")
    }
    assert len(told) == 1
