"""What the launcher's tests share: an environment without the user's Temporal settings, and a real server program."""

import asyncio
from pathlib import Path

import pytest

from launcher.obtain import obtain
from launcher.program import ServerProgram


@pytest.fixture(autouse=True)
def _no_temporal_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "temporal.toml"
    empty.touch()
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_PROFILE", "TEMPORAL_TLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(empty))


@pytest.fixture(scope="session")
def program() -> ServerProgram:
    """The server that this machine has; ``make test`` has put it there."""
    return asyncio.run(obtain())


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole PATH, but for the shell; scripts put there are what a start finds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return folder
