"""What is measured, put up on a throw-away folder: the embedded Temporal server and services as ``oneowner serve``."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

import httpx
import psutil
from sqlalchemy import func, select

from bench.leads import REGIONS, Body, staff
from domain.ids import IdMaker
from keys import id_secret
from launcher.child import Child, Command
from launcher.config import free_ports
from launcher.embedded import EmbeddedTemporal
from launcher.supervisor import SERVE
from settings import Settings
from store.database import Database
from store.migrate import migrate
from store.rows import table_of
from store.tables import CustomerRow, LeadRow

_customer = table_of(CustomerRow).c


class Wrong(Exception):
    """The service did not do what is being measured, so that the figures mean nothing."""


@dataclass
class Service:
    """One running service, and a way to look into its read model."""

    http: httpx.AsyncClient
    settings: Settings
    database: Database
    ids: IdMaker
    process: Child
    asked_again: int = 0
    """How often a lead was not answered but asked for patience, and was sent again."""

    async def submit(self, lead: Body) -> Body:
        """Submit a lead as a client should, again when the service asks for it, and return its answer.

        Raises:
            Wrong: when it is refused, or taken for sent before when it is not.
        """
        expected = {201}
        while (response := await self.http.post("/v1/leads", json=lead)).status_code not in expected:
            if "Retry-After" not in response.headers:
                raise Wrong(response.text)
            self.asked_again += 1
            expected = {200, 201}
            await asyncio.sleep(float(response.headers["Retry-After"]))
        answer: Body = response.json()
        return answer

    def check_written(self, leads: int, customers: int) -> None:
        """See that the read model holds so many settled leads, and so many customers of which every one has an owner.

        Raises:
            Wrong: when it does not.
        """
        with self.database.read() as session:
            connection = session.connection()
            settled = connection.scalar(select(func.count(table_of(LeadRow).c.settled_at)))
            owned = connection.scalar(select(func.count(_customer.owner_id)))
            known = connection.scalar(select(func.count(_customer.id)))
        if (settled, owned, known) != (leads, customers, customers):
            raise Wrong(f"{settled} leads and {owned} owners of {known} customers, not {leads} and {customers}")

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the service has used."""
        return cpu_of(self.process.pid)


def cpu_of(pid: int | None) -> float:
    """Seconds of CPU that a running process has used."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


@asynccontextmanager
async def temporal_server(folder: Path) -> AsyncIterator[EmbeddedTemporal]:
    """The embedded default's server."""
    async with EmbeddedTemporal(folder / "temporal") as server:
        yield server


@asynccontextmanager
async def running_service(temporal: str, folder: Path, *, database_url: str = "") -> AsyncIterator[Service]:
    """API and worker in one process with a task queue of their own, started as ``oneowner serve`` and ready."""
    port, token = free_ports(1)[0], token_urlsafe(32)
    settings = Settings(data_dir=folder, port=port, database_url=database_url, task_queue=folder.name)
    environment = {
        "ONEOWNER_DATA_DIR": str(folder),
        "ONEOWNER_PORT": str(port),
        "ONEOWNER_DATABASE_URL": database_url,
        "ONEOWNER_TASK_QUEUE": folder.name,
        "ONEOWNER_ADMIN_TOKEN": token,
        "TEMPORAL_ADDRESS": temporal,
        "TEMPORAL_NAMESPACE": "default",
    }
    folder.mkdir()
    database = Database(settings.sqlalchemy_url)
    migrate(database)
    child = Child(Command("OneOwner", SERVE, environment, log=folder / "serve.log"))
    async with AsyncExitStack() as stack:
        stack.callback(database.close)
        http = await stack.enter_async_context(
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
                # Sooner than the server closes them, or a request meets a connection that is just being closed.
                limits=httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=2.0),
                trust_env=False,
            )
        )
        await child.start()
        stack.push_async_callback(child.stop)
        await _ready(http)
        await _hire(http)
        yield Service(http, settings, database, IdMaker(id_secret(settings)), child)


async def _ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(httpx.TransportError):
                if (await http.get("/readyz")).is_success:
                    return
            await asyncio.sleep(0.1)


async def _hire(http: httpx.AsyncClient) -> None:
    """The sample's regions from which our leads come, and the reps who work there."""
    covered: dict[str, list[str]] = defaultdict(list)
    for region, reps in staff().items():
        for rep in reps:
            covered[rep].append(region)
    bodies = [
        *(("/v1/regions", {"code": code, "name": name}) for code, name in REGIONS.items()),
        *(("/v1/reps", {"id": rep, "name": rep, "regions": codes}) for rep, codes in covered.items()),
    ]
    for path, body in bodies:
        response = await http.post(path, json=body)
        if response.status_code != 201:
            raise Wrong(response.text)
