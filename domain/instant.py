"""Instants and dates as callers may send them."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

T = TypeVar("T", date, datetime)


def _plausible(at: T) -> T:
    if not 1900 <= at.year <= 2999:
        raise PydanticCustomError("time_out_of_range", "must lie between the years 1900 and 2999")
    return at


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_plausible), AfterValidator(_in_utc)]
"""A time that both databases hold and hand back: in UTC, whatever zone it came with."""

Date = Annotated[date, AfterValidator(_plausible)]
"""A day of the same years."""
