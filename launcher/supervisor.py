"""``oneowner run``: a Temporal server and the service, supervised together until somebody stops them."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx
from temporalio.common import SearchAttributeKey

from launcher.child import Child, Command, first_of
from launcher.config import free_ports
from launcher.embedded import EmbeddedOptions, EmbeddedTemporal
from launcher.lock import FolderLock
from launcher.say import say, table
from launcher.texts import text
from settings import Settings
from temporal_client import profile

SERVE = (sys.executable, "-m", "cli", "serve")
ANY_HOST = "0.0.0.0"  # noqa: S104 - compared with, not listened on
ANSWER_POLL = 0.2
STOP_WITHIN = 30.0
"""Seconds that the service has to finish its requests and activities."""


@dataclass(frozen=True)
class RunOptions:
    """What a run starts beside the settings."""

    serve: Sequence[str] = SERVE
    """The command of the API and the worker; it finds its settings in the environment."""
    attributes: Sequence[SearchAttributeKey[Any]] = ()
    """Custom search attributes of the workflows, registered on an embedded server."""
    time_skipping: bool = False


@dataclass(frozen=True)
class Running:
    """A service that answers, and where."""

    api: str
    """URL without a slash at its end."""
    temporal: str
    """``host:port`` of the Temporal server."""
    service: Child
    server: EmbeddedTemporal | None
    """None when the Temporal server is somebody else's."""

    async def ended(self) -> None:
        """Wait until one of the two cannot be kept running.

        Raises:
            ChildFailed: then.
        """
        waits = [self.service.ended(), *([self.server.ended()] if self.server else [])]
        await first_of(*waits)


@asynccontextmanager
async def running(settings: Settings, options: RunOptions | None = None) -> AsyncIterator[Running]:
    """Start everything, wait until the API answers, and stop everything at the end, the service first.

    Raises:
        FolderInUse: when another run has the data folder.
        LauncherError: when something cannot be started.
    """
    options = options or RunOptions()
    port = settings.port or free_ports(1)[0]
    with FolderLock(settings.data_dir) as lock:
        async with _temporal(settings, options) as (address, server):
            environment = {
                "ONEOWNER_PORT": str(port),
                "ONEOWNER_DATA_DIR": str(settings.data_dir.absolute()),
                **({"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": server.namespace} if server else {}),
            }
            service = Child(
                Command("OneOwner", options.serve, environment, inherited=(lock.fileno(),), stop_within=STOP_WITHIN)
            )
            api = f"http://{'127.0.0.1' if settings.host == ANY_HOST else settings.host}:{port}"
            await service.start()
            try:
                await first_of(service.ended(), _answers(api))
                yield Running(api, address, service, server)
            finally:
                await service.stop()


async def run(settings: Settings, options: RunOptions | None = None) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP, telling the terminal what runs where.

    Raises:
        LauncherError: when it cannot be started, or kept running.
    """

    async def work() -> None:
        async with running(settings, options) as everything:
            _introduce(settings, everything)
            try:
                await everything.ended()
            finally:
                say("stopping")

    await until_stopped(work())


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine and cancel it, once, when this process is asked to stop; its clean-up is not cut short."""
    task = asyncio.ensure_future(work)
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        if not asked.is_set():
            asked.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await task
    if asked.is_set():
        say("stopped")


@asynccontextmanager
async def _temporal(settings: Settings, options: RunOptions) -> AsyncIterator[tuple[str, EmbeddedTemporal | None]]:
    given = profile()
    if given.address:
        say("using-cluster", address=given.address)
        yield given.address, None
        return
    embedded = EmbeddedOptions(
        port=settings.temporal_port,
        namespace=given.namespace or "default",
        attributes=options.attributes,
        time_skipping=options.time_skipping,
    )
    async with EmbeddedTemporal(settings.data_dir / "temporal", embedded) as server:
        yield server.address, server


async def _answers(api: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"{api}/healthz")).is_success:
                    return
            await asyncio.sleep(ANSWER_POLL)


def _introduce(settings: Settings, everything: Running) -> None:
    say("running", version=version("oneowner"))
    folder = settings.data_dir.absolute()
    given = settings.admin_token.get_secret_value()
    table(
        {
            "api-answers": everything.api,
            "temporal-address": everything.temporal,
            "data-folder": str(folder),
            "admin-token": text("admin-token-from-settings") if given else str(folder / "admin.token"),
        }
    )
