"""Archive and replay as an auditor meets them: over HTTP and on the command line, beside a real service."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from archive.runs import Runs
from archive.shelves import Archive
from archive.sweeping import Sweeping
from store.archived_runs import ArchivedRuns
from store.database import Database
from store.migrate import migrate
from tests.service import Service, running_service, temporal_server
from worker import make_archivist


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
    migrate(database)
    async with (
        temporal_server(tmp_path / "temporal") as address,
        running_service(address, database, tmp_path, task_queue="oneowner") as running,
    ):
        monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("ONEOWNER_DATABASE_URL", "")
        monkeypatch.setenv("ONEOWNER_ARCHIVE_URL", "")
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        yield running
    database.close()


async def call(*arguments: str) -> tuple[int, str]:
    """A command's exit code and everything that it said; it runs an event loop of its own."""
    done = await asyncio.to_thread(CliRunner().invoke, cli.app, [*arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


@pytest.mark.timeout(600)  # it starts five processes that load all of the code
async def test_an_auditor_replays_a_lead_and_finds_a_damaged_history(service: Service, tmp_path: Path) -> None:
    await service.rep("li.na", "CN-SH")
    lead = await service.lead(company={"name": "上海远航科技有限公司"}, region="CN-SH")
    lead_id = lead["lead_id"]
    code, said = await call("archive", "status", "--older-than", "0", "--lang", "en")
    assert (code, "Missing runs" in said, "No sweep" in said) == (1, True, True), said
    archive, known = Archive(service.settings.archive_location), ArchivedRuns(service.database)
    await Sweeping(Runs(service.temporal, "oneowner"), archive, known).closed(None, lambda _: None)
    code, said = await call("archive", "status", "--older-than", "0", "--lang", "zh")
    assert (code, "没有遗漏" in said) == (0, True), said

    code, said = await call("audit", "replay", lead_id, "--lang", "en")
    assert code == 0, said
    assert "Done: register_lead" in said
    assert lead["decision"].rpartition("/")[2] in said
    answer = await replayed_over_http(service, archive, lead_id)
    assert (answer["same"], answer["faults"]) == (1, 0)
    [recorded] = [it for step in answer["runs"][0]["steps"] for it in step["recorded"]][:1]
    assert recorded["decision_id"] == lead["decision"].rpartition("/")[2]
    assert "li.na" in recorded["explanation"]

    code, said = await call("archive", "restore", lead_id, "--into", str(tmp_path / "restored"))
    [file] = (tmp_path / "restored").iterdir()
    assert (code, str(file) in said) == (0, True)
    assert json.loads(file.read_text(encoding="utf-8"))["events"]
    assert (await call("audit", "replay", str(file)))[0] == 0
    assert (await call("audit", "replay", "--all"))[0] == 0
    assert (await call("archive", "verify"))[0] == 0

    [place] = archive.places(lead_id)
    damaged = tmp_path / "archive" / place.name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert (await call("archive", "verify", "--lang", "zh"))[0] == 1
    assert (await call("archive", "show", lead_id))[0] == 1
    code, said = await call("audit", "replay", "--all", "--lang", "zh")
    assert (code, "归档内容与存入时不符" in said) == (1, True), said


async def replayed_over_http(service: Service, archive: Archive, workflow_id: str) -> dict[str, Any]:
    key = {"Idempotency-Key": "once"}
    body = {"workflow_id": workflow_id}
    async with make_archivist(service.temporal, "oneowner", service.database, archive):
        ordered = [await service.http.post("/v1/audit/replays", json=body, headers=key) for _ in range(2)]
        assert [it.status_code for it in ordered] == [202, 202]
        [where] = {it.headers["Location"] for it in ordered}
        while True:
            answer: dict[str, Any] = (await service.http.get(where)).json()
            if answer["status"] != "running":
                break
            await asyncio.sleep(0.2)
    assert answer["status"] == "done"
    assert (await service.http.get("/v1/audit/replays/replay_unknown")).status_code == 404
    return answer


async def test_holds_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", "")
    database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
    migrate(database)
    database.close()
    code, said = await call("archive", "hold", "cus_1", "--reason", "（2026）沪0104民初1号")
    assert code == 0, said
    assert "生效中" in (await call("archive", "holds", "--lang", "zh"))[1]
    assert (await call("archive", "release", said.strip()))[0] == 0
    assert "已解除" in (await call("archive", "holds", "--lang", "zh"))[1]
    assert (await call("archive", "release", "hold_unknown"))[0] == 1
    assert (await call("archive", "show", "nobody"))[0] == 1
    code, said = await call("archive", "prune", "--closed-before", "2026-01-01", "--yes", "--lang", "en")
    assert (code, said.strip()) == (0, "Removed: 0, kept by legal holds: 0.")
    assert (await call("audit", "replay"))[0] == 2
