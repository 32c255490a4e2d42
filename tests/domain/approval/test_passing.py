"""What time does: reminders, substitutes, an end; and what becomes of an approval in the customers' hands."""

from datetime import datetime
from itertools import pairwise

import pytest

from domain.approval.effect import effect_id, effect_of
from domain.approval.passing import concluded, fallen_due
from domain.approval.state import Due, Result, Stage, Status
from domain.change import Claim, Designate, GrantShare, MergeInto, Transfer, Unmerge
from domain.ownership import Ownership, Place
from tests.approvals import AT, Desk, order, ruled_by, scene

MANAGER = ruled_by({"approvers": ["owner_manager"]})


def pass_time(desk: Desk) -> Stage:
    """Let the next thing fall due."""
    due = desk.state.due[0]
    after = fallen_due(desk.state, due, desk.policy, desk.scene, due.at)
    assert after is not None
    desk.state = after
    return due.stage


def test_reminded_escalated_and_at_an_end() -> None:
    desk = Desk(MANAGER)
    assert (pass_time(desk), desk.state.asked) == (Stage.REMIND, ("zhao.min",))
    assert (pass_time(desk), desk.state.asked) == (Stage.ESCALATE, ("zhao.min", "wang.fang"))
    assert (pass_time(desk), desk.state.status) == (Stage.EXPIRE, Status.EXPIRED)
    assert desk.state.due == ()


def test_nothing_waits_for_ever_not_even_the_requester() -> None:
    desk = Desk(MANAGER)
    desk.do("zhao.min", "return")
    stages = [pass_time(desk) for _ in range(3)]
    assert (stages[-1], desk.state.status) == (Stage.EXPIRE, Status.EXPIRED)


def test_every_step_has_its_own_time() -> None:
    desk = Desk()
    pass_time(desk)
    desk.at = desk.state.due[0].at
    desk.do("zhao.min", "approve")
    desk.do("sun.hao", "approve")
    assert [it.stage for it in desk.state.due] == list(Stage)
    assert all(one.at < other.at for one, other in pairwise(desk.state.due))
    assert desk.state.due[0].at > desk.at


def test_somebody_who_left_is_replaced_at_the_next_stage() -> None:
    desk = Desk(MANAGER)
    desk.scene = scene(gone=("zhao.min",))
    pass_time(desk)
    assert desk.state.asked == ("wang.fang",)


def test_nobody_speaks_for_somebody_who_left() -> None:
    desk = Desk(MANAGER)
    desk.do("zhao.min", "delegate", to_id="he.tao")
    assert desk.state.asked == ("he.tao",)
    desk.scene = scene(gone=("zhao.min",))
    pass_time(desk)
    assert desk.state.asked == ("wang.fang",)


def test_somebody_on_leave_by_now_is_joined_by_their_substitute() -> None:
    desk = Desk(MANAGER)
    desk.scene = scene(away=("zhao.min",), standing_in={"zhao.min": "he.tao"})
    pass_time(desk)
    assert desk.state.asked == ("zhao.min", "he.tao")


def test_whoever_nobody_is_above_of_is_joined_by_those_asked_otherwise() -> None:
    policy = ruled_by({"approvers": [{"rep": "wang.fang"}]}, otherwise=[{"rep": "he.tao"}])
    desk = Desk(policy)
    pass_time(desk)
    pass_time(desk)
    assert desk.state.asked == ("wang.fang", "he.tao")


def test_when_everybody_left_those_are_asked_otherwise_and_it_still_ends() -> None:
    desk = Desk(ruled_by({"approvers": ["owner_manager"]}, otherwise=[{"rep": "xu.na"}]))
    desk.scene = scene(gone=("zhao.min", "wang.fang"))
    pass_time(desk)
    assert desk.state.asked == ("xu.na",)
    desk.scene = scene(gone=("zhao.min", "wang.fang", "xu.na"))
    pass_time(desk)
    assert desk.state.asked == ()
    assert (pass_time(desk), desk.state.status) == (Stage.EXPIRE, Status.EXPIRED)


@pytest.mark.parametrize("stage", list(Stage))
def test_once_a_late_timer_does_nothing_when_it_has_moved_on(stage: Stage) -> None:
    desk = Desk(MANAGER)
    stale = Due(stage=stage, at=datetime(2026, 1, 1, tzinfo=AT.tzinfo))
    assert fallen_due(desk.state, stale, MANAGER, desk.scene, AT) is None
    desk.do("zhao.min", "approve")
    assert fallen_due(desk.state, stale, MANAGER, desk.scene, AT) is None


def test_applied_to_some_or_overtaken_by_all() -> None:
    desk = Desk(MANAGER)
    desk.do("zhao.min", "approve")
    done, refused = Result(customer_id="cus_1"), Result(customer_id="cus_2", refusal="owner_changed")
    assert concluded(desk.state, [done, refused], AT).status is Status.APPLIED
    assert concluded(desk.state, [refused], AT).status is Status.OVERTAKEN
    assert concluded(desk.state, [refused], AT).ended_at == AT


OWNED = Ownership(
    customer_id="cus_1", customer_type="new_registration", region=None, seq=1, place=Place.OWNED, owner_id="li.wei",
    queue=None, since=AT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "change"),
    [
        ({"kind": "transfer"}, Transfer),
        ({"kind": "referral"}, Transfer),
        ({"kind": "reassign"}, Transfer),
        ({"kind": "share", "access": "READ", "until": "2026-12-31T00:00:00Z"}, GrantShare),
        ({"kind": "key_account"}, Designate),
        ({"kind": "exception"}, Claim),
        ({"kind": "merge", "survivor_id": "cus_2"}, MergeInto),
        ({"kind": "unmerge", "merge_id": "mrg_1"}, Unmerge),
    ],
)
def test_every_kind_has_its_effect(wanted: dict[str, str], change: type) -> None:
    desk = Desk(ruled_by({"approvers": [{"rep": "wang.fang"}]}, kind=wanted["kind"], barred=[]), order(**wanted))
    (subject,) = desk.state.subjects
    asked = effect_of(desk.state, subject, OWNED)
    assert (type(asked.change), asked.id, asked.actor) == (change, effect_id(desk.state, subject), "li.wei")
    if isinstance(asked.change, Transfer):
        assert (asked.change.from_id, asked.change.to_id, asked.change.approval_id) == ("li.wei", "chen.jing", "apr_1")
    if isinstance(asked.change, Claim):
        assert asked.change.exception == "apr_1"


def test_an_unmerge_needs_to_know_how_it_was() -> None:
    desk = Desk(asked=order(kind="unmerge", merge_id="mrg_1"))
    with pytest.raises(ValueError):
        effect_of(desk.state, desk.state.subjects[0])
