"""The roster: who is in which group, who of them can get something, and why the others cannot."""

from typing import Any

import pytest

from domain.assignment import Reason, Rep, Roster
from tests.examples import BROWN, LI, SMITH, WANG, ZHANG

GONE = {"active": False}
STAFF = Roster(
    (
        ZHANG.model_copy(update={"verticals": ("製造業", "软件")}),
        LI.model_copy(update={"on_leave": True}),
        WANG.model_copy(update=GONE),
        SMITH.model_copy(update={"verticals": ("Manufacturing", "制造业")}),
        BROWN,
        Rep(id="all.china", name="全国", regions=("CN",)),
    )
)


def test_groups_hold_the_active_ones_by_id() -> None:
    assert STAFF.in_region("CN-GD").ids == ("all.china", LI.id, ZHANG.id)
    assert STAFF.in_region("CN").ids == ("all.china",)
    assert STAFF.in_region("US-NY").ids == (BROWN.id,)
    assert STAFF.in_region("DE").ids == ()
    assert STAFF.listed("pool:x", [ZHANG.id, "nobody", WANG.id, BROWN.id]).ids == (BROWN.id, ZHANG.id)


def test_specialists_are_known_however_the_industry_is_written() -> None:
    assert STAFF.specialists("制造业", None).ids == (SMITH.id, ZHANG.id)
    assert STAFF.specialists("製造業", "CN-GD").ids == (ZHANG.id,)
    assert STAFF.specialists("MANUFACTURING", None).ids == (SMITH.id,)
    assert STAFF.specialists("零售", None).ids == ()


def test_a_group_is_put_together_once() -> None:
    assert STAFF.in_region("CN-GD") is STAFF.in_region("CN-GD")
    assert STAFF.specialists("製造業", None) is STAFF.specialists("制造业", None)


def test_who_must_not_get_it_is_left_out_for_this_case_only() -> None:
    group = STAFF.in_region("CN-GD")
    able, why = group.without((ZHANG.id, "somebody else"))
    assert [rep.id for rep in able] == ["all.china"]
    assert why == {ZHANG.id: Reason.EXCLUDED, LI.id: Reason.ON_LEAVE}
    assert [rep.id for rep in group.without(())[0]] == ["all.china", ZHANG.id]
    assert group.hindered == {LI.id: Reason.ON_LEAVE}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"active": False, "on_leave": True}, Reason.INACTIVE),
        ({"on_leave": True, "total_cap": 0}, Reason.ON_LEAVE),
        ({"daily_cap": 2, "given_today": 1}, None),
        ({"daily_cap": 2, "given_today": 3}, Reason.AT_DAILY_CAP),
        ({"daily_cap": 0, "total_cap": 0}, Reason.AT_DAILY_CAP),
        ({"total_cap": 5, "load": 5}, Reason.AT_TOTAL_CAP),
        ({"total_cap": 5, "load": 4, "off_duty": True}, None),
    ],
)
def test_what_hinders_a_rep(changes: dict[str, Any], reason: Reason | None) -> None:
    assert ZHANG.model_copy(update=changes).hindrance is reason


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
