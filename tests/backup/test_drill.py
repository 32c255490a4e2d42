"""The drill: back up under load, lose everything, restore, and go on, with the programs that people use."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

import cli
from launcher.config import free_ports
from launcher.guard import guarded
from store.database import Database
from tests.examples import firm
from tests.invariants import nothing_lost, read_model, violations

REPS = ("li.na", "zhang.wei", "wang.fang")
SHOW = {"name": "广交会", "date": "2026-11-20"}
PATIENCE = 150
"""Seconds for a start on a busy machine."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with nothing in it, named in the environment as users do."""
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ONEOWNER_PORT", str(free_ports(1)[0]))
    monkeypatch.setenv("ONEOWNER_LOG_LEVEL", "warning")
    monkeypatch.setenv("ONEOWNER_ANSWER_TIMEOUT", "60")
    monkeypatch.setenv("ONEOWNER_BACKUP_PASSPHRASE", "drill")
    return tmp_path / "data"


class Site:
    """One ``oneowner run``."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{os.environ['ONEOWNER_PORT']}"

    async def __aenter__(self) -> "Site":
        command = guarded([sys.executable, "-m", "cli", "run"])
        self.process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as http:
            while True:
                try:
                    if (await http.get(f"{self.url}/readyz")).is_success:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
        token = (Path(os.environ["ONEOWNER_DATA_DIR"]) / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await self.process.wait()

    async def kill(self) -> None:
        """``kill -9``; its children die with it."""
        self.process.kill()
        await self.process.wait()

    async def lead(self, number: int) -> dict[str, Any]:
        """Submit one of the drill's leads, the first time or again."""
        body = {
            "source": "drill",
            "external_id": str(number),
            "customer_type": "trade_show",
            "region": "CN-GD",
            "company": {"name": firm(number)},
            "show": {**SHOW, "contact": REPS[number % len(REPS)]},
        }
        while True:  # as a backend system does: a connection may break, and it is safe to send again
            try:
                response = await self.http.post("/v1/leads", json=body)
                break
            except httpx.TransportError:
                await asyncio.sleep(0.5)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer


async def submit(site: Site, told: dict[int, dict[str, Any]], enough: asyncio.Event) -> None:
    """Submit leads one after the other until there are enough."""
    while not enough.is_set():
        number = len(told)
        told[number] = await site.lead(number)


def oneowner(*arguments: str) -> str:
    """Run a command as a person does."""
    result = CliRunner().invoke(cli.app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.timeout(600)
async def test_nothing_acknowledged_before_a_backup_is_lost(home: Path, tmp_path: Path) -> None:
    told: dict[int, dict[str, Any]] = {}
    enough = asyncio.Event()
    async with Site() as site:
        await site.http.post("/v1/regions", json={"code": "CN-GD", "name": "广东"})
        for rep in REPS:
            await site.http.post("/v1/reps", json={"id": rep, "name": rep, "regions": ["CN-GD"]})
        load = asyncio.create_task(submit(site, told, enough))
        while len(told) < 20:
            await asyncio.sleep(0.1)
        before = dict(told)
        backup = tmp_path / "backup"
        await asyncio.to_thread(oneowner, "backup", "--keys", str(backup))
        assert len(told) > len(before)  # it held nobody up
        enough.set()
        await load
        await site.kill()
    shutil.rmtree(home)
    oneowner("restore", str(backup))

    async with Site() as site:
        for number, was in before.items():
            now = await site.lead(number)
            assert {name: now[name] for name in ("lead_id", "customer_id", "owner")} == {
                name: was[name] for name in ("lead_id", "customer_id", "owner")
            }
        rest = [await site.lead(number) for number in range(len(before), len(told))]
        release = {"rep_id": REPS[0], "reason": "区域调整"}
        customer = f"/v1/customers/{before[0]['customer_id']}"
        assert (await site.http.post(f"{customer}/release", json=release)).is_success
        async with asyncio.timeout(60):
            while (home / "restored.json").exists():
                await asyncio.sleep(0.2)
        found = await asyncio.to_thread(CliRunner().invoke, cli.app, ["doctor", "--lang", "en"])
        assert found.exit_code < 2, found.output  # there may be warnings about next year's calendar
        database = Database(f"sqlite:///{home / 'oneowner.db'}")
        model = read_model(database)
        database.close()
        assert violations(model) == []
        assert nothing_lost(model, [answer["lead_id"] for answer in (*before.values(), *rest)]) == []
        assert len(model.customers) == len(told)
