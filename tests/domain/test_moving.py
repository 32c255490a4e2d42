"""Moves as pure decisions: whom they concern, who is asked, what they leave behind."""

import pytest
from pydantic import ValidationError

from domain.assignment import Case
from domain.change import OwnerLeft
from domain.lead import CustomerType
from domain.moving import NewMove, WarningCode, concerned_regions, heirs, moved_rep, successor_of, warnings_of
from domain.policy import Handover, MoveKind, MovesRules
from domain.policy_checks import Directory
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, WANG, ZHANG, ruled

LEAVES = NewMove(kind=MoveKind.LEAVES)
TO_BEIJING = NewMove(kind=MoveKind.CHANGES_REGION, regions=("CN-BJ",))


def test_only_regions_that_are_covered_no_more_are_concerned() -> None:
    there = ["CN-GD", "CN-BJ", "US-CA", None]
    assert concerned_regions(TO_BEIJING, ["CN"], there) == ["CN-GD"]
    assert concerned_regions(TO_BEIJING, ["CN-GD", "US-CA"], there) == ["CN-GD", "US-CA"]
    assert concerned_regions(TO_BEIJING.model_copy(update={"regions": ("CN",)}), ["CN-GD"], there) == []
    assert concerned_regions(LEAVES, ["CN-GD"], there) is None


def test_whoever_leaves_keeps_nobody_in_any_policy() -> None:
    with pytest.raises(ValidationError):
        MovesRules.model_validate({"leaves": "keep"})
    assert [MovesRules().handover(kind) for kind in MoveKind] == [
        Handover.SUCCESSOR, Handover.SUCCESSOR, Handover.KEEP,
    ]  # fmt: skip


def test_the_successor_of_the_order_comes_before_that_of_the_record() -> None:
    named = LEAVES.model_copy(update={"successor_id": WANG.id})
    assert (successor_of(named, LI.id, POLICY), successor_of(LEAVES, LI.id, POLICY)) == (WANG.id, LI.id)
    reassigns = POLICY.model_copy(update={"moves": MovesRules(leaves=Handover.REASSIGN)})
    assert successor_of(named, LI.id, reassigns) is None


def test_a_rep_as_the_move_leaves_them() -> None:
    gone = moved_rep(ZHANG, LEAVES.model_copy(update={"successor_id": LI.id}))
    assert (gone.active, gone.successor_id, gone.regions) == (False, LI.id, ZHANG.regions)
    assert moved_rep(ZHANG, TO_BEIJING).regions == ("CN-BJ",)
    assert moved_rep(ZHANG, NewMove(kind=MoveKind.CHANGES_TEAM, team_id="north")) == ZHANG


def test_who_is_asked_instead() -> None:
    assert heirs("a", "b", "c", ["d"]) == ("b",)
    assert heirs("a", None, "c", ["d"]) == ("c",)
    assert heirs("a", None, "a", ["d", "a", "d", "e"]) == ("d", "e")
    assert heirs("a", None, None, ["a"]) == ()


def test_what_a_leaving_leaves_behind() -> None:
    policy = ruled(
        {
            "methods": [
                "named_contact",
                {"method": "designated", "rep": ZHANG.id},
                {"method": "rotation", "pool": "big"},
            ]
        },
        {"methods": ["territory"]},
        rotation_pools={"big": {"reps": [ZHANG.id]}},
        territories={"gd": {"regions": ["CN-GD"], "reps": [ZHANG.id, LI.id]}},
    )
    directory = Directory([ZHANG, LI], {"CN-GD", "CN-BJ"})
    found = warnings_of(ZHANG.id, LEAVES, None, ["south"], policy, directory)
    assert {(it.code, it.about) for it in found} == {
        (WarningCode.NAMED_IN_POOL, "big"),
        (WarningCode.NAMED_IN_TERRITORY, "gd"),
        (WarningCode.NAMED_IN_RULE, "rule0"),
        (WarningCode.TEAM_WITHOUT_MANAGER, "south"),
        (WarningCode.NO_SUCCESSOR, ZHANG.id),
        (WarningCode.NOBODY_LEFT, "big"),
        (WarningCode.NOBODY_LEFT, "rule0"),
    }
    alone = Directory([ZHANG], {"CN-GD"})
    assert [(it.code, it.about) for it in warnings_of(ZHANG.id, TO_BEIJING, LI.id, ["south"], POLICY, alone)] == [
        (WarningCode.REGION_UNCOVERED, "CN-GD")
    ]
    team = NewMove(kind=MoveKind.CHANGES_TEAM, team_id="north", successor_id=LI.id)
    assert [it.code for it in warnings_of(ZHANG.id, team, LI.id, [], POLICY, directory)] == ["successor_not_asked"]


@pytest.mark.parametrize(("cap", "owner"), [(None, LI.id), (0, WANG.id)])
def test_the_successor_is_asked_first_and_a_cap_counts(cap: int | None, owner: str) -> None:
    reps = [ZHANG, LI.model_copy(update={"total_cap": cap}), WANG]
    case = Case(customer_type=CustomerType.NEW_REGISTRATION, region="CN-GD")
    owned = birth("cus_1", case, POLICY, [ZHANG], AT).ownership
    moved = decide(owned, OwnerLeft(rep_id=ZHANG.id, move_id="move_1", successor_id=LI.id), POLICY, reps, AT)
    assert moved is not None
    assert (moved.ownership.owner_id, moved.ownership.previous_owner_id) == (owner, ZHANG.id)
    assert moved.data == {"move_id": "move_1"} | ({"successor": "at_total_cap"} if cap == 0 else {})
