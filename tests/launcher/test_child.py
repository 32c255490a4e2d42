import asyncio
import signal
from pathlib import Path

import pytest

from launcher.child import Child, Command, first_of
from launcher.errors import ChildFailed
from tests.launcher.processes import alive, children, gone_within, kill, script, until_written


@pytest.fixture(autouse=True)
def _short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.child.FIRST_DELAY", 0.01)


def sleeper(folder: Path) -> Command:
    return Command("sleeper", [str(script(folder / "sleeper", f"echo $$ >> {folder}/pids", "exec sleep 60"))])


async def life(folder: Path, number: int) -> int:
    """The process id of a sleeper's n-th life."""
    async with asyncio.timeout(10):
        while not (folder / "pids").exists() or len((folder / "pids").read_text().split()) < number:
            await asyncio.sleep(0.01)
    return int((folder / "pids").read_text().split()[number - 1])


async def test_a_killed_process_comes_back_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = Child(sleeper(tmp_path))
    await child.start()
    for number in range(1, 9):  # more often than a process may fail by itself
        kill(await life(tmp_path, number), signal.SIGKILL)
    last = await life(tmp_path, 9)
    assert alive(last)
    assert child.pid == last
    await child.stop()
    assert not alive(last)
    assert "sleeper ended (SIGKILL)" in capsys.readouterr().err


async def test_a_process_that_ends_itself_again_and_again_is_given_up(tmp_path: Path) -> None:
    child = Child(Command("broken", [str(script(tmp_path / "broken", f"echo x >> {tmp_path}/tries", "exit 3"))]))
    await child.start()
    with pytest.raises(ChildFailed, match="exit code 3"):
        await asyncio.wait_for(child.ended(), 10)
    assert len((tmp_path / "tries").read_text().split()) == 5
    await child.stop()


async def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    stubborn = script(tmp_path / "stubborn", "trap '' TERM", f"echo $$ > {tmp_path}/pid", "while :; do sleep 1; done")
    child = Child(Command("stubborn", [str(stubborn)], stop_within=0.3))
    await child.start()
    pid = int(await until_written(tmp_path / "pid"))
    await asyncio.wait_for(child.stop(), 5)
    assert not alive(pid)


async def test_its_children_go_with_it(tmp_path: Path) -> None:
    parent = script(tmp_path / "parent", "sleep 60 &", f"echo $! > {tmp_path}/pid", "wait")
    child = Child(Command("parent", [str(parent)]))
    await child.start()
    grandchild = int(await until_written(tmp_path / "pid"))
    await child.stop()
    assert gone_within(grandchild, 2)


async def test_stopping_between_two_lives_starts_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.child.FIRST_DELAY", 60)
    child = Child(sleeper(tmp_path))
    await child.start()
    kill(await life(tmp_path, 1), signal.SIGKILL)
    async with asyncio.timeout(5):
        while child.pid:
            await asyncio.sleep(0.01)
        await child.stop()
        await child.stop()
    assert len((tmp_path / "pids").read_text().split()) == 1


async def test_environment_output_and_preparation(tmp_path: Path) -> None:
    talker = script(tmp_path / "talker", 'echo "$GREETING"', "exec sleep 60")
    prepared = []
    command = Command(
        "talker",
        [str(talker)],
        {"GREETING": "你好"},
        log=tmp_path / "log",
        prepare=lambda: prepared.append(1),
    )
    child = Child(command)
    await child.start()
    assert await until_written(tmp_path / "log") == "你好\n"
    kill(child.pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        while (tmp_path / "log").read_text() != "你好\n你好\n":
            await asyncio.sleep(0.01)
    await child.stop()
    assert len(prepared) == 2


async def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    child = Child(sleeper(tmp_path))
    await child.start()
    pid = await life(tmp_path, 1)
    own_group, its_group = (Path(f"/proc/{each}/stat").read_text().split()[4] for each in ("self", pid))
    assert own_group != its_group
    await child.stop()


async def test_first_of_cancels_the_slower_and_raises() -> None:
    cancelled = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    async def broken() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await first_of(slow(), broken())
    assert cancelled.is_set()


def test_children_lists_direct_children() -> None:
    assert isinstance(children(1), list)
