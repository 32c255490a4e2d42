"""Clocks in business time on a real server over both of a year's clock changes, and leaves by the workflow's time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.calendar.zone import instant, stretches
from domain.policy import Policy
from store.database import Database
from tests.calendars import calendar
from tests.examples import POLICY
from tests.invariants import read_model, violations
from tests.service import Service, running_service

AROUND = 2
"""Days before and after a clock change on which something falls due."""


def next_changes(zone: ZoneInfo, now: datetime) -> list[datetime]:
    """The next change to summer time and the next one back, both some days away."""
    soon = now + timedelta(days=AROUND + 3)
    starts = (instant(it.start) for year in range(now.year, now.year + 3) for it in stretches(zone, year)[1:])
    return [at for at in starts if at > soon][:2]


def warned_around(zone: str, changes: list[datetime], now: datetime) -> tuple[Policy, int]:
    """A policy whose clock warns daily around two clock changes, in hours that both of them touch; and how often."""
    night = calendar(time_zone=zone, hours={"mon-sun": ["02:30-04:00"]})
    start = night.next_open(now).astimezone(night.zone).date()
    dates = [at.astimezone(night.zone).date() for at in changes]
    days = [(day - start).days + shift for day in dates for shift in range(-AROUND, AROUND + 1)]
    end = max(days) + 1
    clock = {
        "days": end,
        "warn_days_before": [end - day for day in days],
        "on_expiry": "recycle",
        "calendar": "night",
    }
    rules = POLICY.model_dump() | {"calendars": {"night": night.model_dump()}, "default_calendar": None}
    rules["clocks"] = {"stand_lead": clock}
    return Policy.model_validate(rules), len(days)


async def stand_lead(service: Service) -> str:
    """A customer of the stand's, with Chen Jing."""
    lead = await service.lead(
        company={"name": "上海展会客户有限公司"},
        region="CN-SH",
        customer_type="trade_show",
        show={"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"},
    )
    assert lead["owner"]["id"] == "chen.jing"
    customer_id: str = lead["customer_id"]
    return customer_id


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
async def test_a_clock_change_fires_every_stage_once_and_on_time(
    temporal_address: str, database: Database, tmp_path: Path, zone: str
) -> None:
    """At the same time of the clock every day; where the clock leaps over it at the leap, where it repeats it once."""
    now = datetime.now(UTC)
    changes = next_changes(ZoneInfo(zone), now)
    policy, warnings = warned_around(zone, changes, now)
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        await service.rep("chen.jing", "CN-SH")
        customer_id = await stand_lead(service)
        due = (await service.customer(customer_id))["due"]
        await service.let_pass(customer_id, datetime.fromisoformat(due[-1]["at"]) - now + timedelta(hours=1))
        timeline = (await service.http.get(f"/v1/customers/{customer_id}/timeline")).json()["items"]
    fired = [(event["kind"], datetime.fromisoformat(event["at"])) for event in timeline[2:]]
    assert [kind for kind, _ in fired] == ["follow_up_warning"] * warnings + ["recycled"]
    for (_, at), stage in zip(fired, due, strict=True):
        assert timedelta() <= at - datetime.fromisoformat(stage["at"]) < timedelta(minutes=1)
    local = [datetime.fromisoformat(stage["at"]).astimezone(ZoneInfo(zone)) for stage in due]
    assert len({at.date() for at in local}) == len(local)
    leapt = next(at.astimezone(ZoneInfo(zone)) for at in changes if at.astimezone(ZoneInfo(zone)).dst())
    usual = local[0].time()
    assert {at.time() for at in local if at.date() != leapt.date()} == {usual}
    assert [at.time() for at in local if at.date() == leapt.date()] == [max(usual, leapt.time())]
    assert violations(read_model(database)) == []


async def test_who_is_on_leave_by_then_does_not_get_the_customer(service: Service) -> None:
    """The clock runs out in a month: what counts is who is away then, and not today."""
    for rep in ("chen.jing", "sun.hao", "zhao.min"):
        await service.rep(rep, "CN-SH")
    then = datetime.now(UTC) + timedelta(days=30)
    for rep, begins, ends in (("sun.hao", -5, 5), ("zhao.min", -29, -20)):
        leave = {
            "from": (then + timedelta(days=begins)).isoformat(),
            "until": (then + timedelta(days=ends)).isoformat(),
        }
        assert (await service.post(f"/v1/reps/{rep}/leaves", **leave)).status_code == 201
    customer_id = await stand_lead(service)
    await service.let_pass(customer_id, timedelta(days=30, minutes=5))
    assert (await service.customer(customer_id))["owner"]["id"] == "zhao.min"
