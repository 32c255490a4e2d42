"""A working calendar that answers: open or closed, how much business time between, and when so much of it is over.

Every question goes to a year that is laid out once and kept, so that one costs a few look-ups by bisection. What comes
out depends on the library's holidays; whoever decides by it stores the instant (``domain.follow_up``), so that a later
release of the library changes no deadline that was given and no replay.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.calendar.public_days import Gap
from domain.calendar.rules import CalendarRules
from domain.calendar.year import Day, Year
from domain.calendar.zone import DAY, instant, microseconds

_MICROSECOND = timedelta(microseconds=1)


class CalendarWarning(BaseModel):
    """A year of which a calendar does not know everything."""

    model_config = ConfigDict(frozen=True)
    year: int
    gap: Gap


class Calendar(CalendarRules):
    """Answers by its rules. Safe to share between threads. Times go in with any zone and come out in UTC."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at an instant. The end of an opening is closed."""
        return self._year(self._local(at).year).is_open(microseconds(at))

    def next_open(self, at: datetime) -> datetime:
        """The first open instant from ``at`` on: ``at`` itself when it is open."""
        start = microseconds(at)
        year = self._local(at).year
        while (found := self._year(year).next_open(start)) is None:
            year += 1
        return instant(found)

    def business_time(self, start: datetime, end: datetime) -> timedelta:
        """How much was open from one instant to another; negative when ``end`` comes first."""
        first, last = self._local(start).year, self._local(end).year
        if first > last:
            return -self.business_time(end, start)
        whole = sum(self._year(year).total for year in range(first, last))
        before, until = (self._year(self._local(at).year).open_before(microseconds(at)) for at in (start, end))
        return (whole + until - before) * _MICROSECOND

    def add_business_time(self, at: datetime, time: timedelta) -> datetime:
        """The first instant at which so much business time is over since ``at``; the next open one for none at all.

        Args:
            at: the start.
            time: the business time, not negative.

        Raises:
            ValueError: when ``time`` is negative.
            OverflowError: when the end lies beyond the year 9998.
        """
        if time < timedelta():
            raise ValueError("business time must not be negative")
        if not time:
            return self.next_open(at)
        year = self._local(at).year
        wanted = self._year(year).open_before(microseconds(at)) + time // _MICROSECOND
        while wanted > self._year(year).total:
            wanted -= self._year(year).total
            year += 1
        return instant(self._year(year).after_open(wanted))

    def add_working_days(self, at: datetime, count: int) -> datetime:
        """The same time of the clock so many working days later; what begins in closed time begins at the next opening.

        Where that day is closed at that time it is the next opening of the day, and after its hours its end.

        Args:
            at: the start.
            count: working days, 0 or more.

        Raises:
            OverflowError: when the end lies beyond the year 9998.
        """
        start = self.next_open(at)
        if count == 0:
            return start
        local = self._local(start)
        clock = microseconds(local.replace(tzinfo=start.tzinfo, fold=0)) % DAY
        year, after = local.year, local.date()
        while count > (left := self._year(year).working_days(after)):
            count -= left
            year += 1
        day = self._year(year).working_day(after, count)
        return instant(self._year(year).at_clock(day, clock))

    def days(self, first: date, last: date) -> Iterator[Day]:
        """The days of a stretch, both ends included."""
        for year in range(first.year, last.year + 1):
            yield from (day for day in self._year(year).days if first <= day.date <= last)

    def warnings(self, first: int, last: int) -> tuple[CalendarWarning, ...]:
        """The years of a stretch, both ends included, of which not everything is known."""
        gaps = ((year, self._year(year).gap) for year in range(first, last + 1))
        return tuple(CalendarWarning(year=year, gap=gap) for year, gap in gaps if gap is not None)

    def warnings_between(self, start: datetime, end: datetime) -> tuple[CalendarWarning, ...]:
        """The same for the local years of two instants and all between them."""
        return self.warnings(self._local(start).year, self._local(end).year)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    @cached_property
    def _years(self) -> dict[int, Year]:
        return {}

    def _year(self, year: int) -> Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = Year(self, year)
        return known
