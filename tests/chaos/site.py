"""The service as three processes on fixed ports, each started again when it dies."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from launcher.child import Child, Command
from launcher.config import free_ports
from launcher.embedded import EmbeddedOptions, EmbeddedTemporal

TOKEN = "token-of-the-chaos-site"
SECRET = "secret-of-the-chaos-site-32-characters"
ANSWER_TIMEOUT = 3.0
"""Seconds; less than what ships, so that not all clients wait for a process that is away."""
SLACK = 7.0
"""Seconds that an answer may come later than that on a busy machine."""
POLL = 0.05


class Part(StrEnum):
    """A process that may be killed."""

    API = "api"
    WORKER = "worker"
    TEMPORAL = "temporal"


@dataclass(frozen=True)
class Site:
    """A running service and the ways to it."""

    url: str
    address: str
    """Of the Temporal server."""
    database_url: str
    parts: dict[Part, Child | EmbeddedTemporal]

    async def send(self, number: signal.Signals, *parts: Part) -> None:
        """Send a signal to processes, all in the same moment; one between two lives is waited for."""
        while None in (pids := [self.parts[part].pid for part in parts]):
            await asyncio.sleep(POLL)
        for pid in filter(None, pids):
            # Who died by itself in this very moment is struck all the same.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def ready(self) -> None:
        """Wait until every process runs and the API says that it can do its work."""
        async with self.http() as http:
            while not (all(part.pid for part in self.parts.values()) and await _is_ready(http)):
                await asyncio.sleep(POLL)

    def http(self) -> httpx.AsyncClient:
        """A client with the administrator's token that waits somewhat longer than an answer may take."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        timeout = ANSWER_TIMEOUT + SLACK
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=timeout, trust_env=False)

    async def temporal(self) -> Client:
        """A client of the Temporal server, once it is healthy: it may just have been killed."""
        while True:
            with contextlib.suppress(RuntimeError):
                return await Client.connect(self.address, data_converter=pydantic_data_converter)
            await asyncio.sleep(POLL)


@asynccontextmanager
async def running_site(
    folder: Path,
    database_url: str = "",
    worker: Sequence[str] = ("cli", "worker"),
    *,
    time_skipping: bool = False,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Site]:
    """Start Temporal, worker and API, and wait until they are ready; at the end none of them is left.

    Args:
        folder: where data and logs go.
        database_url: of the read model; empty for a SQLite file in the folder.
        worker: the module that is run as the worker, with its arguments.
        time_skipping: whether the clocks of workflows can be moved.
        settings: further environment variables.
    """
    database_url = database_url or f"sqlite:///{folder / 'oneowner.db'}"
    port = free_ports(1)[0]
    async with EmbeddedTemporal(folder / "temporal", EmbeddedOptions(time_skipping=time_skipping)) as server:
        environment = {
            "ONEOWNER_DATA_DIR": str(folder),
            "ONEOWNER_PORT": str(port),
            "ONEOWNER_DATABASE_URL": database_url,
            "ONEOWNER_ADMIN_TOKEN": TOKEN,
            "ONEOWNER_SECRET": SECRET,
            "ONEOWNER_ANSWER_TIMEOUT": str(ANSWER_TIMEOUT),
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_NAMESPACE": server.namespace,
            # Empty means unset: who compiles every module at every start takes three times as long to come back.
            "PYTHONDONTWRITEBYTECODE": "",
            **(settings or {}),
        }

        def supervised(part: Part, module: Sequence[str]) -> Child:
            return Child(Command(part, (sys.executable, "-m", *module), environment, log=folder / f"{part}.log"))

        api, working = supervised(Part.API, ("cli", "api")), supervised(Part.WORKER, worker)
        parts: dict[Part, Child | EmbeddedTemporal] = {Part.API: api, Part.WORKER: working, Part.TEMPORAL: server}
        site = Site(f"http://127.0.0.1:{port}", server.address, database_url, parts)
        try:
            await asyncio.gather(api.start(), working.start())
            async with asyncio.timeout(60):
                await site.ready()
            yield site
        finally:
            await asyncio.gather(api.stop(), working.stop())


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).is_success
    except httpx.TransportError:
        return False
