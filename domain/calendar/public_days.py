"""Public holidays and make-up working days by country and year, as the library ``holidays`` knows them.

China and a dozen others announce year by year which weekend days are worked for a longer holiday (调休). For a year
that is not announced yet the library knows the holidays by law alone, and says nothing: such a year has a ``Gap``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


class Gap(StrEnum):
    """What is not known of a year."""

    NOT_COVERED = "year_not_covered"
    MAKE_UP_DAYS_UNKNOWN = "make_up_days_unknown"


@dataclass(frozen=True)
class PublicDays:
    """A year's holidays, and the weekend days that are worked instead."""

    off: frozenset[date]
    worked: frozenset[date]
    gap: Gap | None


def is_known(code: str) -> bool:
    """Whether the library knows this country (``CN``) or part of a country (``US-CA``)."""
    try:
        _library(code)
    except NotImplementedError:  # what the library raises for a place that it does not know
        return False
    return True


@cache
def public_days(code: str, year: int) -> PublicDays:
    """The public days of a year. ``code`` must be known."""
    country = _library(code, year)
    return PublicDays(
        off=frozenset(country),
        worked=frozenset(day for day in country.weekend_workdays if day.year == year),
        gap=_gap(country, year),
    )


def _library(code: str, year: int | None = None) -> "HolidayBase":
    from holidays import country_holidays  # its import takes a sixth of a second, and many calendars do without

    country, _, subdivision = code.partition("-")
    return country_holidays(country, subdiv=subdivision or None, years=year)


def _gap(country: "HolidayBase", year: int) -> Gap | None:
    if not country.start_year <= year <= country.end_year:
        return Gap.NOT_COVERED
    if country.has_substituted_holidays and year > max(country.special_public_holidays):
        return Gap.MAKE_UP_DAYS_UNKNOWN
    return None
