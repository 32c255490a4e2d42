"""Instants and dates as callers may send them."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

T = TypeVar("T", date, datetime)


def _plausible(at: T) -> T:
    if not 1900 <= at.year <= 2999:
        raise PydanticCustomError("time_out_of_range", "must lie between the years 1900 and 2999")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]
"""A time that both databases hold in UTC and hand back."""

Date = Annotated[date, AfterValidator(_plausible)]
"""A day of the same years."""
