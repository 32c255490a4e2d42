"""Replays of kept histories in a process of their own, one after the other, at memory that does not grow."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Self

from archive.manifest import Damaged, Kept
from archive.shelves import Archive, Place
from domain.replay import Fault, Replayed

REPLAYER = (sys.executable, "-m", "replaying")
RENEW_AFTER = 200
"""Histories after which the process is replaced, so that what it keeps is given back."""
PATIENCE = 120.0
"""Seconds for one history."""


class ReplayerDied(Exception):
    """The process ended, or was silent for too long, over a history."""

    def __init__(self, it: Kept) -> None:
        super().__init__(f"the replayer died over {it.manifest.workflow_id} {it.manifest.run_id}")


class ReplayProcess:
    """Replays on today's code. Use it with ``async with``; at the end no process is left."""

    def __init__(self, command: Sequence[str] = REPLAYER) -> None:
        """Prepare; ``command`` answers lines as ``python -m replaying`` does."""
        self._command = command
        self._process: Process | None = None
        self._done = 0

    async def __aenter__(self) -> Self:
        """Nothing is started before the first history."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        await self._stop()

    async def replay(self, it: Kept) -> Replayed:
        """What comes of one history.

        Raises:
            ReplayerDied: when the process does not answer.
        """
        process = await self._ready()
        given = {"workflow_id": it.manifest.workflow_id, "run_id": it.manifest.run_id, "history": it.history}
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        try:
            process.stdin.write(json.dumps(given).encode() + b"\n")
            await process.stdin.drain()
            async with asyncio.timeout(PATIENCE):
                line = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError, TimeoutError) as error:
            raise ReplayerDied(it) from error
        if not line:
            raise ReplayerDied(it)
        self._done += 1
        return Replayed.model_validate_json(line)

    async def _ready(self) -> Process:
        if self._process is not None and self._done >= RENEW_AFTER:
            await self._stop()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            self._done = 0
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


async def replay_places(archive: Archive, places: Iterable[Place], process: ReplayProcess) -> AsyncIterator[Replayed]:
    """Read and replay archived runs, one in memory at a time; what is damaged or lost is a result like any other.

    Raises:
        ReplayerDied: when the process does not answer.
        obstore.exceptions.BaseError: when the archive fails.
    """
    for place in places:
        about = Replayed(workflow_id=place.workflow_id, run_id=place.run_id)
        try:
            found = await asyncio.to_thread(archive.get, place)
        except Damaged:
            yield about.model_copy(update={"fault": Fault.DAMAGED, "reason": place.name})
        except FileNotFoundError:
            yield about.model_copy(update={"fault": Fault.LOST, "reason": place.name})
        else:
            yield await process.replay(found)
