import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.errors import FolderInUse
from launcher.lock import FolderLock
from tests.launcher.processes import script

HOLD = """
import pathlib, sys, time
from launcher.lock import FolderLock
with FolderLock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_holders_are_refused_with_the_first_ones_id(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(FolderInUse) as refused, FolderLock(tmp_path):
        pass
    assert str(os.getpid()) in str(refused.value)
    assert "正被进程" in str(refused.value)


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with FolderLock(tmp_path):
            pass


def test_a_killed_holder_frees_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline()
        with pytest.raises(FolderInUse), FolderLock(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with FolderLock(tmp_path):
        pass


def test_a_child_that_inherits_it_keeps_others_off(tmp_path: Path) -> None:
    sleeper = script(tmp_path / "sleeper", "exec sleep 60")
    with FolderLock(tmp_path) as lock:
        child = subprocess.Popen([sleeper], pass_fds=[lock.fileno()])
    try:
        with pytest.raises(FolderInUse), FolderLock(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_new_folder_is_its_owners_only(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").stat().st_mode & 0o077 == 0
