"""What people do about a request: each deed, each way to decide together, and who must not decide."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.approval.acting import act
from domain.approval.state import OPEN, ApprovalState, Status, StepOutcome
from domain.change import Refused
from tests.approvals import AT, COMMITTEE, Desk, actor, customer, deed, order, ruled_by, scene

BOTH = {"approvers": ["owner_manager", "new_owner_manager"]}
BOARD = {"board": {"zh": "委员会", "en": "Board", "reps": COMMITTEE}}


def refusal(desk: Desk, person: str | None, action: str, **fields: Any) -> str:
    """The code by which something is refused; the state stays."""
    before = desk.state
    with pytest.raises(Refused) as refused:
        desk.do(person, action, **fields)
    assert desk.state == before
    return refused.value.code


def test_the_shipped_transfer_from_region_to_region() -> None:
    desk = Desk()
    assert desk.state.asked == ("zhao.min", "sun.hao")
    assert desk.do("zhao.min", "approve").asked == ("sun.hao",)
    assert desk.do("sun.hao", "approve").asked == ("he.tao", "liu.yang")
    desk.do("liu.yang", "approve")
    assert desk.do("he.tao", "approve").status is Status.APPROVED
    assert (desk.state.asked, desk.state.due) == ((), ())


@pytest.mark.parametrize(
    ("mode", "said", "status"),
    [
        ({"mode": "any"}, "+", Status.APPROVED),
        ({"mode": "any"}, "-", Status.REJECTED),
        ({"mode": "all"}, "++", Status.PENDING),
        ({"mode": "all"}, "+++", Status.APPROVED),
        ({"mode": "all"}, "+-", Status.REJECTED),
        ({"mode": "sequential"}, "+++", Status.APPROVED),
        ({"mode": "sequential"}, "+-", Status.REJECTED),
        ({"mode": "quorum", "quorum": 2}, "+", Status.PENDING),
        ({"mode": "quorum", "quorum": 2}, "+-", Status.PENDING),
        ({"mode": "quorum", "quorum": 2}, "+-+", Status.APPROVED),
        ({"mode": "quorum", "quorum": 2}, "--", Status.REJECTED),
        ({"mode": "quorum", "quorum": 3}, "-", Status.REJECTED),
    ],
)
def test_how_several_decide_together(mode: dict[str, Any], said: str, status: Status) -> None:
    desk = Desk(ruled_by({"approvers": [{"committee": "board"}], **mode}, committees=BOARD))
    for person, word in zip(COMMITTEE, said, strict=False):
        desk.do(person, "approve" if word == "+" else "reject")
    assert desk.state.status is status


def test_in_a_quorum_nobody_counts_twice() -> None:
    """Not even who stands in for somebody else of the committee."""
    policy = ruled_by({"approvers": [{"committee": "board"}], "mode": "quorum", "quorum": 2}, committees=BOARD)
    now = scene(away=("he.tao",), standing_in={"he.tao": "liu.yang"})
    desk = Desk(policy, now=now)
    assert desk.state.asked == ("he.tao", "liu.yang", "wang.fang")
    assert desk.do("liu.yang", "approve").asked == ("he.tao", "wang.fang")
    assert refusal(desk, "liu.yang", "approve") == "not_asked"
    assert desk.do("wang.fang", "approve").status is Status.APPROVED


def test_who_stands_in_for_another_who_must_agree_speaks_for_both() -> None:
    now = scene(away=("sun.hao",), standing_in={"sun.hao": "zhao.min"})
    desk = Desk(ruled_by(BOTH | {"mode": "all"}), now=now)
    assert desk.do("zhao.min", "approve").asked == ("sun.hao", "zhao.min")
    assert desk.state.steps[0].seats[0].by == "zhao.min"
    assert desk.do("zhao.min", "approve").status is Status.APPROVED


def test_one_after_another_means_in_that_order() -> None:
    desk = Desk(ruled_by({**BOTH, "mode": "sequential"}))
    assert desk.state.asked == ("zhao.min",)
    assert refusal(desk, "sun.hao", "approve") == "not_asked"
    desk.at += timedelta(hours=3)
    assert desk.do("zhao.min", "approve").asked == ("sun.hao",)
    assert desk.state.due[0].at > AT + timedelta(hours=8)


def test_once_a_decision_is_made_nobody_decides_otherwise() -> None:
    desk = Desk(ruled_by({**BOTH, "mode": "any"}))
    desk.do("zhao.min", "reject")
    with pytest.raises(Refused) as refused:
        desk.do("sun.hao", "approve")
    assert (refused.value.code, refused.value.facts) == ("approval_decided", {"outcome": "rejected"})
    for person, action in (("li.wei", "recall"), ("zhao.min", "approve"), (None, "escalate")):
        assert refusal(desk, person, action) == "approval_decided"


def test_back_to_the_requester_and_again() -> None:
    desk = Desk()
    desk.do("zhao.min", "approve")
    assert desk.do("sun.hao", "return", reason="客户同意了吗？").status is Status.RETURNED
    assert desk.state.asked == ("li.wei",)
    assert refusal(desk, "sun.hao", "approve") == "approval_returned"
    assert refusal(desk, "sun.hao", "resubmit") == "not_the_requester"
    desk.at += timedelta(days=2)
    again = desk.do("li.wei", "resubmit", reason="客户同意，邮件见附件")
    assert (again.status, again.asked) == (Status.PENDING, ("sun.hao",))
    assert again.due[0].at > desk.at
    assert refusal(desk, "li.wei", "resubmit") == "approval_not_returned"


@pytest.mark.parametrize("person", ["li.wei", None])
def test_recalled_by_the_requester_or_an_administrator(person: str | None) -> None:
    desk = Desk()
    assert refusal(desk, "zhao.min", "recall") == "not_the_requester"
    assert desk.do(person, "recall").status is Status.RECALLED


def test_delegated_to_somebody_who_may_decide() -> None:
    desk = Desk(ruled_by(BOTH | {"mode": "all"}))
    for to_id, code in (
        ("li.wei", "four_eyes"), ("chen.jing", "four_eyes"), ("sun.hao", "already_asked"), ("no.body", "unknown_rep"),
    ):  # fmt: skip
        assert refusal(desk, "zhao.min", "delegate", to_id=to_id) == code
    assert desk.do("zhao.min", "delegate", to_id="xu.na").asked == ("xu.na", "sun.hao")
    assert refusal(desk, "zhao.min", "approve") == "not_asked"
    assert desk.do("xu.na", "approve").asked == ("sun.hao",)
    seat = desk.state.steps[0].seats[0]
    assert (seat.holder, seat.line, seat.by) == ("zhao.min", ("zhao.min",), "xu.na")


@pytest.mark.parametrize(("place", "first"), [("before", "he.tao"), ("after", "zhao.min")])
def test_a_signer_before_or_after(place: str, first: str) -> None:
    desk = Desk(ruled_by({"approvers": ["owner_manager"]}))
    assert desk.do("zhao.min", "add_signer", signer_id="he.tao", place=place).asked == (first,)
    desk.do(first, "approve")
    other = {"he.tao": "zhao.min", "zhao.min": "he.tao"}[first]
    assert desk.state.asked == (other,)
    assert desk.do(other, "approve").status is Status.APPROVED
    assert [step.added_by for step in desk.state.steps].count("zhao.min") == 1


def test_a_chain_does_not_grow_without_end() -> None:
    desk = Desk(ruled_by({"approvers": ["owner_manager"]}))
    for _ in range(19):
        desk.do("zhao.min", "add_signer", signer_id="he.tao")
    assert refusal(desk, "zhao.min", "add_signer", signer_id="he.tao") == "too_many_steps"


def test_reasons_are_given_where_the_policy_says_so() -> None:
    desk = Desk(ruled_by({"approvers": ["owner_manager"]}, reasons=["approve", "recall"]))
    assert refusal(desk, "zhao.min", "approve") == "reason_required"
    assert refusal(desk, "li.wei", "recall") == "reason_required"
    assert desk.do("zhao.min", "approve", reason="符合规定").status is Status.APPROVED


def test_comments_and_references_change_nothing() -> None:
    desk = Desk()
    before = desk.state
    assert desk.do("zhao.min", "comment", reason="请补充合同") == before
    assert desk.do("li.wei", "attach", reference="crm:contract/4711") == before
    assert refusal(desk, "j.smith", "comment", reason="我也想说") == "not_asked"
    desk.do("li.wei", "recall")
    assert desk.do("li.wei", "comment", reason="改由客服处理").status is Status.RECALLED


def test_an_administrator_decides_nothing_but_has_substitutes_asked() -> None:
    desk = Desk(ruled_by({"approvers": ["owner_manager"]}))
    for action in ("approve", "reject", "return"):
        assert refusal(desk, None, action) == "not_asked"
    assert refusal(desk, "li.wei", "escalate") == "administrators_only"
    assert desk.do(None, "escalate").asked == ("zhao.min", "wang.fang")
    assert desk.do("wang.fang", "approve").status is Status.APPROVED


def test_a_link_is_bound_to_its_step() -> None:
    desk = Desk()
    assert refusal(desk, "zhao.min", "approve", step=2) == "link_outdated"
    assert desk.do("zhao.min", "approve", step=1).asked == ("sun.hao",)


class TestFourEyes:
    """four_eyes: the requester never decides, nor who gains, nor whoever speaks for either."""

    def test_neither_the_requester_nor_who_gains(self) -> None:
        policy = ruled_by({"approvers": [{"rep": "zhao.min"}]})
        for person in ("li.wei", "chen.jing"):
            assert refusal(Desk(policy), person, "approve") == "four_eyes"

    def test_nor_the_key_with_which_it_was_asked_for(self) -> None:
        desk = Desk(ruled_by({"approvers": ["owner_manager"]}))
        with pytest.raises(Refused) as refused:
            by = actor("zhao.min").model_copy(update={"principal": "user:li.wei"})
            act(desk.state, deed("zhao.min", "approve").model_copy(update={"by": by}), desk.policy, desk.scene, AT)
        assert refused.value.code == "four_eyes"

    def test_by_the_roles_of_that_moment(self) -> None:
        """Since it was asked for, the customer has come to the very person who was to decide."""
        desk = Desk(ruled_by({"approvers": [{"rep": "xu.na"}, {"rep": "he.tao"}]}, barred=["new_owner", "owner"]))
        assert desk.state.asked == ("xu.na", "he.tao")
        desk.scene = scene(customer("xu.na"))
        assert refusal(desk, "xu.na", "approve") == "four_eyes"
        assert desk.do("he.tao", "approve").status is Status.APPROVED

    def test_nor_the_delegate_of_who_gains_by_now(self) -> None:
        desk = Desk(ruled_by({"approvers": [{"rep": "xu.na"}]}, barred=["owner"]))
        desk.do("xu.na", "delegate", to_id="he.tao")
        desk.scene = scene(customer("xu.na"))
        assert refusal(desk, "he.tao", "approve") == "four_eyes"

    def test_nor_whoever_stands_in_for_who_gains_by_now(self) -> None:
        now = scene(away=("xu.na",), standing_in={"xu.na": "he.tao"})
        desk = Desk(ruled_by({"approvers": [{"rep": "xu.na"}]}, barred=["owner"]), now=now)
        assert desk.state.asked == ("xu.na", "he.tao")
        desk.scene = scene(customer("xu.na"), away=("xu.na",), standing_in={"xu.na": "he.tao"})
        assert refusal(desk, "he.tao", "approve") == "four_eyes"

    def test_nobody_who_left_decides(self) -> None:
        desk = Desk(ruled_by({"approvers": ["owner_manager"]}))
        desk.scene = scene(gone=("zhao.min",))
        assert refusal(desk, "zhao.min", "approve") == "not_asked"
        assert desk.do("wang.fang", "approve").status is Status.APPROVED


PEOPLE = ["li.wei", "xu.na", "chen.jing", "zhao.min", "sun.hao", "he.tao", "liu.yang", "wang.fang", None]
ACTIONS = ["approve", "reject", "return", "resubmit", "recall", "delegate", "add_signer", "comment", "escalate"]


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ACTIONS), st.sampled_from(PEOPLE[:-1])), max_size=30)
)
def test_four_eyes_and_one_outcome_whatever_people_do(deeds: list[tuple[str | None, str, str]]) -> None:
    """Neither the requester nor who gains is ever heard, what has ended stays, and who is waited for can be asked."""
    desk = Desk()
    for person, action, other in deeds:
        before = desk.state
        fields = {"delegate": {"to_id": other}, "add_signer": {"signer_id": other}}.get(action, {})
        try:
            desk.do(person, action, **fields)
        except Refused:
            continue
        if before.status not in OPEN:
            assert desk.state == before
        _sound(desk.state)


def _sound(state: ApprovalState) -> None:
    for step in state.steps:
        for seat in step.seats:
            assert seat.by not in ("li.wei", "chen.jing")
            assert (seat.verdict is None) == (seat.by is None)
    if state.status is Status.PENDING:
        assert state.asked
        assert state.due
    if state.status is Status.APPROVED:
        assert all(step.outcome in (StepOutcome.APPROVED, StepOutcome.AUTO_APPROVED) for step in state.steps)
    assert ApprovalState.model_validate(state.model_dump(mode="json")) == state
    assert order().wanted == state.wanted
