"""Chains: which steps a case needs, who is asked in each, and what no chain may do silently."""

from typing import Any

import pytest

from domain.approval.chain import opened
from domain.approval.state import Status, StepOutcome
from domain.change import Refused
from domain.policy import Policy
from tests.approvals import AT, COMMITTEE, Desk, customer, order, ruled_by, scene
from tests.examples import POLICY


def asked_in(policy: Policy, **wanted: Any) -> list[tuple[str | None, ...]]:
    """Who is asked in each step."""
    return [tuple(seat.holder for seat in step.seats) for step in opened(order(**wanted), policy, scene(), AT).steps]


@pytest.mark.parametrize(
    ("kind", "to_id", "expected"),
    [
        ("transfer", "xu.na", [("zhao.min",)]),
        ("transfer", "chen.jing", [("zhao.min", "sun.hao"), ("he.tao", "liu.yang")]),
        ("share", "chen.jing", [("zhao.min",)]),
        ("key_account", "chen.jing", [("sun.hao",)]),
        ("referral", "chen.jing", [("he.tao", "liu.yang")]),
        ("reassign", "chen.jing", [("zhao.min", "sun.hao")]),
        ("exception", "chen.jing", [("sun.hao",)]),
    ],
)
def test_the_shipped_chains(kind: str, to_id: str, expected: list[tuple[str, ...]]) -> None:
    more = {"access": "READ", "until": "2026-12-31T00:00:00+08:00"} if kind == "share" else {}
    assert asked_in(POLICY, kind=kind, to_id=to_id, **more) == expected


def test_a_share_is_decided_by_the_owner_or_their_manager_when_somebody_else_asks() -> None:
    wanted = {"kind": "share", "to_id": "chen.jing", "access": "READ", "until": "2026-12-31T00:00:00+08:00"}
    assert asked_in(POLICY, requester="chen.jing", **wanted) == [("li.wei", "zhao.min")]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"approvers": ["owner_manager"], "when": {"amount": {"at_least": 500000}}}], [("zhao.min",)]),
        ([{"approvers": ["owner_manager"], "when": {"level": "A"}}, {"approvers": ["region_head"]}], [("he.tao",)]),
        ([{"approvers": ["owner_manager"], "cross_region": False}, {"approvers": ["region_head"]}], [("he.tao",)]),
        ([{"approvers": ["new_region_head"], "cross_region": True}], [("liu.yang",)]),
        ([{"approvers": [{"committee": "board"}], "mode": "quorum", "quorum": 2}], [COMMITTEE]),
        ([{"approvers": [{"rep": "xu.na"}, "requester_manager"]}], [("xu.na", "zhao.min")]),
    ],
)
def test_steps_by_amount_level_and_region(steps: list[dict[str, Any]], expected: list[tuple[str, ...]]) -> None:
    board = {"board": {"zh": "委员会", "en": "Board", "reps": COMMITTEE}}
    policy = ruled_by(*steps, committees=board)
    now = scene(customer(amount=600_000, currency="CNY", level="B"))
    state = opened(order(), policy, now, AT)
    assert [tuple(seat.holder for seat in step.seats) for step in state.steps] == expected
    assert len(state.passed) == len(steps) - len(expected)


def test_explained_the_step_that_is_not_needed_names_the_test() -> None:
    policy = ruled_by({"approvers": ["region_head"], "when": {"level": "A"}}, {"approvers": ["owner_manager"]})
    state = opened(order(), policy, scene(), AT)
    assert [(it.step, it.test) for it in state.passed] == [("step0", "level equals A")]


def test_one_approval_for_many_customers_needs_what_any_of_them_needs() -> None:
    policy = ruled_by(
        {"approvers": ["owner_manager"], "mode": "all"},
        {"approvers": ["region_head"], "when": {"amount": {"at_least": 500000}}},
    )
    now = scene(
        customer(id_="cus_1", amount=10, currency="CNY"),
        customer("chen.jing", "cus_2", region="CN-SH", amount=900_000, currency="CNY"),
    )
    state = opened(order(to_id="xu.na", ids=("cus_1", "cus_2")), policy, now, AT)
    assert [tuple(seat.holder for seat in step.seats) for step in state.steps] == [
        ("zhao.min", "sun.hao"),
        ("he.tao", "liu.yang"),
    ]


