"""``oneowner doctor``, ``backup`` and ``restore`` as a person calls them."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from keys import id_secret
from launcher.config import free_ports
from settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and no Temporal server anywhere."""
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_PORT", str(free_ports(1)[0]))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def test_warnings_and_errors_have_exit_codes_of_their_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = run("doctor", "--json", "--lang", "en")
    found = {finding["code"]: finding for finding in json.loads(stopped.output)}
    assert stopped.exit_code == 1
    assert found["embedded-stopped"]["level"] == "warning"
    assert found["embedded-stopped"]["do"] == "Start it with oneowner run, or set TEMPORAL_ADDRESS"
    assert found["port-free"]["do"] is None
    monkeypatch.setenv("ONEOWNER_POLICY_FILE", str(home / "none.yaml"))
    assert run("doctor").exit_code == 2


def test_what_is_wrong_is_said_in_the_readers_language(home: Path) -> None:
    told = run("doctor", "--lang", "zh").output
    assert f"! {home} 上没有 Temporal 服务器在运行" in told
    assert "→ 用 oneowner run 启动" in told


def test_what_cannot_be_repaired_is_an_error() -> None:
    ended = run("doctor", "--repair", "--json")
    assert ended.exit_code == 2
    assert json.loads(ended.output)[-1]["code"] == "not-repaired"


def test_a_refused_backup_or_restore_says_why(home: Path) -> None:
    refused = run("backup", str(home / "file"))
    assert refused.exit_code == 1
    assert "temporal.db" in refused.output
    assert not (home / "file").exists()
    id_secret(Settings())
    (home / "file").write_text("not a backup")
    refused = run("restore", str(home / "file"))
    assert refused.exit_code == 1
    assert "已损坏" in refused.output
