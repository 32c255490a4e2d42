"""Business time: exact by a clock that looks at every minute, over clock changes, leap days, holidays and years."""

from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.calendar.calendar import Calendar
from domain.calendar.year import DayKind
from tests.calendars import (
    CHANGES,
    DAY,
    MINUTE,
    OFFICE,
    always,
    at_home,
    by_the_clock,
    calendar,
    calendars,
    instants,
    shanghai,
    working,
)

amounts = st.integers(0, 60 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=150)
@given(calendars(), instants())
def test_open_is_what_the_clock_on_the_wall_says(calendar: Calendar, at: datetime) -> None:
    assert calendar.is_open(at) == by_the_clock(calendar, at)


@settings(max_examples=25)
@given(calendars(), st.sampled_from(CHANGES), st.integers(0, 3000), st.integers(0, 3000))
def test_business_time_is_the_sum_of_open_minutes(
    calendar: Calendar, change: datetime, before: int, after: int
) -> None:
    start, end = change - before * MINUTE, change + after * MINUTE
    minutes = sum(by_the_clock(calendar, start + n * MINUTE) for n in range(before + after))
    assert calendar.business_time(start, end) == minutes * MINUTE
    assert calendar.business_time(end, start) == -minutes * MINUTE


@settings(max_examples=100)
@given(calendars(), instants(), amounts)
def test_added_and_measured_is_the_same(calendar: Calendar, at: datetime, time: timedelta) -> None:
    end = calendar.add_business_time(at, time)
    assert calendar.business_time(at, end) == time
    assert end >= at
    assert calendar.is_open(end) or (time and calendar.is_open(end - timedelta(microseconds=1)))
    if time:  # the first such instant
        assert calendar.business_time(at, end - timedelta(microseconds=1)) < time


@settings(max_examples=60)
@given(calendars(), instants(), instants(), amounts, amounts)
def test_later_and_longer_never_end_earlier(
    calendar: Calendar, one: datetime, other: datetime, short: timedelta, more: timedelta
) -> None:
    first, second = sorted((one, other))
    assert calendar.next_open(first) <= calendar.next_open(second)
    assert calendar.add_business_time(first, short) <= calendar.add_business_time(second, short)
    assert calendar.add_business_time(first, short) <= calendar.add_business_time(first, short + more)
    days = more.seconds % 40
    assert calendar.add_working_days(first, days) <= calendar.add_working_days(second, days)
    assert calendar.add_working_days(first, days) < calendar.add_working_days(first, days + 1)


@settings(max_examples=60)
@given(calendars(), instants(), amounts, amounts)
def test_a_sum_may_be_added_in_parts(calendar: Calendar, at: datetime, one: timedelta, other: timedelta) -> None:
    assume(one and other)
    in_parts = calendar.add_business_time(calendar.add_business_time(at, one), other)
    assert in_parts == calendar.add_business_time(at, one + other)


@settings(max_examples=60)
@given(calendars(), instants(), st.integers(1, 60))
def test_working_days_are_counted_and_end_in_working_time(calendar: Calendar, at: datetime, count: int) -> None:
    start, end = calendar.next_open(at), calendar.add_working_days(at, count)
    first, last = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    if not calendar.is_open(end):  # it ends with the day's last opening, which may be midnight
        last -= timedelta(microseconds=1)
    days = working(calendar, first.date(), last.date())
    assert len(days) == count + 1
    assert days[-1] == last.date()
    assert calendar.is_open(end) or calendar.is_open(end - timedelta(microseconds=1))


@settings(max_examples=60)
@given(calendars(), instants())
def test_the_next_opening_is_the_first(calendar: Calendar, at: datetime) -> None:
    opens = calendar.next_open(at)
    assert calendar.is_open(opens)
    assert calendar.business_time(at, opens) == timedelta()
    assert (opens == at) == calendar.is_open(at)


