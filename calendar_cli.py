"""``oneowner calendar``: a year of a working calendar, month by month, for people to check."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.calendar.calendar import Calendar
from domain.calendar.year import Day, DayKind
from messages import message


def show_year(console: Console, calendar: Calendar, year: int, locale: str) -> None:
    """Print the months of a year, what the marks mean, and what is not known of it."""
    days = calendar.days(date(year, 1, 1), date(year, 12, 31))
    for month, of_month in groupby(days, key=lambda day: day.date.month):
        console.print(_month(f"{year}-{month:02}", list(of_month), locale))
    console.print(message(locale, "calendar-legend", zone=calendar.time_zone), highlight=False, soft_wrap=True)
    for warning in calendar.warnings(year, year):
        text = message(locale, f"calendar-{warning.gap.replace('_', '-')}", year=str(year))
        console.print(text, style="yellow", highlight=False, soft_wrap=True)


def _month(title: str, days: Sequence[Day], locale: str) -> Padding:
    working = sum(bool(day.openings) for day in days)
    heading = message(locale, "calendar-month", month=title, days=working)
    table = Table(title=heading, title_justify="left", box=None, pad_edge=False)
    for weekday in message(locale, "calendar-weekdays").split():
        table.add_column(weekday, justify="right", width=4)
    cells = [Text()] * days[0].date.weekday() + [_cell(day, locale) for day in days]
    for start in range(0, len(cells), 7):
        table.add_row(*cells[start : start + 7])
    return Padding(table, (0, 0, 1, 0))


def _cell(day: Day, locale: str) -> Text:
    """A day's number, with a mark when the week alone does not say whether somebody works."""
    if day.kind is DayKind.REGULAR:
        return Text(f"{day.date.day} ") if day.openings else Text(f"{day.date.day}·", style="dim")
    mark = message(locale, "calendar-mark-working" if day.openings else "calendar-mark-off")
    return Text(f"{day.date.day}{mark}", style="bold" if day.openings else "red")
