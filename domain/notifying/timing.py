"""When by which channel somebody is told of a notice."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar.calendar import Calendar
from domain.notifying.notice import Notice
from domain.notifying.settings import Channel, Digest, Settings

MARGIN = timedelta(minutes=1)
"""A digest that goes out sooner than that is closed: what comes now goes into the next."""

_TRIES = 14
"""So many nights and closed days are passed over at most, should quiet hours and working hours leave nothing."""


class Planned(NamedTuple):
    """One delivery to come."""

    channel: Channel
    at: datetime
    digest: bool
    """Whether it goes together with others of that time."""


class Habits(NamedTuple):
    """What the times of a person's wishes go by."""

    zone: ZoneInfo
    calendar: Calendar | None
    """Their working calendar; None is any hour."""


def deliveries_of(
    notice: Notice, settings: Settings, channels: Iterable[Channel], now: datetime, habits: Habits
) -> tuple[Planned, ...]:
    """When by which channels a notice is sent. An urgent one is sent at once, whatever the hour.

    Args:
        notice: the notice.
        settings: the person's wishes.
        channels: by which the person can be reached at all.
        now: the time by the clock on the wall.
        habits: the person's zone and calendar.
    """
    wanted = sorted(settings.channels_of(notice.kind).intersection(channels))
    if notice.urgent:
        return tuple(Planned(channel, now, digest=False) for channel in wanted)
    at = _let_through(_round(settings, now, habits.zone), settings, habits)
    return tuple(Planned(channel, at, digest=settings.digest is not Digest.NONE) for channel in wanted)


def _round(settings: Settings, now: datetime, zone: ZoneInfo) -> datetime:
    """The next time at which what is not urgent goes out, the hours of peace apart."""
    if settings.digest is Digest.NONE:
        return now
    earliest = now + MARGIN
    local = earliest.astimezone(zone)
    if settings.digest is Digest.HOURLY:
        begun = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return earliest if not begun else earliest - begun + timedelta(hours=1)
    return _at_clock(earliest, settings.digest_at, zone)


def _let_through(at: datetime, settings: Settings, habits: Habits) -> datetime:
    """The first time from ``at`` on at which the person may be disturbed."""
    for _ in range(_TRIES):
        quiet = settings.quiet_hours
        moved = at
        if quiet and quiet.hold(at.astimezone(habits.zone).time()):
            moved = _at_clock(at, quiet.ends, habits.zone)
        if settings.working_hours_only and habits.calendar:
            moved = habits.calendar.next_open(moved)
        if moved == at:
            break
        at = moved
    return at


def _at_clock(after: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The first time from ``after`` on at which clocks of the zone show this; where they skip it, what they would."""
    day = after.astimezone(zone).date()
    found = datetime.combine(day, clock, zone).astimezone(after.tzinfo)
    if found < after:
        found = datetime.combine(day + timedelta(days=1), clock, zone).astimezone(after.tzinfo)
    return found
