"""A process that is started again when it dies and leaves nothing behind when it is stopped."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher.errors import ChildFailed
from launcher.guard import guarded
from launcher.say import say

SHORT_LIFE = 10.0
"""Seconds; who lives longer has really started."""
MOST_FAILURES = 5
FIRST_DELAY, LONGEST_DELAY = 0.2, 10.0


@dataclass(frozen=True)
class Command:
    """What to run, and how."""

    name: str
    arguments: Sequence[str]
    """An absolute program and its arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to ours."""
    inherited: tuple[int, ...] = ()
    """Open files that it gets."""
    log: Path | None = None
    """Appended to; None lets the child write where we write."""
    stop_within: float = 20.0
    """Seconds between SIGTERM and SIGKILL."""
    prepare: Callable[[], None] | None = None
    """Called before each of its lives."""


class Child:
    """A supervised process, in a process group of its own so that Ctrl-C reaches us and not it."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The running process, or None between two lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the process and keep it alive until ``stop``."""
        process = await self._spawn()
        self._life = asyncio.create_task(self._keep_alive(process), name=self._command.name)

    async def ended(self) -> None:
        """Wait until supervision ends: returns after ``stop``.

        Raises:
            ChildFailed: when the process ended itself five times in a row within ten seconds of its start.
        """
        if self._life:
            await asyncio.shield(self._life)

    async def stop(self) -> None:
        """SIGTERM, then after the bound SIGKILL to its whole group; returns when it is gone. Again does nothing."""
        if not self._life:
            return
        self._stopping.set()
        if self._process and self.pid:
            self._process.terminate()
        await asyncio.wait({self._life}, timeout=self._command.stop_within)
        if not self._life.done():
            say("child-killed", child=self._command.name, seconds=f"{self._command.stop_within:g}")
        self._kill_group()
        await asyncio.wait({self._life})
        self._life = None

    async def _spawn(self) -> asyncio.subprocess.Process:
        command = self._command
        if command.prepare:
            command.prepare()
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(command.log.open("ab")) if command.log else None
            self._process = await asyncio.create_subprocess_exec(
                *guarded(command.arguments),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **command.environment}, pass_fds=command.inherited, start_new_session=True,
            )  # fmt: skip
        return self._process

    async def _keep_alive(self, process: asyncio.subprocess.Process) -> None:
        clock = asyncio.get_running_loop().time
        deaths = failures = 0
        while True:
            born = clock()
            code = await process.wait()
            if self._stopping.is_set():
                return
            self._kill_group()
            young = clock() - born < SHORT_LIFE
            deaths = deaths + 1 if young else 0
            failures = failures + 1 if young and code >= 0 else 0  # who was killed from outside has not failed
            if failures == MOST_FAILURES:
                raise ChildFailed(child=self._command.name, exit=str(code), times=str(failures))
            delay = min(FIRST_DELAY * 2**deaths, LONGEST_DELAY)
            say("child-died", child=self._command.name, exit=_describe(code), seconds=f"{delay:.1f}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
                return
            process = await self._spawn()
            if self._stopping.is_set():
                process.terminate()

    def _kill_group(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _describe(code: int) -> str:
    return str(code) if code >= 0 else signal.Signals(-code).name


async def first_of(*waits: Coroutine[Any, Any, None]) -> None:
    """Wait until one of them is done, raise what it raised, and cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()
