import asyncio
import time
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

import temporal_client
from launcher.embedded import EmbeddedTemporal
from settings import Settings
from temporal_client import TemporalUnreachable, connect, polled_from_here, profile


def test_the_profile_is_what_temporals_own_tools_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "temporal.toml").write_text('[profile.default]\naddress = "cluster:7233"\nnamespace = "销售"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    monkeypatch.delenv("TEMPORAL_NAMESPACE", raising=False)
    monkeypatch.setenv("TEMPORAL_API_KEY", "key")
    found = profile()
    assert (found.address, found.namespace, found.api_key) == ("cluster:7233", "销售", "key")


async def test_nobody_there_is_a_clear_error_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    started = time.monotonic()
    with pytest.raises(TemporalUnreachable, match=r"127\.0\.0\.1:1 after 0\.8 s: .*refused"):
        await connect(Settings(temporal_timeout=0.8))
    assert time.monotonic() - started < 3


async def test_it_waits_for_a_server_that_is_still_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    connected = object()

    async def third_time(address: str, **options: object) -> object:
        tries.append((address, options["namespace"], options["api_key"]))
        if len(tries) < 3:
            raise RuntimeError("Failed client connect")
        return connected

    monkeypatch.setattr(temporal_client, "RETRY_EVERY", 0)
    monkeypatch.setattr(Client, "connect", lambda *, target_host, **options: third_time(target_host, **options))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "cluster:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "sales")
    monkeypatch.setenv("TEMPORAL_API_KEY", "key")
    assert await connect(Settings()) is connected
    assert tries == [("cluster:7233", "sales", "key")] * 3


@workflow.defn(sandboxed=False)
class Nothing:
    """Does nothing."""

    @workflow.run
    async def run(self) -> None:
        """Nothing."""


async def test_a_polling_worker_is_seen_and_another_ones_queue_is_not(tmp_path: Path) -> None:
    async with EmbeddedTemporal(tmp_path) as server:
        client = await Client.connect(server.address)
        assert not await polled_from_here(client, "oneowner")
        async with Worker(client, task_queue="oneowner", workflows=[Nothing]), asyncio.timeout(10):
            while not await polled_from_here(client, "oneowner"):
                await asyncio.sleep(0.1)
            assert not await polled_from_here(client, "another")
        elsewhere = await Client.connect(server.address, identity="1@another-machine")
        async with Worker(elsewhere, task_queue="another", workflows=[Nothing]):
            await asyncio.sleep(1)
            assert not await polled_from_here(client, "another")
