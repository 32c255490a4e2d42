"""What people's deeds come to in a case: who may say what when, and what settles it."""

from typing import Any

import pytest

from domain.change import Refused
from domain.collision_case.state import CaseState
from tests.approvals import scene
from tests.domain.collision_case.cases import LATER, Table, around, policy_with, side

KEEP = {"option": "keep"}
TO_XU = {"option": "transfer", "to_id": "xu.na"}


def refusal(table: Table, person: str | None, action: str, **fields: Any) -> str:
    before = table.state
    with pytest.raises(Refused) as refused:
        table.do(person, action, **fields)
    assert table.state in (before, table.look())
    return refused.value.code


def at_managers(table: Table) -> CaseState:
    table.wait()
    return table.wait()


def test_all_of_the_reps_want_the_same() -> None:
    table = Table()
    table.do("li.wei", "position", resolution={"option": "share", "collaborators": ["xu.na"]})
    table.do("xu.na", "position", resolution=TO_XU)
    assert table.state.status == "open"
    state = table.do(
        "xu.na", "position", resolution={"option": "share", "main_id": "li.wei", "collaborators": ["xu.na"]}
    )
    assert (state.status, state.outcome, state.due) == ("settled", "share", ())
    assert state.settlement is not None
    assert {it.person for it in state.settlement.by} == {"li.wei", "xu.na"}


def test_the_last_word_of_each_counts() -> None:
    table = Table()
    for resolution in (TO_XU, KEEP):
        table.do("li.wei", "position", resolution=resolution)
    assert [it.resolution.option for it in table.state.voices] == ["keep"]


def test_the_order_in_which_lines_are_named_is_nothing() -> None:
    table = Table()
    lines = [{"products": "机床", "rep_id": "li.wei"}, {"products": "刀具", "rep_id": "xu.na"}]
    table.do("li.wei", "position", resolution={"option": "split", "lines": lines})
    state = table.do("xu.na", "position", resolution={"option": "split", "lines": lines[::-1]})
    assert state.outcome == "split"


def test_a_manager_of_all_decides_alone_when_their_time_has_come() -> None:
    table = Table()
    assert refusal(table, "zhao.min", "resolution", resolution=KEEP) == "not_asked"
    assert at_managers(table).seats == (("zhao.min",),)
    assert refusal(table, "sun.hao", "resolution", resolution=KEEP) == "not_asked"
    state = table.do("zhao.min", "resolution", resolution=TO_XU)
    assert (state.outcome, state.settlement and state.settlement.via_approval) == ("transfer", False)


def test_the_reps_may_still_agree_while_the_manager_is_asked() -> None:
    table = Table()
    at_managers(table)
    for rep_id in ("li.wei", "xu.na"):
        table.do(rep_id, "position", resolution=KEEP)
    assert table.state.settlement is not None
    assert table.state.settlement.level == "reps"


@pytest.mark.parametrize(("second", "level"), [(KEEP, None), (TO_XU, "administrators")])
def test_several_managers_decide_together_or_not_at_all(second: dict[str, Any], level: str | None) -> None:
    table = Table(around(reps=("li.wei", "xu.na", "chen.jing")))
    at_managers(table)
    table.do("zhao.min", "resolution", resolution=KEEP)
    assert table.state.asked == ("sun.hao",)
    state = table.do("sun.hao", "resolution", resolution=second)
    assert (state.outcome, state.level if state.status == "open" else None) == (None if level else "keep", level)


def test_four_eyes() -> None:
    """A manager who is one of the reps does not decide, nor does an administrator who is."""
    table = Table(around(side(owner="zhao.min"), reps=("zhao.min", "xu.na")))
    at_managers(table)
    assert table.state.seats == (("wang.fang",),)
    assert refusal(table, "zhao.min", "resolution", resolution=KEEP) == "four_eyes"
    table = Table(around(side(owner="wang.fang"), reps=("wang.fang", "xu.na")))
    assert "wang.fang" not in at_managers(table).asked


def test_four_eyes_in_an_appeal() -> None:
    """Whoever decided does not decide again."""
    table = Table()
    table.do(None, "resolution", resolution=TO_XU)
    table.done()
    state = table.do("li.wei", "appeal", reason="不公平")
    assert (state.status, state.level, state.round, state.asked) == ("open", "administrators", 2, ("wang.fang",))
    assert refusal(table, None, "resolution", resolution=KEEP) == "four_eyes"


