"""When by which channel somebody is told: urgent ones at once, the others when they may be disturbed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.notifying.notice import Notice, NoticeKind
from domain.notifying.settings import Channel, Digest, QuietHours, Settings
from domain.notifying.timing import MARGIN, Habits, Planned, deliveries_of
from tests.examples import POLICY

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday, noon in Shanghai."""
BOTH = frozenset(Channel)
NIGHT = QuietHours(begins=time(21, 30), ends=time(8))


def notice(kind: NoticeKind = NoticeKind.LEAD_RECEIVED, *, urgent: bool = False) -> Notice:
    return Notice(person="li.wei", kind=kind, urgent=urgent, cause="event-1", event_id="event-1", at=NOON)


def planned(now: datetime = NOON, *, urgent: bool = False, calendar: bool = False, **settings: Any) -> list[Planned]:
    wishes = Settings.model_validate({"digest": "none", **settings})
    office = next(iter(POLICY.calendars.values())) if calendar else None
    return [*deliveries_of(notice(urgent=urgent), wishes, BOTH, now, Habits(SHANGHAI, office))]


def local(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def test_at_once_by_the_channels_that_they_wish() -> None:
    assert planned() == [Planned(Channel.EMAIL, NOON, digest=False)]
    assert {it.channel for it in planned(channels=["chat", "email"])} == BOTH
    assert planned(kinds={"lead_received": []}) == []
    assert [it.channel for it in planned(kinds={"lead_received": ["chat"]})] == [Channel.CHAT]


def test_not_where_nobody_can_be_reached() -> None:
    wishes = Settings(channels=BOTH)
    assert deliveries_of(notice(), wishes, [], NOON, Habits(SHANGHAI, None)) == ()
    chat = deliveries_of(notice(), wishes, [Channel.CHAT], NOON, Habits(SHANGHAI, None))
    assert [it.channel for it in chat] == [Channel.CHAT]


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (local(21, 29), local(21, 29)),
        (local(21, 30), local(8, day=24)),
        (local(7, 59), local(8)),
        (local(8), local(8)),
    ],
    ids=["before", "evening", "morning", "end"],
)
def test_quiet_hours_are_kept_over_midnight(now: datetime, at: datetime) -> None:
    assert [it.at for it in planned(now, quiet_hours=NIGHT)] == [at]


def test_quiet_hours_go_by_the_persons_own_clock() -> None:
    habits = Habits(ZoneInfo("America/New_York"), None)
    (theirs,) = deliveries_of(notice(), Settings(digest=Digest.NONE, quiet_hours=NIGHT), BOTH, NOON, habits)
    assert theirs.at == datetime(2026, 11, 23, 13, tzinfo=UTC)  # eight in the morning there


def test_urgent_ones_go_through_everything() -> None:
    night = local(23)
    through = planned(night, urgent=True, quiet_hours=NIGHT, digest="daily", working_hours_only=True, calendar=True)
    assert through == [Planned(Channel.EMAIL, night, digest=False)]


@pytest.mark.parametrize(
    ("digest", "now", "at"),
    [
        ("hourly", local(12, 10), local(13)),
        ("hourly", local(12, 59) + timedelta(seconds=30), local(14)),
        ("daily", local(8), local(9)),
        ("daily", local(9, 30), local(9, day=24)),
    ],
    ids=["hourly", "closed", "today", "tomorrow"],
)
def test_digests_go_out_together(digest: str, now: datetime, at: datetime) -> None:
    assert planned(now, digest=digest) == [Planned(Channel.EMAIL, at, digest=True)]


def test_a_digest_of_the_night_waits_for_the_morning() -> None:
    assert [it.at for it in planned(local(22, 10), digest="hourly", quiet_hours=NIGHT)] == [local(8, day=24)]


def test_only_in_working_hours() -> None:
    office = next(iter(POLICY.calendars.values()))
    saturday = local(12, day=28)
    (later,) = planned(saturday, working_hours_only=True, calendar=True)
    assert later.at == office.next_open(saturday) > saturday


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(Digest),
    st.times(),
    st.times(),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe"]),
)
def test_never_in_quiet_hours_never_back_in_time_within_two_days(
    now: datetime, digest: Digest, begins: time, ends: time, zone: str
) -> None:
    begins, ends = (at.replace(second=0, microsecond=0) for at in (begins, ends))
    quiet = None if begins == ends else QuietHours(begins=begins, ends=ends)
    settings = Settings(digest=digest, quiet_hours=quiet)
    (found,) = deliveries_of(notice(), settings, BOTH, now, Habits(ZoneInfo(zone), None))
    assert now <= found.at <= now + timedelta(days=2, hours=2)
    assert quiet is None or not quiet.hold(found.at.astimezone(ZoneInfo(zone)).time())
    assert digest is Digest.NONE or found.at >= now + MARGIN


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"quiet_hours": {"begins": "08:00", "ends": "08:00"}},
        {"digest_at": "09:00:30"},
        {"kinds": {"nothing": ["email"]}},
        {"channels": ["fax"]},
        {"sound": "loud"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_wishes_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_settings_are_kept_as_they_were_entered() -> None:
    settings = Settings(quiet_hours=NIGHT, kinds={NoticeKind.LEAD_ASKED: BOTH}, digest=Digest.DAILY)
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings
    assert settings.model_dump(mode="json")["quiet_hours"] == {"begins": "21:30", "ends": "08:00"}
