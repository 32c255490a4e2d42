"""The sweep: closed runs' histories into the archive before Temporal's retention removes them, and the proof of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from temporalio.client import WorkflowExecution

from archive.manifest import Kept
from archive.runs import Runs, neighbours
from archive.shelves import Archive
from store.archived_runs import ArchivedRuns
from store.tables import ArchivedRunRow

LAG = timedelta(hours=1)
"""So much earlier than the last sweep began the next one looks: what is listed may lag behind what happened."""
SNAPSHOTS_KEPT = timedelta(days=7)
_PAGE = 200


@dataclass
class Swept:
    """What a sweep did."""

    looked_at: int = 0
    archived: int = 0
    gone: int = 0
    """Runs that were listed and whose history Temporal had no more."""


@dataclass(frozen=True)
class Standing:
    """Whether the archive is complete."""

    retention: timedelta
    looked_at: int
    archived: int
    missing: Sequence[WorkflowExecution] = field(default=())
    """Closed runs that Temporal still has and the archive has not."""

    @property
    def first_removal(self) -> datetime | None:
        """When Temporal begins to remove what is missing; None when nothing is."""
        closed = [run.close_time for run in self.missing if run.close_time]
        return min(closed) + self.retention if closed else None


class Sweeping:
    """Moves histories from Temporal into the archive. Each step may be repeated."""

    def __init__(self, runs: Runs, archive: Archive, known: ArchivedRuns) -> None:
        self._runs = runs
        self._archive = archive
        self._known = known

    async def closed(self, since: datetime | None, beat: Callable[[Swept], None]) -> Swept:
        """Archive what closed since then: what is listed, what continues or is continued by it, what wrote something.

        Args:
            since: the last sweep's beginning, which is allowed for the lag of listings; None for all.
            beat: told after every page and every archived run.

        Raises:
            temporalio.service.RPCError: when Temporal fails.
            sqlalchemy.exc.SQLAlchemyError: when the database fails.
            obstore.exceptions.BaseError: when the archive fails.
        """
        swept, since = Swept(), since and since - LAG
        async for page in _pages(self._runs.closed(since)):
            swept.looked_at += len(page)
            for run in await self._missing(page):
                await self._keep(run, swept, beat)
            beat(swept)
        retained = datetime.now(UTC) - await self._runs.retention()
        for touched in await asyncio.to_thread(self._known.unlisted, since or retained):
            latest = await self._runs.described(touched.workflow_id)
            if latest is not None and latest.close_time and await self._missing([latest]):
                await self._keep(latest, swept, beat)
            beat(swept)
        return swept

    async def snapshots(self, day: date, beat: Callable[[], None]) -> int:
        """Keep the open runs as they are on a day, and remove the snapshots of days long past; how many runs there are.

        Raises:
            temporalio.service.RPCError, obstore.exceptions.BaseError: as ``closed``.
        """
        done = {place.run_id for place in await asyncio.to_thread(lambda: list(self._archive.snapshots(day)))}
        async for run in self._runs.open():
            if run.run_id in done:
                continue
            found = await self._runs.fetched(run)
            if found is not None:
                await asyncio.to_thread(self._archive.put_snapshot, day, found)
                done.add(run.run_id)
            beat()
        for old in await asyncio.to_thread(self._archive.snapshot_days):
            if old < day - SNAPSHOTS_KEPT:
                await asyncio.to_thread(self._forget, old)
                beat()
        return len(done)

    async def standing(self, closed_before: datetime) -> Standing:
        """Compare every closed run that Temporal still has with what is archived; a read.

        Args:
            closed_before: younger runs are the next sweep's.

        Raises:
            temporalio.service.RPCError, sqlalchemy.exc.SQLAlchemyError: as ``closed``.
        """
        looked_at, missing = 0, list[WorkflowExecution]()
        async for page in _pages(self._runs.closed(None, closed_before)):
            looked_at += len(page)
            missing += await self._missing(page)
        retention = await self._runs.retention()
        return Standing(retention, looked_at, await asyncio.to_thread(self._known.count), missing)

    async def _missing(self, runs: Sequence[WorkflowExecution]) -> list[WorkflowExecution]:
        by_ids = {(run.id, run.run_id): run for run in runs}
        missing = await asyncio.to_thread(self._known.missing, list(by_ids))
        return [run for ids, run in by_ids.items() if ids in missing]

    async def _keep(self, run: WorkflowExecution, swept: Swept, beat: Callable[[Swept], None]) -> None:
        """Archive a run, and those before and after it that no listing may have shown."""
        waiting, seen = [run], {run.run_id}
        while waiting:
            current = waiting.pop()
            found = await self._runs.fetched(current)
            if found is None:
                swept.gone += 1
                continue
            await asyncio.to_thread(self._put, found)
            swept.archived += 1
            beat(swept)
            for run_id in neighbours(found.replayable()):
                if run_id in seen:
                    continue
                seen.add(run_id)
                other = await self._runs.described(run.id, run_id)
                if other is not None and other.close_time and await self._missing([other]):
                    waiting.append(other)

    def _put(self, found: Kept) -> None:
        """First the object, then the row: what died in between is put again, which changes nothing."""
        place, sealed = self._archive.put(found)
        self._known.note(
            ArchivedRunRow(
                **found.manifest.model_dump(include=set(ArchivedRunRow.model_fields)),
                archived_at=datetime.now(UTC),
                name=place.name,
                size=len(sealed.content),
                removed_at=None,
            )
        )

    def _forget(self, day: date) -> None:
        for place in list(self._archive.snapshots(day)):
            self._archive.remove(place)


async def _pages(runs: AsyncIterator[WorkflowExecution]) -> AsyncIterator[list[WorkflowExecution]]:
    page: list[WorkflowExecution] = []
    async for run in runs:
        page.append(run)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
