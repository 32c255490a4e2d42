"""``oneowner run`` as a process, with a stand-in for the service and, where it matters, the real Temporal server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from launcher.config import free_ports
from launcher.program import ServerProgram
from tests.launcher.processes import alive, children, gone_within, script

HERE = Path(__file__).parent
STAND_IN = (sys.executable, str(HERE / "stand_in.py"))
NOBODY = "127.0.0.1:1"


class Run:
    """One ``oneowner run``."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port, self.said = process, port, ""

    def until(self, words: str) -> None:
        """Read what it says until these words come."""
        assert self.process.stderr
        while words not in self.said:
            line = self.process.stderr.readline()
            assert line, f"it ended without saying {words!r}: {self.said}"
            self.said += line

    def finish(self, number: int) -> int:
        """Send a signal, wait for the end and return the exit code."""
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=30)
        self.said += rest
        return self.process.returncode

    def service(self) -> int:
        """The process id of the stand-in that answers now."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                return int(httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False).text)
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("nobody answers")


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts runs on one data folder; whatever is left at the end is killed."""
    with ExitStack() as stack:

        def start(*service: str, temporal: str | None = NOBODY) -> Run:
            port = free_ports(1)[0]
            environment = {**os.environ, "STAND_IN_NOTES": str(tmp_path / "notes")}
            environment |= {"TEMPORAL_ADDRESS": temporal} if temporal else {}
            flags = ["--", "--data-dir", str(tmp_path / "data"), "--port", str(port)]
            process = subprocess.Popen(
                [sys.executable, str(HERE / "run_stand_in.py"), *(service or STAND_IN), *flags],
                env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            return Run(process, port)

        yield start


def test_it_starts_both_says_where_and_stops_the_service_first(
    start: Start, tmp_path: Path, program: ServerProgram
) -> None:
    run = start(temporal=None)
    run.until("admin.token")
    started = children(run.process.pid)
    assert len(started) == 2
    assert run.service() in started
    assert f"http://127.0.0.1:{run.port}" in run.said
    assert re.search(r"Temporal 服务器 +127\.0\.0\.1:\d+", run.said)
    assert str(tmp_path / "data") in run.said
    assert "按 Ctrl-C 全部停止" in run.said
    assert str(program.path) in run.said
    assert run.finish(signal.SIGINT) == 0
    assert (tmp_path / "notes").read_text() == "temporal up"
    assert not any(alive(pid) for pid in started)
    assert "all stopped" in run.said


def test_a_killed_service_comes_back_and_it_is_said(start: Start) -> None:
    run = start()
    run.until("admin.token")
    first = run.service()
    os.kill(first, signal.SIGKILL)
    run.until("OneOwner ended (SIGKILL)")
    assert run.service() != first
    assert run.finish(signal.SIGTERM) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_leaves_nothing_behind(start: Start, program: ServerProgram) -> None:
    run = start(temporal=None)
    run.until("admin.token")
    started = children(run.process.pid)
    run.process.kill()
    assert len(started) == 2
    assert all(gone_within(pid, 5) for pid in started)


def test_a_data_folder_in_use_is_refused(start: Start) -> None:
    first = start()
    first.until("admin.token")
    second = start()
    assert second.process.wait(30) == 1
    second.until(f"is already used by process {first.process.pid}")
    assert first.finish(signal.SIGTERM) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_temporal_server_given_by_the_user_is_used_and_none_started(start: Start, number: int) -> None:
    run = start()
    run.until("admin.token")
    assert f"using the Temporal server at {NOBODY}" in run.said
    assert children(run.process.pid) == [run.service()]
    assert run.finish(number) == 0


def test_a_service_that_cannot_start_ends_the_run(start: Start, tmp_path: Path) -> None:
    run = start(str(script(tmp_path / "broken", "exit 3")))
    run.until("ended itself 5 times in a row (exit code 3)")
    assert run.process.wait(10) == 1


def test_being_stopped_while_starting_is_a_clean_stop(start: Start, tmp_path: Path) -> None:
    run = start(str(script(tmp_path / "mute", "exec sleep 60")))
    run.until("using the Temporal server")
    time.sleep(0.3)
    started = children(run.process.pid)
    assert run.finish(signal.SIGTERM) == 0
    assert started
    assert not any(alive(pid) for pid in started)
