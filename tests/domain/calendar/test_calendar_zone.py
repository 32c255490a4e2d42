"""The stretches of a year with one offset each."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.calendar.zone import Stretch, instant, microseconds, stretches
from tests.calendars import ZONES

HOUR = 3_600_000_000


def changes(zone: str, year: int) -> list[datetime]:
    """When the clock is changed within the year."""
    return [instant(it.start) for it in stretches(ZoneInfo(zone), year)[1:]]


@pytest.mark.parametrize(
    ("zone", "year", "expected"),
    [
        ("Asia/Shanghai", 2026, []),
        ("America/New_York", 2026, ["2026-03-08T07:00", "2026-11-01T06:00"]),
        ("Europe/Berlin", 2026, ["2026-03-29T01:00", "2026-10-25T01:00"]),
        ("Australia/Lord_Howe", 2026, ["2026-04-04T15:00", "2026-10-03T15:30"]),
        ("Pacific/Apia", 2011, ["2011-04-02T14:00", "2011-09-24T14:00", "2011-12-30T10:00"]),
        ("Europe/Berlin", 2950, ["2950-03-29T01:00", "2950-10-25T01:00"]),
    ],
)
def test_clocks_change_to_the_second(zone: str, year: int, expected: list[str]) -> None:
    assert changes(zone, year) == [datetime.fromisoformat(f"{at}+00:00") for at in expected]


@pytest.mark.parametrize("zone", [*ZONES, "UTC", "Asia/Pyongyang"])
def test_every_instant_of_the_year_has_its_offset_once(zone: str) -> None:
    for year in (2015, 2026, 2028):
        found = stretches(ZoneInfo(zone), year)
        assert all(before.end == after.start for before, after in pairwise(found))
        for it in found:
            for at in (it.start, (it.start + it.end) // 2, it.end - 1):
                assert instant(at).astimezone(ZoneInfo(zone)).utcoffset() == timedelta(microseconds=it.offset)
        first, last = (instant(at).astimezone(ZoneInfo(zone)) for at in (found[0].start, found[-1].end))
        assert first.year < year < last.year


def test_berlin_is_two_hours_ahead_in_summer() -> None:
    winter, summer, again = stretches(ZoneInfo("Europe/Berlin"), 2026)
    assert (winter.offset, summer.offset, again.offset) == (HOUR, 2 * HOUR, HOUR)
    assert isinstance(summer, Stretch)


def test_microseconds_are_exact() -> None:
    at = datetime(2026, 11, 23, 1, 30, 59, 999_999, tzinfo=UTC)
    assert instant(microseconds(at)) == at
    assert microseconds(at.astimezone(ZoneInfo("Asia/Shanghai"))) == microseconds(at)
