"""A working calendar as the policy file describes it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain, pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from domain.calendar.public_days import is_known


class Weekday(StrEnum):
    """The days of the week, Monday first as in ISO 8601 and ``date.weekday``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


Span = tuple[int, int]
"""Minutes of a day's clock, from and until, 0 to 1440."""

_DAY = "|".join(Weekday)
_TIME = r"([01]\d|2[0-3]):[0-5]\d"


def span_of(text: str) -> Span:
    """``09:00-12:00`` as minutes."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in text.split("-"))
    return start, end


def _within_the_day(text: str) -> str:
    start, end = span_of(text)
    if start >= end:
        raise ValueError(f"{text} must end after it begins; write hours past midnight as two spans, the first to 24:00")
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder, such as Asia
        raise ValueError(f"{name!r} is no IANA time zone") from error
    return name


def _public_days(code: str) -> str:
    if not is_known(code):
        raise ValueError(f"no public holidays are known for {code!r}")
    return code


def _yaml_off(value: object) -> object:
    """YAML 1.1 reads a bare ``off`` as false."""
    return "off" if value is False else value


SpanText = Annotated[str, StringConstraints(pattern=rf"^{_TIME}-({_TIME}|24:00)$"), AfterValidator(_within_the_day)]
Spans = Annotated[tuple[SpanText, ...], Field(min_length=1, max_length=24)]
Days = Annotated[str, StringConstraints(pattern=rf"^({_DAY})(-({_DAY}))?$")]
"""``sat``, or ``mon-fri`` in the order of the week."""


class CalendarRules(BaseModel):
    """Business hours of the week, public holidays and exceptions. A day that ``hours`` does not name is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: Annotated[str, AfterValidator(_time_zone)]
    hours: dict[Days, Spans]
    holidays: Annotated[str, AfterValidator(_public_days)] | None = None
    """Whose public holidays and make-up days count: a country (``CN``) or a part of one (``US-CA``)."""
    overrides: dict[date, Annotated[Literal["off", "working"] | Spans, BeforeValidator(_yaml_off)]] = Field(
        default_factory=dict
    )
    """Dates that differ from all that: ``off``, ``working`` with a usual day's hours, or hours of their own."""
    complete_years: tuple[int, ...] = ()
    """Years for which ``overrides`` holds what was announced, so that nobody is warned about them."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = []
        named = [day for days in self.hours for day in _weekdays(days)]
        if not named:
            faults.append("hours must name a day on which somebody works")
        faults += [f"hours: {day} is named twice" for day in Weekday if named.count(day) > 1]
        faults += [f"hours: {days} must go forward in the week" for days in self.hours if not _weekdays(days)]
        faults += [f"{day}: spans must follow each other without overlapping" for day in self._overlapping()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _overlapping(self) -> list[date | str]:
        own = ((day, hours) for day, hours in self.overrides.items() if isinstance(hours, tuple))
        hours: chain[tuple[date | str, Spans]] = chain(self.hours.items(), own)
        pairs = ((day, pairwise(_spans(texts))) for day, texts in hours)
        return [day for day, spans in pairs if any(before[1] > after[0] for before, after in spans)]

    @cached_property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of each weekday, Monday first."""
        spans = {day: _spans(hours) for days, hours in self.hours.items() for day in _weekdays(days)}
        return tuple(spans.get(day, ()) for day in Weekday)

    def usual(self, weekday: int) -> tuple[Span, ...]:
        """The spans of a working day that falls on this weekday: its own, or those of the week's first working day."""
        return self.week[weekday] or next(spans for spans in self.week if spans)

    def override(self, day: date) -> tuple[Span, ...] | None:
        """The spans that an override gives a date, none when it is off; None without an override."""
        rule = self.overrides.get(day)
        if rule is None:
            return None
        if isinstance(rule, tuple):
            return _spans(rule)
        return self.usual(day.weekday()) if rule == "working" else ()


def _weekdays(days: str) -> tuple[Weekday, ...]:
    first, _, last = days.partition("-")
    week = tuple(Weekday)
    return week[week.index(Weekday(first)) : week.index(Weekday(last or first)) + 1]


def _spans(texts: Sequence[str]) -> tuple[Span, ...]:
    return tuple(span_of(text) for text in texts)
