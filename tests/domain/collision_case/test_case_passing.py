"""What time does to a case, and what else happens meanwhile."""

import pytest

from domain.collision_case.effect import effects_of, freezes_of, thaws_of
from domain.collision_case.passing import concluded, fallen_due
from domain.collision_case.state import Due, Result, Stage
from tests.approvals import AT, scene
from tests.domain.collision_case.cases import LATER, Table, around, policy_with, side

KEEP = {"option": "keep"}
TO_XU = {"option": "transfer", "to_id": "xu.na"}


def test_every_step_is_reminded_of_then_it_is_somebody_elses() -> None:
    table = Table()
    walked = [(table.state.level, table.state.reminders)]
    while table.state.status == "open":
        table.wait()
        walked.append((table.state.level, table.state.reminders))
    assert walked == [
        ("reps", 0), ("reps", 1), ("managers", 1), ("managers", 2), ("administrators", 2), ("administrators", 3),
        ("administrators", 3),
    ]  # fmt: skip
    assert (table.state.outcome, table.state.settlement and table.state.settlement.level) == ("keep", None)


def test_it_may_wait_for_ever_if_the_policy_says_so() -> None:
    table = Table(policy=policy_with(default="keep_waiting"))
    for _ in range(6):
        table.wait()
    assert (table.state.status, table.state.due) == ("open", ())
    table.do(None, "resolution", resolution=KEEP)
    assert table.state.outcome == "keep"


def test_without_managers_it_is_an_administrators() -> None:
    table = Table(around(side(owner="wang.fang"), reps=("wang.fang", "he.tao")))
    table.wait()
    assert table.wait().level == "administrators"


def test_what_came_late_does_nothing() -> None:
    table = Table()
    other = Due(stage=Stage.REMIND, at=LATER)
    assert fallen_due(table.state, other, table.policy, table.scene, LATER) is None


def test_a_risk_becomes_a_collision_when_they_meet() -> None:
    table = Table(around(risk=True))
    state = table.look(around())
    assert (state.risk, state.level, state.asked) == (False, "reps", ("li.wei", "xu.na"))
    assert state.frozen_until is not None
    assert [due.stage for due in state.due] == ["remind", "move_on"]


def test_who_joins_is_asked_too() -> None:
    table = Table()
    table.do("li.wei", "position", resolution=KEEP)
    state = table.look(around(reps=("li.wei", "xu.na", "chen.jing")))
    assert state.asked == ("xu.na", "chen.jing")


def test_overtaken_when_fewer_than_two_are_left() -> None:
    state = Table().look(around(people=scene(gone=["xu.na"])))
    assert (state.outcome, state.due) == ("overtaken", ())


def test_the_proposal_follows_what_happens() -> None:
    table = Table(around(side(first_named="li.wei")))
    assert table.state.proposal is not None
    assert table.state.proposal.resolution.option == "keep"
    state = table.look(around(side(first_named="li.wei", last_named="xu.na")))
    assert state.proposal is not None
    assert state.proposal.resolution.option == "transfer"


def test_freezing_and_thawing() -> None:
    table = Table(around(side(), side("cus_2", "xu.na"), customer_ids=("cus_1", "cus_3")))
    assert [ask.customer_id for ask in freezes_of(table.state)] == ["cus_1", "cus_2"]
    assert [ask.customer_id for ask in thaws_of(table.state)] == ["cus_1", "cus_2", "cus_3"]
    calm = Table(policy=policy_with(freeze=False))
    assert freezes_of(calm.state) == thaws_of(calm.state) == []
    assert freezes_of(Table(around(risk=True)).state) == []


@pytest.mark.parametrize("agreed", ["approval", "direct"])
def test_what_an_agreed_transfer_asks_for(agreed: str) -> None:
    table = Table(policy=policy_with(agreed_transfer=agreed))
    for rep_id in ("li.wei", "xu.na"):
        table.do(rep_id, "position", resolution=TO_XU)
    (effect,) = effects_of(table.state)
    assert type(effect).__name__ == ("Order" if agreed == "approval" else "Ask")


def test_what_was_not_approved_is_the_managers() -> None:
    table = Table()
    for rep_id in ("li.wei", "xu.na"):
        table.do(rep_id, "position", resolution=TO_XU)
    refused = (Result(customer_id="cus_1", what="approval", refusal="approval_rejected"),)
    state = concluded(table.state, refused, table.policy, table.scene, AT)
    assert (state.status, state.level, state.round) == ("open", "managers", 2)


def test_overtaken_when_nothing_could_be_done() -> None:
    table = Table()
    table.do(None, "resolution", resolution=TO_XU)
    refused = (Result(customer_id="cus_1", what="transfer", refusal="owner_changed"),)
    assert concluded(table.state, refused, table.policy, table.scene, AT).outcome == "overtaken"
    partly = (*refused, Result(customer_id="cus_2", what="transfer"))
    assert concluded(table.state, partly, table.policy, table.scene, AT).outcome == "transfer"