class TestTheOffice:
    """The shipped calendar: Monday to Friday, 9:00 to 12:00 and 13:30 to 18:00, as China works."""

    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            ("2026-09-17 09:00", 7.5, "2026-09-17 18:00"),
            ("2026-09-17 09:00", 7.75, "2026-09-18 09:15"),
            ("2026-09-17 11:30", 1, "2026-09-17 14:00"),
            ("2026-09-17 11:30", 0.5, "2026-09-17 12:00"),
            ("2026-09-17 12:15", 0, "2026-09-17 13:30"),
            ("2026-09-17 18:00", 0, "2026-09-18 09:00"),
            ("2026-09-18 17:00", 2, "2026-09-20 10:00"),  # Sunday 20 September is worked for 6 October
            ("2026-09-30 17:00", 2, "2026-10-08 10:00"),  # National Day
            ("2026-02-14 17:30", 1, "2026-02-24 09:30"),  # Spring Festival, with its Saturday worked
            ("2025-12-31 17:00", 2, "2026-01-04 10:00"),  # New Year, with its Sunday worked
        ],
    )
    def test_hours(self, start: str, hours: float, end: str) -> None:
        assert at_home(OFFICE, OFFICE.add_business_time(shanghai(start), timedelta(hours=hours))) == end

    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            ("2026-09-17 10:00", 1, "2026-09-18 10:00"),
            ("2026-09-18 10:00", 1, "2026-09-20 10:00"),
            ("2026-09-19 10:00", 1, "2026-09-21 09:00"),  # from Sunday, when work begins
            ("2026-09-17 12:30", 1, "2026-09-18 13:30"),
            ("2026-09-17 18:00", 1, "2026-09-20 09:00"),
            ("2026-09-29 16:45", 3, "2026-10-09 16:45"),
            ("2026-02-13 16:45", 2, "2026-02-24 16:45"),
            ("2026-09-17 10:00", 0, "2026-09-17 10:00"),
            ("2026-09-26 10:00", 0, "2026-09-28 09:00"),
        ],
    )
    def test_working_days(self, start: str, days: int, end: str) -> None:
        assert at_home(OFFICE, OFFICE.add_working_days(shanghai(start), days)) == end

    def test_days_tell_why_they_are_what_they_are(self) -> None:
        days = {day.date.day: day.kind for day in OFFICE.days(date(2026, 10, 7), date(2026, 10, 11))}
        assert days == {
            7: DayKind.HOLIDAY,
            8: DayKind.REGULAR,
            9: DayKind.REGULAR,
            10: DayKind.MAKE_UP,
            11: DayKind.REGULAR,
        }

    def test_an_override_goes_above_all_else(self) -> None:
        other = calendar(
            holidays="CN", overrides={"2026-10-01": ["10:00-12:00"], "2026-10-10": "off", "2026-10-11": "working"}
        )
        first = [day for day in other.days(date(2026, 10, 1), date(2026, 10, 11)) if day.kind is DayKind.OVERRIDE]
        assert [(day.date.day, len(day.openings)) for day in first] == [(1, 1), (10, 0), (11, 2)]
        assert at_home(other, other.next_open(shanghai("2026-10-01 08:00"))) == "2026-10-01 10:00"


