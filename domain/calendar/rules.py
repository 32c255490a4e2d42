"""A working calendar as the policy file describes it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

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
        raise PydanticCustomError("span_backwards", "{span} must end after it begins", {"span": text})
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder, such as Asia
        raise PydanticCustomError("time_zone_unknown", "must be an IANA time zone") from error
    return name


def _one_after_another(texts: tuple[str, ...]) -> tuple[str, ...]:
    for before, after in pairwise(texts):
        if span_of(before)[1] > span_of(after)[0]:
            raise PydanticCustomError(
                "spans_overlap", "{after} must come after {before}", {"before": before, "after": after}
            )
    return texts


def _forward(days: str) -> str:
    if not _weekdays(days):
        raise PydanticCustomError("days_backwards", "{days} must go forward in the week", {"days": days})
    return days


def _week(hours: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every day of the week once at most, some day at least."""
    named = [day for days in hours for day in _weekdays(days)]
    if not hours:
        raise PydanticCustomError("week_empty", "must name a day on which somebody works")
    for day in Weekday:
        if named.count(day) > 1:
            raise PydanticCustomError("weekday_twice", "{day} is named twice", {"day": str(day)})
    return hours


def _public_days(code: str) -> str:
    if not is_known(code):
        raise PydanticCustomError("holidays_unknown", "no public holidays are known for {code}", {"code": code})
    return code


def _yaml_off(value: object) -> object:
    """YAML 1.1 reads a bare ``off`` as false."""
    return "off" if value is False else value


SpanText = Annotated[str, StringConstraints(pattern=rf"^{_TIME}-({_TIME}|24:00)$"), AfterValidator(_within_the_day)]
Spans = Annotated[tuple[SpanText, ...], Field(min_length=1, max_length=24), AfterValidator(_one_after_another)]
Days = Annotated[str, StringConstraints(pattern=rf"^({_DAY})(-({_DAY}))?$"), AfterValidator(_forward)]
"""``sat``, or ``mon-fri`` in the order of the week."""


class CalendarRules(BaseModel):
    """Business hours of the week, public holidays and exceptions. A day that ``hours`` does not name is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: Annotated[str, AfterValidator(_time_zone)]
    hours: Annotated[dict[Days, Spans], AfterValidator(_week)]
    holidays: Annotated[str, AfterValidator(_public_days)] | None = None
    """Whose public holidays and make-up days count: a country (``CN``) or a part of one (``US-CA``)."""
    overrides: dict[date, Annotated[Literal["off", "working"] | Spans, BeforeValidator(_yaml_off)]] = Field(
        default_factory=dict
    )
    """Dates that differ from all that: ``off``, ``working`` with a usual day's hours, or hours of their own."""
    complete_years: tuple[int, ...] = ()
    """Years for which ``overrides`` holds what was announced, so that nobody is warned about them."""

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
