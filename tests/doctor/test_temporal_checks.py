"""The troubles of a Temporal server, each made in earnest."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from doctor import temporal as checks
from doctor.finding import Level
from doctor.temporal import embedded_address, temporal
from launcher.embedded import EmbeddedTemporal
from settings import Settings
from store.database import Database
from tests.databases import TEMPLATE, NewDatabase
from tests.service import running_service


@pytest.fixture(autouse=True)
def _named_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedTemporal]:
    async with EmbeddedTemporal(tmp_path / "temporal") as server:
        yield server


async def found(settings: Settings) -> dict[str, Level]:
    return {finding.code: finding.level async for finding in temporal(settings)}


async def test_none_runs(tmp_path: Path) -> None:
    assert await found(Settings(data_dir=tmp_path)) == {"embedded-stopped": Level.WARNING}


async def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr(checks, "PATIENCE", 0.5)
    assert await found(Settings(data_dir=tmp_path)) == {"temporal-unreachable": Level.ERROR}


async def test_an_embedded_server_is_found_by_its_folder(
    server: EmbeddedTemporal, new_sqlite: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, database = Settings(data_dir=tmp_path), Database(new_sqlite(TEMPLATE))
    assert embedded_address(site) == server.address
    seen = await found(site)
    assert (seen["temporal-answers"], seen["retention-long"]) == (Level.FINE, Level.FINE)
    assert seen["worker-none"] is Level.ERROR

    async with running_service(server.address, database, tmp_path / "service", task_queue=site.task_queue):
        assert set((await found(site)).values()) == {Level.FINE}
    database.close()

    client = await Client.connect(server.address)
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(timedelta(days=3))
    await client.workflow_service.update_namespace(UpdateNamespaceRequest(namespace="default", config=config))
    assert (await found(site))["retention-short"] is Level.WARNING

    monkeypatch.setattr(checks, "OLDEST_DEV_SERVER", (99, 0))
    assert (await found(site))["temporal-old"] is Level.WARNING

    monkeypatch.setenv("TEMPORAL_NAMESPACE", "销售")
    assert (await found(site))["namespace-missing"] is Level.ERROR
