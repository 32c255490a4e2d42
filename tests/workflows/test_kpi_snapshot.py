"""Months are closed by a schedule that every start finds or makes, and by a workflow that catches up."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import ScheduleOverlapPolicy

from domain.kpi.report import CalendarMonth
from store.database import Database
from store.kpi_snapshots import Snapshots
from store.policies import Policies
from store.rows import add
from store.tables import KpiFactRow
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import POLICY
from tests.service import Service, running_service
from workflows.kpi_snapshot import EVERY, KpiSnapshot, schedule_snapshots


@pytest.fixture
def database(new_sqlite: NewDatabase) -> Database:
    """Of its own: a closed month cannot be taken out again."""
    return Database(new_sqlite(TEMPLATE))


def happened(database: Database, at: datetime) -> None:
    """One survey was answered."""
    with database.write() as session:
        row = {"id": str(at), "measure": "survey", "event_id": "e", "customer_id": "cus_1", "subject_id": str(at)}
        rest = dict.fromkeys(("rep", "team", "region", "source", "policy", "reason"))
        add(session, KpiFactRow, {**row, **rest, "at": at, "recorded_at": at, "value": 5.0})


def snapshots(database: Database) -> Snapshots:
    return Snapshots(database, Policies(database, POLICY))


async def test_the_schedule_is_made_once_and_closes_what_is_due(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    happened(database, now - timedelta(days=70))
    first = CalendarMonth.of(POLICY.day_of(now - timedelta(days=70)))
    async with running_service(temporal_address, database, tmp_path) as service:
        await schedule_snapshots(service.temporal, service.settings.task_queue)
        async with asyncio.timeout(60):
            while snapshots(database).closed(first.plus(1)) is None:
                await asyncio.sleep(0.2)
        assert snapshots(database).closed(first) is not None
        handle = service.temporal.get_schedule_handle(f"{service.settings.task_queue}_kpi_snapshots")
        await handle.pause(note="year's end")
        await schedule_snapshots(service.temporal, service.settings.task_queue)
        found = (await handle.describe()).schedule
        assert (found.state.paused, found.state.note) == (True, "year's end")
        assert [it.every for it in found.spec.intervals] == [EVERY]
        assert found.policy.overlap is ScheduleOverlapPolicy.SKIP
        await handle.delete()


async def test_nothing_is_closed_before_its_time(service: Service) -> None:
    happened(service.database, datetime.now(UTC))
    closed = await service.temporal.execute_workflow(
        KpiSnapshot.run, id=f"{service.settings.task_queue}_early", task_queue=service.settings.task_queue
    )
    assert closed == []
