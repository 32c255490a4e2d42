import asyncio
import time
from pathlib import Path

import pytest

from launcher.download import SDK_VERSION, downloaded
from launcher.errors import DownloadFailed, NoTemporalServer
from launcher.obtain import cache_folder, obtain
from tests.launcher.processes import script
from tests.launcher.test_build import WRITE_SERVER, fake_go

GOOD_CLI = "echo 'temporal version 1.7.0 (Server 1.32.0, UI 2.50.0)'"
OLD_CLI = "echo 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)'"
SERVER = "echo temporal version 1.32.1"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bin_folder: Path) -> Path:
    """An empty cache, an empty PATH and a network that says no."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("launcher.download.SITE", "http://127.0.0.1:1/")
    return cache_folder()


def put(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return script(path, *lines)


async def test_each_way_gives_way_to_the_one_before(cache: Path, bin_folder: Path) -> None:
    fake_go(bin_folder, WRITE_SERVER.format(version="1.32.1"))
    built = cache / "temporal-server-v1.32.1" / "server"
    assert (await obtain()).path == built
    built.unlink()
    downloaded_before = put(cache / "temporal-cli" / f"temporal-sdk-python-{SDK_VERSION}", GOOD_CLI)
    assert (await obtain()).path == downloaded_before
    on_path = put(bin_folder / "temporal", GOOD_CLI)
    assert (await obtain()).path == on_path
    put(built, SERVER)
    assert (await obtain()).path == built


async def test_which_one_is_used_is_said(cache: Path, bin_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bin_folder / "temporal", GOOD_CLI)
    await obtain()
    said = capsys.readouterr().err
    assert "using the Temporal server 1.32.0 (cli)" in said
    assert "使用 Temporal 服务器" in said


async def test_an_old_cli_is_passed_over(cache: Path, bin_folder: Path) -> None:
    put(bin_folder / "temporal", OLD_CLI)
    fake_go(bin_folder, WRITE_SERVER.format(version="1.32.1"))
    assert (await obtain()).path.parent.parent == cache


async def test_when_nothing_works_it_says_what_to_do_in_both_languages(bin_folder: Path) -> None:
    put(bin_folder / "temporal", OLD_CLI)
    fake_go(bin_folder, "echo 'proxy says no' >&2; exit 1")
    started = time.monotonic()
    with pytest.raises(NoTemporalServer) as nothing:
        await obtain()
    assert time.monotonic() - started < 5
    advice = str(nothing.value)
    for part in ("1.29.1", "proxy says no", "TEMPORAL_ADDRESS", "install Go 1.26.8", "安装 Go 1.26.8"):
        assert part in advice


async def test_a_network_that_swallows_packets_costs_seconds(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never_answer(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr("launcher.download.SITE", f"http://127.0.0.1:{port}/")
    monkeypatch.setattr("launcher.download.KNOCK_TIMEOUT", 0.3)
    started = time.monotonic()
    with pytest.raises(DownloadFailed):
        await downloaded(cache / "temporal-cli")
    assert time.monotonic() - started < 2
    server.close()