class TestClockChanges:
    """Hours that a clock leaps over do not exist, and those that it shows twice are two."""

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("America/New_York", date(2026, 3, 8), 23),
            ("America/New_York", date(2026, 11, 1), 25),
            ("Europe/Berlin", date(2026, 3, 29), 23),
            ("Europe/Berlin", date(2026, 10, 25), 25),
            ("America/Havana", date(2026, 3, 8), 23),
            ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
            ("Asia/Shanghai", date(2026, 3, 29), 24),
        ],
    )
    def test_a_day_has_the_hours_that_it_has(self, zone: str, day: date, hours: float) -> None:
        clock = always(zone)
        (found,) = clock.days(day, day)
        assert sum(it.end - it.start for it in found.openings) == hours * 3_600_000_000
        assert len(found.openings) == 1

    def test_a_leap_and_a_repetition_within_hours(self) -> None:
        night = calendar(time_zone="Europe/Berlin", hours={"sun": ["01:00-03:00"]})
        spring, autumn, usual = (datetime(2026, *day, tzinfo=UTC) for day in ((3, 28), (10, 24), (5, 9)))
        assert [night.business_time(at, at + 3 * DAY) for at in (spring, autumn, usual)] == [
            timedelta(hours=1),
            timedelta(hours=3),
            timedelta(hours=2),
        ]

    def test_hours_that_the_clock_leaps_over_make_no_working_day(self) -> None:
        short = calendar(time_zone="Europe/Berlin", hours={"mon-sun": ["02:15-02:45"]})
        assert working(short, date(2026, 3, 28), date(2026, 3, 30)) == [date(2026, 3, 28), date(2026, 3, 30)]
        (day,) = short.days(date(2026, 10, 25), date(2026, 10, 25))
        assert len(day.openings) == 2

    @pytest.mark.parametrize(
        ("zone", "before", "after"),
        [
            ("America/New_York", "2026-03-06 16:45", "2026-03-09 16:45"),
            ("America/New_York", "2026-10-30 16:45", "2026-11-02 16:45"),
            ("Europe/Berlin", "2026-03-27 16:45", "2026-03-30 16:45"),
            ("Europe/Berlin", "2026-10-23 16:45", "2026-10-26 16:45"),
        ],
    )
    def test_the_same_time_of_the_clock_over_the_weekend_of_the_change(
        self, zone: str, before: str, after: str
    ) -> None:
        office = calendar(time_zone=zone)
        start = datetime.fromisoformat(before).replace(tzinfo=office.zone)
        assert at_home(office, office.add_working_days(start, 1)) == after
        assert office.business_time(start, office.add_working_days(start, 1)) == timedelta(hours=7.5)

    def test_a_time_that_is_leapt_over_is_the_instant_of_the_leap(self) -> None:
        clock = always("America/New_York")
        start = datetime(2026, 3, 7, 2, 30, tzinfo=clock.zone)
        assert clock.add_working_days(start, 1) == datetime(2026, 3, 8, 7, tzinfo=UTC)
        assert at_home(clock, clock.add_working_days(start, 2)) == "2026-03-09 02:30"

    def test_a_time_that_comes_twice_is_the_first_of_the_two(self) -> None:
        clock = always("America/New_York")
        start = datetime(2026, 10, 31, 1, 30, tzinfo=clock.zone)
        assert clock.add_working_days(start, 1) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        again = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        assert at_home(clock, clock.add_working_days(again, 1)) == "2026-11-02 01:30"

    def test_a_date_that_was_left_out(self) -> None:
        """Samoa went from 29 to 31 December 2011."""
        clock = always("Pacific/Apia")
        assert len(working(clock, date(2011, 12, 28), date(2012, 1, 1))) == 4
        start = datetime(2011, 12, 29, 12, tzinfo=clock.zone)
        assert at_home(clock, clock.add_working_days(start, 1)) == "2011-12-31 12:00"


def test_a_day_that_is_shorter_ends_a_working_day_earlier() -> None:
    short = calendar(hours={"mon-thu": ["09:00-18:00"], "fri": ["09:00-12:00"]})
    assert at_home(short, short.add_working_days(shanghai("2026-09-17 16:00"), 1)) == "2026-09-18 12:00"
    assert at_home(short, short.add_working_days(shanghai("2026-09-17 10:00"), 1)) == "2026-09-18 10:00"


def test_leap_days_are_days() -> None:
    assert working(calendar(), date(2028, 2, 28), date(2028, 3, 1)) == [
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
    ]
    assert at_home(OFFICE, calendar().add_working_days(shanghai("2028-02-28 10:00"), 1)) == "2028-02-29 10:00"


def test_time_does_not_go_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        OFFICE.add_business_time(shanghai("2026-09-17 10:00"), -MINUTE)


@pytest.mark.parametrize("days", [3650, 2500])
def test_ten_years_ahead_takes_no_seconds(days: int) -> None:
    """The first answer lays fifteen years out, at some 4 ms each; the second finds them laid out."""
    fresh = calendar(holidays="CN")
    began = process_time()
    end = fresh.add_working_days(shanghai("2026-09-17 10:00"), days)
    assert process_time() - began < 1
    assert end.year >= 2036
    began = process_time()
    fresh.add_working_days(shanghai("2026-09-17 10:00"), days)
    assert process_time() - began < 0.01
