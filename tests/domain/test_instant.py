"""Instants and dates as callers send them, and the leaves that are made of them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.instant import Date, Instant
from domain.leave import NewLeave

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
DATE: TypeAdapter[date] = TypeAdapter(Date)


def fault(adapter: TypeAdapter[Any], value: str) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    return caught.value.errors()[0]["type"]


def test_an_instant_is_in_utc_whatever_zone_it_came_with() -> None:
    read = INSTANT.validate_python("2026-11-23T09:30:00+08:00")
    assert (read, read.tzinfo) == (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize("value", ["1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_what_no_database_holds_is_refused(value: str) -> None:
    assert fault(INSTANT, value) == "time_out_of_range"
    assert fault(DATE, value[:10]) == "time_out_of_range"


def test_a_time_without_a_zone_is_no_instant() -> None:
    assert fault(INSTANT, "2026-11-23T09:30:00") == "timezone_aware"
    assert DATE.validate_python("2028-02-29") == date(2028, 2, 29)
    assert fault(DATE, "2026-02-29") == "date_from_datetime_parsing"


def test_a_leave_ends_after_it_begins_in_whatever_zones() -> None:
    day = NewLeave.model_validate({"from": "2026-12-01T00:00:00+08:00", "until": "2026-11-30T16:00:01Z"})
    assert (day.ends - day.begins).total_seconds() == 1
    with pytest.raises(ValidationError, match="must come after the leave begins"):
        NewLeave.model_validate({"from": "2026-12-01T00:00:00+08:00", "until": "2026-11-30T16:00:00Z"})
    with pytest.raises(ValidationError) as caught:  # one fault, not two
        NewLeave.model_validate({"from": "tomorrow", "until": "2026-11-30T16:00:00Z"})
    assert [error["loc"] for error in caught.value.errors()] == [("from",)]
