"""Working calendars, as the policy file describes them and as they come out day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Wired
from api.language import Locale
from api.pagination import Page, Paged
from api.problems import Problem, documented
from domain.calendar.calendar import Calendar, CalendarWarning
from domain.calendar.year import Day, DayKind
from domain.calendar.zone import instant
from domain.instant import Date
from domain.policy import Policy
from domain.text import Reference
from messages import message
from store.errors import NotFound

router = APIRouter(prefix="/v1/calendars", tags=["calendars"])

MOST_DAYS = 366
_MONTH = timedelta(days=30)


class Warned(BaseModel):
    """A year of which a calendar does not know everything."""

    year: int
    code: str = Field(examples=["make_up_days_unknown"])
    text: str

    @classmethod
    def of(cls, warning: CalendarWarning, locale: str) -> Self:
        """The warning in words."""
        text = message(locale, f"calendar-{warning.gap.replace('_', '-')}", year=str(warning.year))
        return cls(year=warning.year, code=warning.gap, text=text)


class CalendarView(BaseModel):
    """A calendar's rules."""

    name: str
    default: bool = Field(description="Whether reps without a calendar of their own work by it.")
    time_zone: str = Field(examples=["Asia/Shanghai"])
    hours: dict[str, tuple[str, ...]] = Field(examples=[{"mon-fri": ["09:00-12:00", "13:30-18:00"]}])
    holidays: str | None = Field(description="Whose public holidays and make-up days count.", examples=["CN"])
    warnings: list[Warned] = Field(description="What is not known of the years that are shown.")


class OpeningView(BaseModel):
    """Open from an instant until just before another, on the calendar's own clock."""

    begins: datetime = Field(serialization_alias="from")
    ends: datetime = Field(serialization_alias="until")


class DayView(BaseModel):
    """A day; one without openings is closed."""

    date: date
    kind: DayKind = Field(description="What decided its hours: the week, a public holiday, a make-up day, an override.")
    open: list[OpeningView]


class CalendarDays(CalendarView):
    """A calendar's rules, and the days that come of them."""

    days: list[DayView]


@router.get("", summary="List working calendars")
def list_calendars(context: Wired, paging: Paged, locale: Locale) -> Page[CalendarView]:
    """The policy's calendars by name, with warnings about this year and the next."""
    policy, after = context.policy, paging.after[0] if paging.after else ""
    names = sorted(name for name in policy.calendars if name > after)[: paging.limit + 1]
    year = datetime.now(UTC).year
    return paging.page(names, lambda name: _view(name, policy, year, year + 1, locale), lambda name: (name,))


@router.get("/{name}", summary="Get a working calendar day by day", responses=documented(404))
def get_calendar(
    name: Reference,
    context: Wired,
    locale: Locale,
    first: Annotated[Date | None, Query(alias="from", description="The first day; today unless given.")] = None,
    last: Annotated[
        Date | None,
        Query(alias="to", description="The last day, 30 days later unless given."),
    ] = None,
) -> CalendarDays:
    """Every day with its openings, why it has them, and warnings about the years that are shown; a year at most."""
    calendar = context.policy.calendar(name)
    if calendar is None:
        raise NotFound
    first = first or datetime.now(calendar.zone).date()
    last = last or first + _MONTH
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Problem.invalid("to", "calendar_range", last)
    shown = _view(name, context.policy, first.year, last.year, locale)
    return CalendarDays(**shown.model_dump(), days=[_day(day, calendar) for day in calendar.days(first, last)])


def _view(name: str, policy: Policy, first: int, last: int, locale: str) -> CalendarView:
    calendar = policy.calendars[name]
    return CalendarView(
        name=name,
        default=name == policy.default_calendar,
        time_zone=calendar.time_zone,
        hours=calendar.hours,
        holidays=calendar.holidays,
        warnings=[Warned.of(warning, locale) for warning in calendar.warnings(first, last)],
    )


def _day(day: Day, calendar: Calendar) -> DayView:
    openings = [
        OpeningView(begins=instant(it.start).astimezone(calendar.zone), ends=instant(it.end).astimezone(calendar.zone))
        for it in day.openings
    ]
    return DayView(date=day.date, kind=day.kind, open=openings)
