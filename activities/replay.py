"""The side effect of Replay: a process that replays archived histories."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from temporalio import activity

from archive.keeping import all_places
from archive.replays import ReplayProcess, replay_places
from archive.shelves import Archive, Place
from domain.replay import ReplayOrder, ReplayProgress, ReplayResult
from store.archived_runs import ArchivedRuns
from store.replays import Replays


class ReplayActivities:
    """Replays from the archive. One at a time takes a processor; nothing else waits for it."""

    def __init__(self, archive: Archive, known: ArchivedRuns, replays: Replays) -> None:
        self._archive = archive
        self._known = known
        self._replays = replays

    @activity.defn
    async def replay_archive(self, order: ReplayOrder) -> ReplayResult:
        """Replay what is ordered, say how far it is, and write the result down. May be repeated.

        Raises:
            archive.replays.ReplayerDied: when the process died over a history.
        """
        result = ReplayResult()
        total = await asyncio.to_thread(self._known.count) if order.workflow_id is None else len(self._of(order))
        async with ReplayProcess() as process:
            async for replayed in replay_places(self._archive, self._places(order), process):
                result = result.counted(replayed)
                activity.heartbeat(ReplayProgress(done=result.same + result.faults, total=total))
        replay_id = activity.info().workflow_id or ""
        await asyncio.to_thread(self._replays.keep, replay_id, result, datetime.now(UTC))
        return result

    def _places(self, order: ReplayOrder) -> Iterator[Place]:
        yield from all_places(self._archive, self._known) if order.workflow_id is None else self._of(order)

    def _of(self, order: ReplayOrder) -> list[Place]:
        return list(self._archive.places(order.workflow_id))
