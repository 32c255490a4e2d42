"""SQLite's way of being away: another process keeps the file locked, so that whoever must write waits in vain."""

import subprocess
import sys
from pathlib import Path

_HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(3600)
"""


class LockedSqlite:
    """A file that can be locked. In WAL mode reading goes on all the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._holder: subprocess.Popen[bytes] | None = None
        self.url = f"sqlite:///{path}"

    def kill(self) -> None:
        """Lock it."""
        self._holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(self._path)], stdout=subprocess.PIPE)
        assert self._holder.stdout
        assert self._holder.stdout.readline() == b"locked\n"

    def start(self) -> None:
        """Free it: the holder dies. Again does nothing."""
        if self._holder:
            self._holder.kill()
            self._holder.communicate()
            self._holder = None
