"""A worker process without an API shows operators its metrics."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from domain.event import EventKind
from launcher.child import Child, Command
from launcher.config import free_ports
from launcher.embedded import EmbeddedTemporal
from store.database import Database
from store.journal import record_event

PATIENCE = 60.0


async def passed_on(url: str) -> dict[str, float]:
    """How many events of each kind the worker has passed on, once it tells of any."""
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(url)
            except httpx.TransportError:
                answer = None
            for family in text_string_to_metric_families(answer.text if answer else ""):
                if family.name == "oneowner_events" and family.samples:
                    counted = [it for it in family.samples if it.name == "oneowner_events_total"]
                    return {it.labels["kind"]: it.value for it in counted}
            await asyncio.sleep(0.3)


async def test_a_worker_alone_tells_what_it_has_passed_on(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    async with EmbeddedTemporal(tmp_path / "temporal") as server:
        environment = {
            "ONEOWNER_DATA_DIR": str(tmp_path),
            "ONEOWNER_METRICS_PORT": str(port),
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_NAMESPACE": server.namespace,
        }
        worker = Child(Command("worker", (sys.executable, "-m", "cli", "worker"), environment, stop_within=30))
        await worker.start()
        try:
            async with asyncio.timeout(PATIENCE):
                await _answers(f"http://127.0.0.1:{port}/metrics")
            database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
            now, kind = datetime.now(UTC), EventKind.TOUCH_LOGGED
            with database.write() as session:
                record_event(session, id="e1", customer_id="cus_1", kind=kind, at=now, actor="phone")
            database.close()
            assert await passed_on(f"http://127.0.0.1:{port}/metrics") == {"touch_logged": 1}
        finally:
            await worker.stop()


async def _answers(url: str) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.3)
