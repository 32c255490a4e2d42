"""A time zone through one year: the stretches with one offset each, to the second."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND


class Stretch(NamedTuple):
    """From ``start`` until ``end``, microseconds since 1970, local time is UTC plus ``offset`` microseconds."""

    start: int
    end: int
    offset: int


def microseconds(at: datetime) -> int:
    """An instant as microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(microseconds: int) -> datetime:
    """The other way, in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def stretches(zone: ZoneInfo, year: int) -> list[Stretch]:
    """The stretches that together hold every instant with a local date in the year, in order.

    A zone that changes its offset and changes it back within a day would be missed; the IANA database has none.
    """
    first = microseconds(datetime(year, 1, 1, tzinfo=UTC)) - 2 * DAY
    last = microseconds(datetime(year + 1, 1, 1, tzinfo=UTC)) + 2 * DAY
    found = []
    start = first
    for at in range(first, last, DAY):
        if _offset(zone, at) != _offset(zone, at + DAY):
            change = _change(zone, at, at + DAY)
            found.append(Stretch(start, change, _offset(zone, at)))
            start = change
    return [*found, Stretch(start, last, _offset(zone, last))]


def _offset(zone: ZoneInfo, at: int) -> int:
    shift = instant(at).astimezone(zone).utcoffset()
    return (shift or timedelta()) // timedelta(microseconds=1)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second with the offset that holds at ``after``."""
    old = _offset(zone, before)
    while after - before > SECOND:
        middle = (before + after) // 2 // SECOND * SECOND
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after
