"""One local year of a calendar, laid out once: its days, its openings in order, and how much was open before each."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate, chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar.public_days import Gap, public_days
from domain.calendar.rules import CalendarRules, Span
from domain.calendar.zone import DAY, SECOND, Stretch, stretches

_MINUTE = 60 * SECOND
_FIRST = date(1970, 1, 1)


class DayKind(StrEnum):
    """Why a day has the hours that it has."""

    REGULAR = "regular"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OVERRIDE = "override"


class Opening(NamedTuple):
    """From ``start`` until just before ``end``, microseconds since 1970."""

    start: int
    end: int


class Day(NamedTuple):
    """A local date with its openings."""

    date: date
    kind: DayKind
    openings: tuple[Opening, ...]


class Year:
    """The days and openings of a year. An opening belongs to the local date on which it begins and ends."""

    def __init__(self, rules: CalendarRules, year: int) -> None:
        public = public_days(rules.holidays, year) if rules.holidays else None
        self.gap: Gap | None = public.gap if public and year not in rules.complete_years else None
        self._stretches = stretches(ZoneInfo(rules.time_zone), year)
        self.days = tuple(self._day(rules, day) for day in _dates(year))
        self._working = [day for day in self.days if day.openings]
        self._dates = [day.date for day in self._working]
        openings = list(chain.from_iterable(day.openings for day in self._working))
        self._starts, self._ends = [it.start for it in openings], [it.end for it in openings]
        *self._before, self.total = accumulate((it.end - it.start for it in openings), initial=0)

    def is_open(self, at: int) -> bool:
        """Whether an instant lies in an opening."""
        last = bisect_right(self._starts, at) - 1
        return last >= 0 and at < self._ends[last]

    def next_open(self, at: int) -> int | None:
        """The first open instant from ``at`` on; None when the year has none left."""
        if self.is_open(at):
            return at
        following = bisect_right(self._starts, at)
        return self._starts[following] if following < len(self._starts) else None

    def open_before(self, at: int) -> int:
        """How much of the year was open before an instant."""
        last = bisect_right(self._starts, at) - 1
        return 0 if last < 0 else self._before[last] + min(at, self._ends[last]) - self._starts[last]

    def after_open(self, amount: int) -> int:
        """The first instant before which so much of the year was open: more than 0, at most ``total``."""
        last = bisect_left(self._before, amount) - 1
        return self._starts[last] + amount - self._before[last]

    def working_days(self, after: date) -> int:
        """How many working days the year has after a date."""
        return len(self._dates) - bisect_right(self._dates, after)

    def working_day(self, after: date, count: int) -> Day:
        """The working day that is ``count`` working days after a date, from 1 to ``working_days(after)``."""
        return self._working[bisect_right(self._dates, after) + count - 1]

    def at_clock(self, day: Day, clock: int) -> int:
        """The first open instant of a working day from a time of its clock on, or else the end of its last opening.

        A time that the clock leaps over is the instant of the leap, one that it shows twice the first of the two.
        """
        midnight = _midnight(day.date)
        at = next(
            (
                max(it.start, midnight + clock - it.offset)
                for it in self._stretches
                if midnight + clock - it.offset < it.end
            ),
            day.openings[-1].end,
        )
        return next((max(at, it.start) for it in day.openings if at < it.end), day.openings[-1].end)

    def _day(self, rules: CalendarRules, day: date) -> Day:
        kind, spans = _hours(rules, day)
        return Day(day, kind, _openings(day, spans, self._stretches))


def _dates(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _midnight(day: date) -> int:
    """The start of a local date as microseconds on its own clock."""
    return (day - _FIRST).days * DAY


def _hours(rules: CalendarRules, day: date) -> tuple[DayKind, tuple[Span, ...]]:
    spans = rules.override(day)
    if spans is not None:
        return DayKind.OVERRIDE, spans
    public = public_days(rules.holidays, day.year) if rules.holidays else None
    if public and day in public.off:
        return DayKind.HOLIDAY, ()
    if public and day in public.worked:
        return DayKind.MAKE_UP, rules.usual(day.weekday())
    return DayKind.REGULAR, rules.week[day.weekday()]


def _openings(day: date, spans: tuple[Span, ...], offsets: list[Stretch]) -> tuple[Opening, ...]:
    """The instants whose local time lies in one of the spans: none twice, none missed, however the clock is changed."""
    midnight = _midnight(day)
    pieces = sorted(
        Opening(start, end)
        for span in spans
        for it in offsets
        if (start := max(midnight + span[0] * _MINUTE - it.offset, it.start))
        < (end := min(midnight + span[1] * _MINUTE - it.offset, it.end))
    )
    merged: list[Opening] = []
    for piece in pieces:
        if merged and merged[-1].end == piece.start:
            merged[-1] = Opening(merged[-1].start, piece.end)
        else:
            merged.append(piece)
    return tuple(merged)
