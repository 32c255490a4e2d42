"""Sweeps on a real Temporal server: nothing_lost, no closed or continued run is missing, whatever listings show."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import WorkflowExecution
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, Worker

from archive.keeping import check, found, prune
from archive.runs import Runs, archive_queue
from archive.schedules import keep_schedules
from archive.shelves import Archive
from archive.sweeping import Sweeping
from store.archived_runs import ArchivedRuns
from store.database import Database
from store.legal_holds import LegalHolds
from tests.service import Service, running_service, temporal_server
from worker import RUNNER, WORKFLOWS, make_archivist

REP = "chen.jing"


@pytest.fixture(scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
async def service(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    async with running_service(temporal_address, database, tmp_path) as service:
        yield service


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive((tmp_path / "archive").as_uri())


@workflow.defn(sandboxed=False)
class Countdown:
    """Continues as new so many times."""

    @workflow.run
    async def run(self, times: int) -> None:
        """One down."""
        if times:
            workflow.continue_as_new(times - 1)


class Blind(Runs):
    """Listings that lag: they show nothing that closed."""

    async def closed(self, since: datetime | None, until: datetime | None = None) -> AsyncIterator[WorkflowExecution]:
        for run in ():
            yield run


async def lived(service: Service) -> tuple[str, str]:
    """A lead, and its customer, whose workflow was revived twice: released and claimed (ADR 4)."""
    await service.rep(REP, "CN-SH")
    lead = await service.lead(company={"name": "上海远航科技有限公司"}, phones=["13800138000"], region="CN-SH")
    customer_id = lead["customer_id"]
    released = await service.post(f"/v1/customers/{customer_id}/release", rep_id=REP, reason="忙不过来")
    assert released.status_code == 200, released.text
    claimed = await service.post(f"/v1/customers/{customer_id}/assign", owner_id=REP, reason="回归")
    assert claimed.status_code in (200, 409, 422), claimed.text
    return lead["lead_id"], customer_id


def sweeping(service: Service, archive: Archive, runs: type[Runs] = Runs) -> Sweeping:
    known = ArchivedRuns(service.database)
    return Sweeping(runs(service.temporal, service.settings.task_queue), archive, known)


async def test_nothing_lost_every_closed_run_is_archived_once_and_replays(service: Service, archive: Archive) -> None:
    lead_id, customer_id = await lived(service)
    sweep, told = sweeping(service, archive), list[Any]()
    before = await sweep.standing(datetime.now(UTC) + timedelta(minutes=1))
    assert before.missing
    assert before.first_removal is not None
    assert before.first_removal > datetime.now(UTC) + timedelta(days=29), "the embedded server's retention"
    swept = await sweep.closed(None, told.append)
    assert swept.archived >= len(before.missing)
    assert told
    again = await sweep.closed(None, told.append)
    after = await sweep.standing(datetime.now(UTC) + timedelta(minutes=1))
    assert (after.missing, after.first_removal, after.archived) == ([], None, swept.archived + again.archived)
    assert {place.workflow_id for place in archive.places()} >= {lead_id, customer_id}
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=pydantic_data_converter)
    for place in archive.places():
        await replayer.replay_workflow(archive.get(place).replayable())


async def test_nothing_lost_when_listings_lag(service: Service, archive: Archive) -> None:
    """What SQL knows to have written something is looked up by its id."""
    lead_id, customer_id = await lived(service)
    assert (await sweeping(service, archive, Blind).closed(None, lambda _: None)).archived >= 2
    assert {place.workflow_id for place in archive.places()} >= {lead_id, customer_id}


async def test_continued_runs_that_no_listing_shows_are_found_through_the_last(
    service: Service, archive: Archive
) -> None:
    queue, chain = archive_queue(service.settings.task_queue), uuid4().hex
    async with Worker(service.temporal, task_queue=queue, workflows=[Countdown]):
        await service.temporal.execute_workflow(Countdown.run, 3, id=chain, task_queue=queue)

    class LastOnly(Runs):
        """Of the chain only the last run is listed."""

        async def closed(
            self, since: datetime | None, until: datetime | None = None
        ) -> AsyncIterator[WorkflowExecution]:
            last = await self.described(chain)
            assert last is not None
            yield last

    await sweeping(service, archive, LastOnly).closed(None, lambda _: None)
    statuses = [run.status for run in ArchivedRuns(service.database).of_workflow(chain)]
    assert statuses == ["CONTINUED_AS_NEW"] * 3 + ["COMPLETED"]
    assert len(found(archive, chain)) == 4


async def test_snapshots_of_open_runs_are_taken_once_a_day(service: Service, archive: Archive) -> None:
    for rep in (REP, "sun.hao"):
        await service.rep(rep, "CN-SH")
    show = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": REP}
    lead = await service.lead(
        company={"name": "上海展会客户有限公司"}, customer_type="trade_show", region="CN-SH", show=show
    )
    sweep, today = sweeping(service, archive), datetime.now(UTC).date()
    for _ in range(2):
        assert await sweep.snapshots(today, lambda: None) == 1
    [place] = archive.snapshots(today)
    assert (place.workflow_id, archive.get(place).manifest.closed_at) == (lead["customer_id"], None)
    assert await sweep.snapshots(today + timedelta(days=8), lambda: None) == 1
    assert archive.snapshot_days() == [today + timedelta(days=8)]


async def test_the_workflow_sweeps_and_writes_down_that_it_did(service: Service, archive: Archive) -> None:
    lead_id, _ = await lived(service)
    queue = service.settings.task_queue
    async with make_archivist(service.temporal, queue, service.database, archive):
        for number in range(2):
            await service.temporal.execute_workflow(
                "ArchiveSweep", number == 0, id=f"{queue}_sweep_{number}", task_queue=archive_queue(queue)
            )
    known = ArchivedRuns(service.database)
    assert known.of_workflow(lead_id)[0].workflow_type == "LeadIntake"
    assert known.of_workflow(f"{queue}_sweep_0"), "a sweep is archived by the next one"
    last = known.last_sweep()
    assert last is not None
    assert (last.since is not None, last.gone) == (True, 0)


async def test_schedules_are_kept_once(service: Service) -> None:
    for _ in range(2):
        await keep_schedules(service.temporal, service.settings.task_queue)
    handle = service.temporal.get_schedule_handle(f"{service.settings.task_queue}_archive_daily")
    try:
        described = await handle.describe()
        assert [at.hour for at in described.info.next_action_times[:1]] == [18]
    finally:
        for kind in ("hourly", "daily"):
            await service.temporal.get_schedule_handle(f"{service.settings.task_queue}_archive_{kind}").delete()


async def test_a_held_customer_outlives_pruning(service: Service, archive: Archive) -> None:
    lead_id, customer_id = await lived(service)
    other = await service.lead(company={"name": "北京无关科技有限公司"}, region="CN-SH")
    await sweeping(service, archive).closed(None, lambda _: None)
    known, holds = ArchivedRuns(service.database), LegalHolds(service.database)
    hold = holds.hold(customer_id, "（2026）沪0104民初1号", "legal", datetime.now(UTC))
    later = datetime.now(UTC) + timedelta(days=1)
    removed, spared = prune(archive, known, holds, later)
    assert removed >= 1
    assert spared >= 2
    assert {place.workflow_id for place in archive.places()} == {lead_id, customer_id}
    assert check(archive, known, lambda _: None).lost == []
    assert (await sweeping(service, archive).closed(None, lambda _: None)).archived == 0, f"{other} came back"
    holds.release(hold.id, "legal", datetime.now(UTC))
    prune(archive, known, holds, later)
    assert not list(archive.places())
