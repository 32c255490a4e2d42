"""The month's judgement: every stage on its day, and another owner at the end."""

from datetime import timedelta

import pytest

from api.customers import CustomerView, EventView
from demo.month import month_differences
from domain.follow_up import start_clock
from tests.demo.test_teller import POLICY
from tests.demo.views import BIRTH, EMMA, LI_WEI, customer

BEFORE = customer(due=start_clock("stand_lead", POLICY.clocks["stand_lead"], BIRTH).due)
MOVED = customer(owner=EMMA)
EVENTS = [
    ("follow_up_warning", 23),
    ("follow_up_warning", 28),
    ("follow_up_escalated", 29),
    ("reassigned", 30),
]


def events(*happened: tuple[str, int]) -> list[EventView]:
    """What happened on which day, a moment after it was due."""
    return [
        EventView(
            id=f"{kind}:{day}",
            kind=kind,
            text="",
            at=BIRTH + timedelta(days=day, seconds=1),
            recorded_at=BIRTH,
            actor="system",
            decision=None,
            data={},
        )
        for kind, day in happened
    ]


def test_a_month_as_the_policy_has_it_passes() -> None:
    assert month_differences(BEFORE, MOVED, events(*EVENTS)) == []


@pytest.mark.parametrize(
    "happened",
    [
        [],
        EVENTS[:3],
        EVENTS[1:],
        [*EVENTS[:3], ("recycled", 30)],
        [*EVENTS[:3], ("reassigned", 31)],
        [*EVENTS[:3], ("reassigned", 29)],
        [EVENTS[0], *EVENTS],
    ],
)
def test_a_month_that_went_otherwise_is_told(happened: list[tuple[str, int]]) -> None:
    [difference] = month_differences(BEFORE, MOVED, events(*happened))
    assert difference.message == "demo-month-differs"


@pytest.mark.parametrize("after", [customer(owner=LI_WEI), customer(owner=None, queue="public")])
def test_a_customer_who_did_not_change_hands_is_told(after: CustomerView) -> None:
    [difference] = month_differences(BEFORE, after, events(*EVENTS))
    assert difference.message == "demo-not-reassigned"
