"""The follow-up clock: what counts, what falls due when, and that a restart brings no stage twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar.calendar import Calendar
from domain.follow_up import Clock, FollowUp, Shortfall, Stage, shortfalls, start_clock
from domain.policy import ClockRule, EffectiveFollowUp, FollowUpKind, OnExpiry
from tests.calendars import at_home, calendars, instants, shanghai
from tests.examples import AT, POLICY
from tests.strategies import clock_rules

EFFECTIVE: dict[str, Any] = {
    "rep_id": "li.na",
    "kind": "call",
    "content": "客户同意下周来看样机并谈价格",
    "customer_answered": True,
}
RULES = POLICY.effective_follow_up


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({}, ()),
        ({"content": "约好下周二看样机并报价"}, ()),
        ({"content": "Agreed to a demo"}, ()),
        ({"content": "客户很忙"}, (Shortfall.TOO_SHORT,)),
        ({"kind": "note"}, (Shortfall.KIND,)),
        ({"customer_answered": False}, (Shortfall.NO_ANSWER,)),
        ({"rep_id": "zhang.wei"}, (Shortfall.NOT_OWNER,)),
        ({"rep_id": "x", "kind": "note", "content": "忙", "customer_answered": False}, tuple(sorted(Shortfall))),
    ],
)
def test_a_follow_up_is_effective_or_everything_that_it_lacks_is_told(
    change: dict[str, Any], lacking: tuple[Shortfall, ...]
) -> None:
    found = shortfalls(
        FollowUp.model_validate(EFFECTIVE | change), by_right=change.get("rep_id") in (None, "li.na"), rules=RULES
    )
    assert tuple(sorted(found)) == lacking


def test_without_an_owner_nothing_is_effective() -> None:
    assert shortfalls(FollowUp.model_validate(EFFECTIVE), by_right=False, rules=RULES) == (Shortfall.NOT_OWNER,)


def test_what_counts_is_policy() -> None:
    lenient = EffectiveFollowUp(kinds=(FollowUpKind.NOTE,), minimum_characters=0, customer_answered=False)
    noted = FollowUp.model_validate({"rep_id": "li.na", "kind": "note", "content": "忙"})
    assert shortfalls(noted, by_right=True, rules=lenient) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"content": " "}, "string_too_short"),
        ({"content": "电话\0"}, "control_character"),
        ({"kind": "fax"}, "enum"),
        ({"rep_id": "李娜"}, "string_pattern_mismatch"),
        ({"occurred_at": "2026-11-23T09:00:00"}, "timezone_aware"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "time_out_of_range"),
        ({"occurred_at": "9999-12-31T23:00:00-12:00"}, "time_out_of_range"),
        ({"effective": True}, "extra_forbidden"),
    ],
)
def test_a_malformed_follow_up_is_refused(change: dict[str, Any], fault: str) -> None:
    """A time that no database can hold would be tried to be stored for ever."""
    with pytest.raises(ValidationError) as caught:
        FollowUp.model_validate(EFFECTIVE | change)
    assert [error["type"] for error in caught.value.errors()] == [fault]


def days(clock: Clock, since: datetime) -> list[tuple[Stage, int]]:
    return [(due.stage, (due.at - since).days) for due in clock.due]


def test_the_shipped_clock_warns_twice_escalates_and_expires() -> None:
    clock = start_clock("stand_lead", POLICY.clocks["stand_lead"], AT)
    assert days(clock, AT) == [(Stage.WARN, 23), (Stage.WARN, 28), (Stage.ESCALATE, 29), (Stage.EXPIRE, 30)]
    assert clock.without_next().due == clock.due[1:]


def test_stages_at_one_instant_come_in_order() -> None:
    rule = ClockRule(days=1, warn_days_before=(0,), escalate_days_before=0, on_expiry=OnExpiry.RECYCLE)
    assert days(start_clock("a", rule, AT), AT) == [(Stage.WARN, 1), (Stage.ESCALATE, 1), (Stage.EXPIRE, 1)]


def test_a_clock_needs_no_warning() -> None:
    rule = ClockRule(days=3, on_expiry=OnExpiry.RECYCLE)
    assert days(start_clock("a", rule, AT), AT) == [(Stage.EXPIRE, 3)]


@given(clock_rules())
def test_stages_lie_within_and_the_last_is_the_end(rule: ClockRule) -> None:
    due = start_clock("a", rule, AT).due
    assert list(due) == sorted(due, key=lambda it: (it.at, list(Stage).index(it.stage)))
    assert (due[-1].stage, due[-1].at) == (Stage.EXPIRE, AT + timedelta(days=rule.days))
    assert all(AT < it.at <= due[-1].at for it in due)
    assert len({(it.stage, it.at) for it in due}) == len(due)


@given(clock_rules(), st.integers(0, 60), st.integers(0, 60))
def test_a_restart_keeps_the_rule_and_brings_no_stage_back(rule: ClockRule, happened: int, later: int) -> None:
    """Stages whose time is over were done: the same stage at the same instant must never fall due again."""
    clock = start_clock("a", rule, AT)
    now = AT + timedelta(days=happened + later)
    again = clock.restarted(AT + timedelta(days=happened), now, None)
    assert (again.name, again.rule, again.started_at) == ("a", rule, AT + timedelta(days=happened))
    assert again.due[-1].at == AT + timedelta(days=happened + rule.days)
    assert all(due.at > now for due in again.due[:-1])
    assert again.due[-1].stage is Stage.EXPIRE


def test_a_zone_does_not_matter() -> None:
    beijing = datetime.fromisoformat("2026-11-23T09:30:00+08:00")
    clocks = [start_clock("a", POLICY.clocks["stand_lead"], at) for at in (beijing, beijing.astimezone(UTC))]
    assert clocks[0] == clocks[1]


OFFICE = POLICY.calendars["office"]
FRIDAY = shanghai("2026-11-20 16:45")


def counted(**fields: Any) -> ClockRule:
    return ClockRule.model_validate({"days": 10, "on_expiry": "reassign", "calendar": "office"} | fields)


def told(clock: Clock) -> list[tuple[str, str]]:
    """What falls due when, on the office's clock."""
    return [(due.stage.removeprefix("follow_up_"), at_home(OFFICE, due.at)[5:]) for due in clock.due]


