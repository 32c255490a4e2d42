"""Public holidays and make-up days: China's of 2026 as announced, and years of which not everything is known."""

import subprocess
import sys
from datetime import date

import pytest

from domain.calendar.public_days import Gap, is_known, public_days
from settings import PROJECT_ROOT
from tests.calendars import OFFICE, calendar, working

CHINA_2026_WORKED = ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
CHINA_2026_OFF = (
    *((1, 1), (1, 2)),
    *((2, day) for day in (16, 17, 18, 19, 20, 23)),
    (4, 6),
    *((5, 1), (5, 4), (5, 5)),
    (6, 19),
    (9, 25),
    *((10, day) for day in (1, 2, 5, 6, 7)),
)
"""The weekdays off, by the State Council's notice of November 2025."""


def test_the_make_up_days_of_china_in_2026() -> None:
    days = public_days("CN", 2026)
    assert days.worked == {date(2026, month, day) for month, day in CHINA_2026_WORKED}
    assert {day for day in days.off if day.weekday() < 5} == {date(2026, month, day) for month, day in CHINA_2026_OFF}
    assert days.gap is None


def test_the_office_works_as_china_does_in_2026() -> None:
    year = working(OFFICE, date(2026, 1, 1), date(2026, 12, 31))
    assert len(year) == 248  # 365 days, 104 of weekends, of which 6 are worked, and 19 weekdays off
    weekend = {day for day in year if day.weekday() >= 5}
    assert weekend == {date(2026, month, day) for month, day in CHINA_2026_WORKED}
    assert working(OFFICE, date(2026, 2, 13), date(2026, 2, 24)) == [
        date(2026, 2, 13),
        date(2026, 2, 14),
        date(2026, 2, 24),
    ]
    assert working(OFFICE, date(2026, 9, 30), date(2026, 10, 11)) == [
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
    ]


def test_another_year_keeps_its_own_make_up_days() -> None:
    """The library remembers the make-up days of all years that it was asked about, in one set."""
    assert {day.year for year in (2024, 2025, 2026) for day in public_days("CN", year).worked} == {2024, 2025, 2026}
    assert date(2005, 12, 31) in public_days("CN", 2005).worked  # announced with the days of 2006


@pytest.mark.parametrize(
    ("code", "year", "gap"),
    [
        ("CN", 2026, None),
        ("CN", 2035, Gap.MAKE_UP_DAYS_UNKNOWN),
        ("CN", 2150, Gap.NOT_COVERED),
        ("CN", 1949, Gap.NOT_COVERED),
        ("HK", 2035, None),
        ("US", 2035, None),
        ("US-CA", 2035, None),
        ("DE-BY", 2035, None),
    ],
)
def test_a_year_of_which_not_everything_is_known_is_told(code: str, year: int, gap: Gap | None) -> None:
    assert public_days(code, year).gap is gap


def test_overrides_that_are_complete_silence_the_warning_of_their_year_alone() -> None:
    assert [(it.year, it.gap) for it in OFFICE.warnings(2034, 2035)] == [
        (2034, Gap.MAKE_UP_DAYS_UNKNOWN),
        (2035, Gap.MAKE_UP_DAYS_UNKNOWN),
    ]
    entered = calendar(holidays="CN", overrides={"2035-02-11": "working"}, complete_years=[2035])
    assert [it.year for it in entered.warnings(2034, 2036)] == [2034, 2036]
    assert calendar().warnings(1900, 2150) == ()


def test_a_part_of_a_country_has_its_own_days() -> None:
    epiphany = date(2027, 1, 6)
    assert epiphany in public_days("DE-BY", 2027).off
    assert epiphany not in public_days("DE", 2027).off
    assert is_known("DE-BY")
    assert not is_known("DE-XX")


def test_the_library_is_loaded_when_a_calendar_names_holidays_and_not_before() -> None:
    code = "import sys, domain.policy; print('holidays' in sys.modules)"
    told = subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT_ROOT, text=True)
    assert told == "False\n"
