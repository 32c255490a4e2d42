"""A Temporal server program on this machine: which one it is, and how it is run."""

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from launcher.errors import WrongVersion

SERVER_VERSION = "1.32.1"
"""What we build; the newest whose Go toolchain requirement (1.26.8) the registries' machines meet."""
OLDEST_DEV_SERVER = (1, 32)
"""The oldest server inside a ``temporal`` command line program that knows what we use."""
LOOK_TIMEOUT = 10.0

_VERSION = re.compile(r"temporal version (?P<own>\d+(?:\.\d+)+)\S*(?: \(Server (?P<inner>\d+(?:\.\d+)+))?")


class Kind(StrEnum):
    """The two programs that can serve."""

    SERVER = "server"
    """The production server, built from ``go.temporal.io/server``; reads one YAML file."""
    CLI = "cli"
    """The ``temporal`` command line program with its dev server; configured by flags."""


@dataclass(frozen=True)
class ServerProgram:
    """A program that was looked at: ``version`` is that of the server inside."""

    path: Path
    kind: Kind
    version: str


async def examine(path: Path) -> ServerProgram:
    """Ask a program what it is.

    Returns:
        The program, fit for use.

    Raises:
        WrongVersion: when it cannot be run, is neither of the two, or has a version that we do not use.
    """
    wanted = f"{SERVER_VERSION} / temporal CLI (Server ≥ {'.'.join(map(str, OLDEST_DEV_SERVER))})"
    said = await _version_text(path)
    match = _VERSION.search(said)
    if not match:
        raise WrongVersion(path=str(path), found=said.strip()[:200] or "?", wanted=wanted)
    kind = Kind.CLI if match["inner"] else Kind.SERVER
    version = match["inner"] or match["own"]
    numbers = tuple(int(part) for part in version.split("."))
    fits = numbers >= OLDEST_DEV_SERVER if kind is Kind.CLI else version == SERVER_VERSION
    if not fits:
        raise WrongVersion(path=str(path), found=version, wanted=wanted)
    return ServerProgram(path, kind, version)


async def _version_text(path: Path) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            path, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except OSError as error:
        return str(error)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LOOK_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode(errors="replace")