def test_an_appeal_against_what_the_reps_agreed_on_is_the_managers() -> None:
    """And the reps cannot agree on it a second time."""
    table = Table()
    for rep_id in ("li.wei", "xu.na"):
        table.do(rep_id, "position", resolution=KEEP)
    assert refusal(table, "li.wei", "appeal", reason="后悔了") == "case_not_settled"
    table.done()
    assert refusal(table, "zhao.min", "appeal", reason="不妥") == "not_a_party"
    assert table.do("xu.na", "appeal", reason="被迫同意").level == "managers"
    assert table.do("li.wei", "position", resolution=KEEP).status == "open"
    table.do("zhao.min", "resolution", resolution=TO_XU)
    table.done()
    assert refusal(table, "li.wei", "appeal", reason="再议") == "already_appealed"


def test_appeals_have_their_time() -> None:
    table = Table()
    table.do(None, "resolution", resolution=KEEP)
    table.done()
    table.at = LATER
    assert refusal(table, "xu.na", "appeal", reason="不服") == "appeal_too_late"
    table = Table(policy=policy_with(appeal_within_days=0))
    table.do(None, "resolution", resolution=KEEP)
    table.done()
    assert refusal(table, "xu.na", "appeal", reason="不服") == "appeal_too_late"


@pytest.mark.parametrize(
    ("resolution", "code"),
    [
        ({"option": "transfer", "to_id": "chen.jing"}, "outside_the_case"),
        ({"option": "transfer", "to_id": "li.wei"}, "already_the_owner"),
        ({"option": "share", "collaborators": ["li.wei"]}, "owner_cannot_share"),
        ({"option": "share", "main_id": "xu.na", "collaborators": ["xu.na"]}, "owner_cannot_share"),
        ({"option": "split", "lines": [{"products": "机床", "rep_id": "xu.na"}]}, "resolution_incomplete"),
        ({"option": "merge", "survivor_id": "cus_1"}, "nothing_to_merge"),
    ],
)
def test_what_does_not_fit(resolution: dict[str, Any], code: str) -> None:
    assert refusal(Table(), "xu.na", "position", resolution=resolution) == code


def test_a_customer_without_an_owner_is_shared_by_somebody_who_has_it() -> None:
    table = Table(around(side(owner=None)))
    share = {"option": "share", "collaborators": ["xu.na"]}
    assert refusal(table, "xu.na", "position", resolution=share) == "resolution_incomplete"
    table.do("xu.na", "position", resolution={**share, "main_id": "li.wei"})


@pytest.mark.parametrize(("person", "done"), [("li.wei", True), ("zhao.min", True), (None, True), ("xu.na", False)])
def test_a_false_alarm_is_one_click_of_the_owner_a_manager_or_an_administrator(person: str | None, done: bool) -> None:
    table = Table()
    if not done:
        assert refusal(table, person, "dismissal") == "not_asked"
        return
    assert table.do(person, "dismissal").outcome == "dismissed"
    assert refusal(table, "li.wei", "position", resolution=KEEP) == "case_settled"


def test_a_risk_only_informs() -> None:
    table = Table(around(risk=True))
    assert (table.state.asked, table.state.frozen_until) == ((), None)
    assert refusal(table, "li.wei", "position", resolution=KEEP) == "only_a_risk"
    assert refusal(table, None, "resolution", resolution=KEEP) == "only_a_risk"
    for person in ("li.wei", "zhao.min", "li.wei"):
        table.do(person, "acknowledgement")
    assert table.state.acknowledged == ("li.wei", "zhao.min")
    assert refusal(table, "sun.hao", "acknowledgement") == "not_asked"
    assert table.wait().outcome == "expired"


def test_a_manager_on_leave_is_joined_by_whoever_stands_in() -> None:
    table = Table(around(people=scene(away=["zhao.min"], standing_in={"zhao.min": "he.tao"})))
    assert at_managers(table).seats == (("zhao.min", "he.tao"),)
    assert table.do("he.tao", "resolution", resolution=KEEP).outcome == "keep"
