"""Finding or getting a Temporal server. The order, and why, is in docs/adr/0001-temporal-server-embedded.md."""

import os
import shutil
from pathlib import Path

from launcher.build import built
from launcher.download import downloaded
from launcher.errors import NoTemporalServer, RouteClosed
from launcher.program import SERVER_VERSION, ServerProgram, examine
from launcher.say import say


def cache_folder() -> Path:
    """This user's cache (XDG base directories), shared by all checkouts."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oneowner"


async def obtain() -> ServerProgram:
    """The first Temporal server that can be had: our earlier build, ``temporal`` on PATH, the SDK's download, a build.

    Says which one it is.

    Raises:
        NoTemporalServer: when there is none, with every way's reason.
    """
    reasons = []
    for route in (_built_before, _on_path, _downloaded, _built_now):
        try:
            program = await route()
        except RouteClosed as error:
            reasons.append(str(error))
        else:
            say("using-server", path=str(program.path), kind=program.kind, version=program.version)
            return program
    raise NoTemporalServer(reasons="\n".join(f"  - {reason}" for reason in reasons))


def _build_folder() -> Path:
    return cache_folder() / f"temporal-server-v{SERVER_VERSION}"


def _which(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found).absolute() if found else None


async def _built_before() -> ServerProgram:
    program = _build_folder() / "server"
    if not program.exists():
        raise RouteClosed(route=str(program), reason="not built yet / 尚未构建")
    return await examine(program)


async def _on_path() -> ServerProgram:
    program = _which("temporal")
    if not program:
        raise RouteClosed(route="PATH", reason="temporal: command not found")
    return await examine(program)


async def _downloaded() -> ServerProgram:
    return await downloaded(cache_folder() / "temporal-cli")


async def _built_now() -> ServerProgram:
    return await built(_build_folder())
