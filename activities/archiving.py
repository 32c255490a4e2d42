"""The side effects of ArchiveSweep."""

import asyncio
from datetime import date, datetime

from temporalio import activity

from archive.sweeping import Sweeping, Swept
from store.archived_runs import ArchivedRuns
from store.tables import ArchiveSweepRow


class ArchivingActivities:
    """Move histories into the archive, and write down what came of it."""

    def __init__(self, sweeping: Sweeping, known: ArchivedRuns) -> None:
        self._sweeping = sweeping
        self._known = known

    @activity.defn
    async def archive_closed(self, began_at: datetime, everything: bool) -> Swept:
        """Archive the runs that closed since the last sweep, or all that Temporal still has. May be repeated."""
        last = None if everything else await asyncio.to_thread(self._known.last_sweep)
        since = last.began_at if last else None
        swept = await self._sweeping.closed(since, activity.heartbeat)
        row = ArchiveSweepRow(
            id=activity.info().workflow_run_id or "",
            began_at=began_at,
            since=since,
            finished_at=datetime.now(began_at.tzinfo),
            **vars(swept),
        )
        await asyncio.to_thread(self._known.swept, row)
        return swept

    @activity.defn
    async def snapshot_open(self, day: date) -> int:
        """Keep every open run as it is now; how many there are. May be repeated."""
        return await self._sweeping.snapshots(day, activity.heartbeat)