def test_with_a_calendar_days_are_working_days() -> None:
    clock = start_clock("a", counted(warn_days_before=[7, 2], escalate_days_before=1), FRIDAY, OFFICE)
    assert told(clock) == [
        ("warning", "11-25 16:45"),
        ("warning", "12-02 16:45"),
        ("escalated", "12-03 16:45"),
        ("expired", "12-04 16:45"),
    ]
    assert (clock.calendar, clock.warnings) == ("office", ())


def test_what_starts_in_closed_time_counts_from_the_next_opening() -> None:
    rule = counted(days=2, warn_days_before=[1])
    for start in ("2026-11-20 18:00", "2026-11-21 03:00", "2026-11-23 08:59"):
        clock = start_clock("a", rule, shanghai(start), OFFICE)
        assert told(clock) == [("warning", "11-24 09:00"), ("expired", "11-25 09:00")]
        assert clock.started_at == shanghai(start)


def test_only_warnings_and_escalation_may_wait_for_hours() -> None:
    """Ten calendar days from a Thursday evening; the end stays where it is, on a Sunday."""
    rule = counted(warn_days_before=[9, 7, 4, 0], escalate_days_before=1, working_days=False)
    clock = start_clock("a", rule, shanghai("2026-11-19 20:00"), OFFICE)
    assert told(clock) == [
        ("warning", "11-23 09:00"),  # Friday evening and Sunday evening
        ("warning", "11-26 09:00"),
        ("warning", "11-29 20:00"),  # never after the end
        ("escalated", "11-29 20:00"),
        ("expired", "11-29 20:00"),
    ]


def test_a_calendar_that_the_policy_has_no_more_leaves_calendar_days() -> None:
    clock = start_clock("a", counted(warn_days_before=[3]), FRIDAY, None)
    assert told(clock) == [("warning", "11-27 16:45"), ("expired", "11-30 16:45")]
    assert (clock.rule.calendar, clock.calendar) == ("office", None)


def test_a_year_without_make_up_days_is_told_with_the_clock() -> None:
    clock = start_clock("a", counted(days=10), shanghai("2034-12-27 10:00"), OFFICE)
    assert [(warning.year, warning.gap) for warning in clock.warnings] == [
        (2034, "make_up_days_unknown"),
        (2035, "make_up_days_unknown"),
    ]
    assert Clock.model_validate(clock.model_dump(mode="json")) == clock


def test_a_clock_of_an_earlier_release_reads() -> None:
    kept = start_clock("stand_lead", POLICY.clocks["stand_lead"], AT).model_dump(mode="json")
    for field in ("calendar", "warnings"):
        del kept[field]
    for field in ("calendar", "working_days"):
        del kept["rule"][field]
    assert Clock.model_validate(kept) == start_clock("stand_lead", POLICY.clocks["stand_lead"], AT)


@settings(max_examples=150)
@given(clock_rules(), calendars(), instants(), st.integers(0, 90), st.integers(0, 90))
def test_in_any_calendar_every_stage_comes_once_and_none_after_the_end(
    rule: ClockRule, calendar: Calendar, at: datetime, happened: int, later: int
) -> None:
    """A stage's id is its kind and its instant (``workflows.customer_lifecycle``): two alike would stop the clock."""
    clock = start_clock("a", rule, at, calendar)
    now = at + timedelta(days=happened + later)
    for each in (clock, clock.restarted(at + timedelta(days=happened), now, calendar)):
        assert len({(due.stage, due.at) for due in each.due}) == len(each.due)
        assert (each.due[-1].stage, each.due[-1].at) == (Stage.EXPIRE, max(due.at for due in each.due))
    assert all(due.at > at for due in clock.due)
    assert [due for due in each.due[:-1] if due.at <= now] == []


@settings(max_examples=50)
@given(calendars(), instants(), st.integers(1, 40))
def test_in_business_time_nothing_falls_due_in_closed_time(calendar: Calendar, at: datetime, days: int) -> None:
    rule = counted(days=days, warn_days_before=tuple(range(days)), escalate_days_before=0)
    for due in start_clock("a", rule, at, calendar).due:
        assert calendar.is_open(due.at) or calendar.is_open(due.at - timedelta(microseconds=1))
