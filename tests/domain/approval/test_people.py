"""Roles resolved to reps, and who stands in for whom."""

import pytest

from domain.approval.people import Scene, barred_people, holders, in_role, substitute
from domain.approval.rules import Approver, Committee, Role
from tests.approvals import COMMITTEE, actor, customer, order, scene

WANTED = order().wanted


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REQUESTER, ["li.wei"]),
        (Role.REQUESTER_MANAGER, ["zhao.min"]),
        (Role.OWNER, ["li.wei", "j.smith"]),
        (Role.OWNER_MANAGER, ["zhao.min", "sun.hao"]),
        (Role.NEW_OWNER, ["chen.jing"]),
        (Role.NEW_OWNER_MANAGER, ["sun.hao"]),
        (Role.REGION_HEAD, ["he.tao"]),
        (Role.NEW_REGION_HEAD, ["liu.yang"]),
    ],
)
def test_who_has_a_role(role: Role, expected: list[str]) -> None:
    now = scene(customer(), customer("j.smith", "cus_2", region="US-CA"), customer(None, "cus_3", region=None))
    assert in_role(role, WANTED, actor("li.wei"), now) == expected


def test_a_region_without_a_head_is_headed_by_its_countrys() -> None:
    now = scene(customer(region="CN-BJ")).model_copy(update={"heads": {"CN": "wang.fang"}})
    assert in_role(Role.REGION_HEAD, WANTED, actor("li.wei"), now) == ["wang.fang"]


def test_nobody_has_a_role_in_a_case_without_the_people() -> None:
    now = Scene(persons={}, customers=(customer(None),))
    for role in set(Role) - {Role.REQUESTER, Role.NEW_OWNER}:
        assert in_role(role, WANTED, actor(None), now) == []


def test_a_committee_is_asked_without_those_who_left_or_must_not_decide() -> None:
    committees = {"board": Committee(zh="委员会", en="Board", reps=COMMITTEE)}
    board = Approver(committee="board")
    asked = holders(board, WANTED, actor("li.wei"), scene(gone=("he.tao",)), committees, {"liu.yang"})
    assert asked == ["wang.fang"]
    assert holders(Approver(committee="other"), WANTED, actor("li.wei"), scene(), committees) == []


def test_one_who_is_named_is_replaced_by_nobody() -> None:
    assert holders(Approver(rep="he.tao"), WANTED, actor("li.wei"), scene(gone=("he.tao",)), {}) == []


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), {"li.wei"}),
        ((Role.NEW_OWNER,), {"li.wei", "chen.jing"}),
        ((Role.OWNER_MANAGER, Role.NEW_OWNER), {"li.wei", "chen.jing", "zhao.min"}),
    ],
)
def test_four_eyes_the_requester_is_always_barred(roles: tuple[Role, ...], expected: set[str]) -> None:
    assert barred_people(roles, WANTED, actor("li.wei"), scene()) == expected


@pytest.mark.parametrize(
    ("standing_in", "away", "gone", "expected"),
    [
        ({"zhao.min": "xu.na"}, (), (), "xu.na"),
        ({"zhao.min": "xu.na", "xu.na": "he.tao"}, ("xu.na",), (), "he.tao"),
        ({"zhao.min": "xu.na"}, (), ("xu.na",), "wang.fang"),
        ({"zhao.min": "xu.na", "xu.na": "zhao.min"}, ("xu.na",), (), "wang.fang"),
        ({"zhao.min": "zhao.min"}, (), (), "wang.fang"),
        ({}, (), (), "wang.fang"),
        ({}, ("wang.fang",), (), None),
        ({"zhao.min": "li.wei"}, (), (), "wang.fang"),
    ],
)
def test_who_stands_in(
    standing_in: dict[str, str], away: tuple[str, ...], gone: tuple[str, ...], expected: str | None
) -> None:
    """The first in the line of successors who is there and may decide, else the first manager above."""
    now = scene(away=away, gone=gone, standing_in=standing_in)
    assert substitute("zhao.min", now, frozenset({"li.wei"})) == expected


def test_managers_in_a_circle_end_somewhere() -> None:
    people = scene().persons
    circle = {
        "zhao.min": people["zhao.min"].model_copy(update={"manager_id": "sun.hao", "active": False}),
        "sun.hao": people["sun.hao"].model_copy(update={"manager_id": "zhao.min", "active": False}),
    }
    now = scene().model_copy(update={"persons": people | circle})
    assert holders(Approver(role=Role.OWNER_MANAGER), WANTED, actor("li.wei"), now, {}) == []


@pytest.mark.parametrize(
    ("to_id", "region", "crosses"),
    [("xu.na", "CN-GD", False), ("chen.jing", "CN-GD", True), ("wang.fang", "CN-GD", False), ("xu.na", None, False)],
)
def test_what_crosses_regions(to_id: str, region: str | None, crosses: bool) -> None:
    """Who covers a country covers its regions; a customer of no known region lies nowhere else."""
    assert scene(customer(region=region)).crosses_regions(to_id) is crosses
