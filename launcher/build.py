"""Building the Temporal server from the Go module proxy: the way for machines that reach package registries only."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from launcher.errors import BuildFailed, FolderInUse, RouteClosed
from launcher.guard import guarded
from launcher.lock import FolderLock
from launcher.program import SERVER_VERSION, ServerProgram, examine
from launcher.progress import working
from launcher.say import say

MODULE = f"go.temporal.io/server/cmd/server@v{SERVER_VERSION}"
STEPS = 1750 + 350
"""Packages compiled and modules fetched with cold caches: only the bar's length."""
LOCK_POLL = 1.0


async def built(folder: Path) -> ServerProgram:
    """Our own build of the server, made now unless it is there. Two starts at once build once.

    Args:
        folder: Where the result, the lock and the log are.

    Raises:
        RouteClosed: when there is no Go here.
        BuildFailed: when Go could not build it.
        WrongVersion: when what was built is not what was asked for.
    """
    go = shutil.which("go")
    if not go:
        raise RouteClosed(route="go install", reason="go: command not found")
    async with _alone(folder):
        program = folder / "server"
        if not program.exists():
            await _build(go, folder)
        return await examine(program)


@contextlib.asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    lock, told = FolderLock(folder), False
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(lock)
                break
            except FolderInUse as error:
                if not told:
                    say("build-elsewhere", holder=error.facts["holder"])
                told = True
                await asyncio.sleep(LOCK_POLL)
        yield


async def _build(go: str, folder: Path) -> None:
    """Build beside the final place and rename, so that a build that broke off leaves nothing that looks whole."""
    log = folder / "build.log"
    _remove_leftovers(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix="build-") as scratch:
        environment = {**os.environ, "GOBIN": scratch, "CGO_ENABLED": "0"}
        process = await asyncio.create_subprocess_exec(
            *guarded([go, "install", "-v", MODULE]), env=environment, cwd=scratch, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            last = await _follow(process, log)
        finally:
            if process.returncode is None:  # we are being stopped: take Go's compilers with it
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode != 0:
            raise BuildFailed(reason=last, log=str(log))
        made = Path(scratch) / "server"
        await examine(made)
        made.replace(folder / "server")


def _remove_leftovers(folder: Path) -> None:
    """Of builds that were killed; whoever holds the lock is the only one who builds."""
    for leftover in folder.glob("build-*"):
        shutil.rmtree(leftover)


async def _follow(process: asyncio.subprocess.Process, log: Path) -> str:
    """Write the build's lines to the log and the bar; the last line is the reason when it fails."""
    last = ""
    if process.stdout is None:
        raise RuntimeError("the build was started without a pipe")
    with log.open("w", encoding="utf-8") as file, working("building", STEPS) as work:
        async for line in process.stdout:
            last = line.decode(errors="replace").strip() or last
            file.write(last + "\n")
            work.step()
    await process.wait()
    return last
