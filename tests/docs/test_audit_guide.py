"""The auditors' guide: every command in it works on a running service, in both languages the same ones."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from launcher.supervisor import Running, running
from settings import PROJECT_ROOT, Settings
from tests.docs.test_docs import blocks

GUIDE, CHINESE = PROJECT_ROOT / "docs" / "audit.md", PROJECT_ROOT / "docs" / "audit.zh-CN.md"


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The whole service on loopback, which seals every two seconds."""
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    settings = {"TEMPORAL_CONFIG_FILE": os.devnull, "ONEOWNER_LOG_LEVEL": "error", "ONEOWNER_AUDIT_MINUTES": "0.04"}
    for name, value in {
        **settings,
        "ONEOWNER_ANSWER_TIMEOUT": "60",
        "ONEOWNER_DATA_DIR": str(tmp_path / "data"),
    }.items():
        monkeypatch.setenv(name, value)
    async with running(Settings(data_dir=tmp_path / "data", port=0)) as service:
        yield service


async def facts(api: str, token: str) -> dict[str, str]:
    """A customer, an event of theirs and a head that covers it."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=api, headers=headers, timeout=60) as http:
        await http.post("/v1/regions", json={"code": "CN-GD", "name": "广东"})
        await http.post("/v1/reps", json={"id": "li.wei", "name": "李伟", "regions": ["CN-GD"]})
        lead = {"source": "web", "external_id": "1", "company": {"name": "深圳市远航科技有限公司"}, "region": "CN-GD"}
        customer = (await http.post("/v1/leads", json=lead)).json()["customer_id"]
        path = f"/v1/audit/timeline?customer_id={customer}&kind=owner_assigned"
        event = (await http.get(path)).json()["items"][0]
        proof = {"kind": "event", "record": event["id"]}
        while (await http.get("/v1/audit/proofs/inclusion", params=proof)).status_code == 404:
            await asyncio.sleep(0.5)
        size = (await http.get("/v1/audit/heads")).json()["items"][-1]["size"]
    at = event["at"]
    return {"CUSTOMER": customer, "EVENT": event["id"], "SIZE": str(size), "DAY": at[:10], "MONTH": at[:7]}


@pytest.mark.timeout(600)  # a dozen commands, each a process of its own, on a machine that may be busy
async def test_every_command_works(service: Running, tmp_path: Path) -> None:
    known = await facts(service.api, (tmp_path / "data" / "admin.token").read_text())
    known["DAY"] = "2999-01-01"  # whatever the time zone of this machine
    script = "\n".join(text for language, text in blocks(GUIDE) if language == "sh")
    environment = {
        **os.environ,
        **known,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ONEOWNER_PORT": str(urlsplit(service.api).port),
        "LC_ALL": "en_US.UTF-8",
    }
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script,
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    said = output.decode()
    assert "li.wei has had the customer since" in said
    assert "Sound: " in said
    assert said.count("Proven: ") == 2
    assert json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))["record"] == known["EVENT"]


def test_both_languages_show_the_same_commands() -> None:
    assert blocks(GUIDE) == blocks(CHINESE)
