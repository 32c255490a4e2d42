"""A calendar in the policy file: every fault is named, and YAML's readings are understood."""

from datetime import date
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from domain.calendar.calendar import Calendar
from tests.calendars import OFFICE, calendar


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"time_zone": "Asia/Shenzhen"}, "time_zone: must be an IANA time zone"),
        ({"time_zone": "Asia"}, "time_zone: must be an IANA time zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone: must be an IANA time zone"),
        ({"time_zone": ""}, "time_zone: must be an IANA time zone"),
        ({"hours": {}}, "hours: must name a day"),
        ({"hours": {"monday": ["09:00-12:00"]}}, "hours.monday"),
        ({"hours": {"周一": ["09:00-12:00"]}}, "hours.周一"),
        ({"hours": {"fri-mon": ["09:00-12:00"]}}, "fri-mon must go forward in the week"),
        ({"hours": {"mon-fri": ["09:00-12:00"], "fri": ["09:00-11:00"]}}, "fri is named twice"),
        ({"hours": {"mon": []}}, "hours.mon"),
        ({"hours": {"mon": ["9:00-12:00"]}}, "hours.mon.0"),
        ({"hours": {"mon": ["09:00-24:30"]}}, "hours.mon.0"),
        ({"hours": {"mon": ["24:00-24:00"]}}, "hours.mon.0"),
        ({"hours": {"mon": ["22:00-06:00"]}}, "22:00-06:00 must end after it begins"),
        ({"hours": {"mon": ["09:00-09:00"]}}, "must end after it begins"),
        ({"hours": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "11:00-13:00 must come after 09:00-12:00"),
        ({"hours": {"mon": ["13:00-18:00", "09:00-12:00"]}}, "09:00-12:00 must come after 13:00-18:00"),
        ({"holidays": "XX"}, "no public holidays are known for XX"),
        ({"holidays": "CN-GD"}, "no public holidays are known for CN-GD"),
        ({"overrides": {"2026-02-30": "off"}}, "overrides.2026-02-30"),
        ({"overrides": {"2026-02-28": "holiday"}}, "overrides.2026-02-28"),
        ({"overrides": {"2026-02-28": True}}, "overrides.2026-02-28"),
        ({"overrides": {"2026-02-28": ["10:00-16:00", "15:00-17:00"]}}, "15:00-17:00 must come after 10:00-16:00"),
        ({"open": "always"}, "open"),
    ],
)
def test_a_fault_is_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        calendar(**fields)
    text = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in caught.value.errors())
    assert named in text


def test_the_faults_of_the_week_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        calendar(hours={"mon-tue": ["09:00-12:00", "10:00-13:00"], "sun-mon": ["09:00-12:00"]})
    assert [fault["type"] for fault in caught.value.errors()] == ["spans_overlap", "days_backwards"]


def test_yaml_reads_off_as_false_and_dates_as_dates() -> None:
    text = """
    time_zone: Asia/Shanghai
    hours: {mon-fri: ["09:00-18:00"], sat: ["10:00-12:00"]}
    overrides:
      2026-12-31: off
      2027-02-06: working
      2027-02-07: working
      2027-02-08: ["10:00-16:00"]
    """
    read = Calendar.model_validate(yaml.safe_load(text))
    days = [date(2026, 12, 31), date(2027, 2, 6), date(2027, 2, 7), date(2027, 2, 8), date(2027, 2, 9)]
    assert [read.override(day) for day in days] == [
        (),
        ((600, 720),),  # a Saturday with hours of its own
        ((540, 1080),),  # a Sunday: the hours of the week's first working day
        ((600, 960),),
        None,
    ]


def test_a_day_may_have_any_hours_up_to_midnight() -> None:
    night = calendar(hours={"mon": ["22:00-24:00"], "tue": ["00:00-06:00", "06:00-07:00"]})
    assert night.week[:3] == (((1320, 1440),), ((0, 360), (360, 420)), ())


def test_what_was_read_reads_again() -> None:
    """The policy's fingerprint is made of it, and a policy is read back from its own data."""
    for read in (OFFICE, calendar(overrides={date(2026, 12, 31): "off"}, complete_years=[2027])):
        assert Calendar.model_validate(read.model_dump()) == read
        assert Calendar.model_validate(read.model_dump(mode="json")) == read
        assert list(read.days(date(2026, 1, 1), date(2026, 1, 1)))
        assert read == Calendar.model_validate(read.model_dump())  # what it has laid out by now makes no difference
