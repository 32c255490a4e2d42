"""Working calendars for tests: examples, strategies, and an oracle that looks at every minute on the clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from domain.calendar.calendar import Calendar
from domain.calendar.rules import Weekday, span_of
from tests.examples import POLICY

OFFICE = POLICY.calendars["office"]
ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "America/Havana",  # changes its clock at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # four times a year
    "Asia/Kathmandu",  # 5 hours 45 minutes
    "Pacific/Apia",  # east of the date line
)
CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
    datetime(2025, 12, 31, 23, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
)
"""Instants about which clocks change, years begin, or there is a day more."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def calendar(**fields: Any) -> Calendar:
    """A calendar from its rules; office hours in Shanghai, without holidays, unless the rules say otherwise."""
    rules = {"time_zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-12:00", "13:30-18:00"]}}
    return Calendar.model_validate(rules | fields)


def always(zone: str) -> Calendar:
    """Open at any time."""
    return calendar(time_zone=zone, hours={"mon-sun": ["00:00-24:00"]})


def by_the_clock(calendar: Calendar, at: datetime) -> bool:
    """Whether one of ``calendars()`` is open, found without its arithmetic: by what a clock on the wall shows."""
    local = at.astimezone(calendar.zone)
    hours = calendar.overrides.get(local.date(), calendar.hours.get(tuple(Weekday)[local.weekday()], ()))
    spans = map(span_of, hours) if isinstance(hours, tuple) else ()
    return any(start <= local.hour * 60 + local.minute < end for start, end in spans)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def spans(draw: st.DrawFn) -> list[str]:
    """One to three spans of a day, in quarters of an hour; they may touch."""
    count = draw(st.integers(1, 3))
    bounds = draw(st.lists(st.integers(0, 96), min_size=count + 1, max_size=count + 1, unique=True).map(sorted))
    return [f"{_clock(start)}-{_clock(end)}" for start, end in pairwise(bounds)]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any hours on any days in a zone whose clock does something, with days off and days of other hours."""
    days = draw(st.lists(st.sampled_from(Weekday), min_size=1, unique=True))
    around = st.builds(
        lambda change, shift: change.date() + timedelta(days=shift), st.sampled_from(CHANGES), st.integers(-3, 3)
    )
    return calendar(
        time_zone=draw(st.sampled_from(ZONES)),
        hours={str(day): draw(spans()) for day in days},
        overrides=draw(st.dictionaries(around, st.just("off") | spans(), max_size=3)),
    )


def instants() -> st.SearchStrategy[datetime]:
    """Any instant of some years, most of them about one of ``CHANGES``; to the second."""
    anywhere = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
    shift = st.integers(-4 * 86_400, 4 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
    return st.one_of(
        anywhere.map(lambda at: at.replace(microsecond=0)),
        st.builds(lambda change, by: change + by, st.sampled_from(CHANGES), shift),
        st.builds(lambda change, by: change + by * 60, st.sampled_from(CHANGES), shift.map(lambda by: by // 3600)),
    )


def shanghai(text: str) -> datetime:
    """``2026-09-18 10:00`` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def at_home(calendar: Calendar, at: datetime) -> str:
    """An instant on the calendar's own clock, to the minute."""
    return f"{at.astimezone(calendar.zone):%Y-%m-%d %H:%M}"


def working(calendar: Calendar, first: date, last: date) -> list[date]:
    """The working days of a stretch."""
    return [day.date for day in calendar.days(first, last) if day.openings]