@pytest.mark.parametrize(
    ("gone", "requester", "expected"),
    [
        (("zhao.min",), "li.wei", "wang.fang"),
        ((), "zhao.min", "wang.fang"),
        (("he.tao",), "li.wei", "zhao.min"),
    ],
)
def test_a_manager_who_left_or_asked_themselves_is_replaced_from_above(
    gone: tuple[str, ...], requester: str, expected: str
) -> None:
    policy = ruled_by({"approvers": ["owner_manager"]})
    state = opened(order(requester, to_id="xu.na"), policy, scene(gone=gone), AT)
    assert state.asked == (expected,)


def test_somebody_on_leave_is_joined_by_their_substitute() -> None:
    policy = ruled_by({"approvers": ["owner_manager"]})
    now = scene(away=("zhao.min",), standing_in={"zhao.min": "xu.na"})
    assert opened(order(), policy, now, AT).asked == ("zhao.min", "xu.na")
    nobody_named = scene(away=("zhao.min", "xu.na"), standing_in={"zhao.min": "xu.na"})
    assert opened(order(), policy, nobody_named, AT).asked == ("zhao.min", "wang.fang")


def test_a_substitute_who_gains_from_it_is_passed_over() -> None:
    policy = ruled_by({"approvers": ["owner_manager"]})
    now = scene(away=("zhao.min",), standing_in={"zhao.min": "xu.na"})
    assert opened(order(to_id="xu.na"), policy, now, AT).asked == ("zhao.min", "wang.fang")


@pytest.mark.parametrize(
    ("steps", "approver"),
    [
        ([{"approvers": ["owner_manager", "new_region_head"], "mode": "all"}], "new_region_head"),
        ([{"approvers": [{"committee": "board"}], "mode": "quorum", "quorum": 2}], "committee:board"),
        ([{"approvers": ["new_region_head"]}], "new_region_head"),
        ([{"approvers": ["owner_manager"], "when": {"level": "A"}}], "owner_manager"),
    ],
)
def test_nothing_is_approved_because_nobody_can_be_asked(steps: list[dict[str, Any]], approver: str) -> None:
    board = {"board": {"zh": "委员会", "en": "Board", "reps": ("he.tao", "liu.yang")}}
    policy = ruled_by(*steps, committees=board)
    with pytest.raises(Refused) as refused:
        opened(order(to_id="j.smith"), policy, scene(gone=("liu.yang",)), AT)
    assert (refused.value.code, refused.value.facts["approver"]) == ("no_approver", approver)


def test_those_are_asked_otherwise_whom_the_policy_names() -> None:
    policy = ruled_by({"approvers": ["new_region_head"]}, otherwise=[{"rep": "wang.fang"}])
    assert opened(order(to_id="j.smith"), policy, scene(), AT).asked == ("wang.fang",)


def test_a_kind_without_a_chain_cannot_be_requested() -> None:
    rules = POLICY.approvals.model_copy(update={"chains": {}})
    with pytest.raises(Refused) as refused:
        opened(order(), POLICY.model_copy(update={"approvals": rules}), scene(), AT)
    assert refused.value.code == "approval_not_offered"


@pytest.mark.parametrize(("condition", "status"), [({"level": "A"}, Status.PENDING), ({}, Status.APPROVED)])
def test_nothing_approves_by_itself_but_where_the_policy_says_so(condition: dict[str, Any], status: Status) -> None:
    state = opened(order(), ruled_by({"approvers": ["owner_manager"], "auto_approve": condition}), scene(), AT)
    assert state.status is status
    assert (state.steps[0].outcome is StepOutcome.AUTO_APPROVED) is (status is Status.APPROVED)


def test_it_approves_by_itself_only_what_holds_for_every_customer() -> None:
    policy = ruled_by({"approvers": ["owner_manager"], "auto_approve": {"level": "A"}})
    now = scene(customer(level="A"), customer(id_="cus_2", level="B"))
    assert opened(order(ids=("cus_1", "cus_2")), policy, now, AT).status is Status.PENDING


def test_deadlines_are_business_time() -> None:
    """From half past nine on a Monday, a day of seven and a half hours ends at six; eight are over on Tuesday."""
    due = [f"{it.stage} {it.at:%m-%d %H:%M}" for it in Desk().state.due]
    assert due == ["remind 11-24 02:00", "escalate 11-25 02:30", "expire 12-07 08:00"]
    plain = Desk(ruled_by({"approvers": ["owner_manager"]}, calendar=None)).state.due
    assert [int((it.at - AT).total_seconds() // 3600) for it in plain] == [8, 16, 80]
