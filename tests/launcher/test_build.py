import asyncio
from pathlib import Path

import pytest

from launcher.build import MODULE, built
from launcher.errors import BuildFailed, RouteClosed, WrongVersion
from tests.launcher.processes import alive, script, until_written

WRITE_SERVER = """cat > "$GOBIN/server" <<'EOF'
#!/bin/sh
echo temporal version {version}
EOF
chmod +x "$GOBIN/server"
"""


def fake_go(folder: Path, *lines: str) -> Path:
    return script(folder / "go", f'echo "$@" >> {folder}/calls', *lines)


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


async def test_the_pinned_server_is_built_into_the_folder(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, "echo go: downloading something", WRITE_SERVER.format(version="1.32.1"))
    program = await built(tmp_path / "cache")
    assert program.path == tmp_path / "cache" / "server"
    assert calls(bin_folder) == [f"install -v {MODULE}"]
    assert "go: downloading something" in (tmp_path / "cache" / "build.log").read_text()


async def test_two_builds_at_once_build_once(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, "sleep 0.5", WRITE_SERVER.format(version="1.32.1"))
    first, second = await asyncio.gather(built(tmp_path / "cache"), built(tmp_path / "cache"))
    assert first == second
    assert len(calls(bin_folder)) == 1


async def test_a_failed_build_says_why_and_leaves_nothing(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, "echo 'dial tcp: no route to host' >&2", "exit 1")
    with pytest.raises(BuildFailed, match="no route to host"):
        await built(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("build-*"))
    assert not (tmp_path / "cache" / "server").exists()


async def test_a_build_of_another_version_is_not_kept(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, WRITE_SERVER.format(version="1.31.0"))
    with pytest.raises(WrongVersion):
        await built(tmp_path / "cache")
    assert not (tmp_path / "cache" / "server").exists()


async def test_what_a_killed_build_left_is_removed(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, WRITE_SERVER.format(version="1.32.1"))
    (tmp_path / "cache" / "build-old").mkdir(parents=True)
    await built(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("build-*"))


async def test_stopping_a_build_stops_go(bin_folder: Path, tmp_path: Path) -> None:
    fake_go(bin_folder, f"echo $$ > {bin_folder}/pid", "exec sleep 60")
    build = asyncio.create_task(built(tmp_path / "cache"))
    pid = int(await until_written(bin_folder / "pid"))
    build.cancel()
    with pytest.raises(asyncio.CancelledError):
        await build
    assert not alive(pid)


async def test_without_go_the_way_is_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RouteClosed, match="go: command not found"):
        await built(tmp_path / "cache")


async def test_a_log_without_a_bar_hears_of_a_long_build(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("launcher.progress.LOG_EVERY", 0)
    fake_go(bin_folder, "echo one", "echo two", WRITE_SERVER.format(version="1.32.1"))
    await built(tmp_path / "cache")
    said = capsys.readouterr().err
    assert "正在构建 Temporal 服务器" in said
    assert "still at it: 2 steps" in said
