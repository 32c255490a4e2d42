"""Care for the embedded server's SQLite file between two of its lives, by the holder of its folder's lock only."""

import contextlib
import sqlite3
from pathlib import Path


def make_startable(database: Path) -> None:
    """Undo the two things that a killed server 1.32.1 leaves in its file and then trips over.

    - It makes its schema statement by statement. Killed meanwhile, it never starts on that file again. A file without
      any namespace never held a workflow, so it is removed and made anew.
    - It keeps its own addresses. After a start on other ports it tries to join those who are gone, and runs no workflow
      for up to fifty seconds. They are forgotten.

    Raises:
        sqlite3.DatabaseError: when the file is damaged.
    """
    if not database.exists():
        return
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        used = _has_table(connection, "namespaces") and connection.execute("SELECT 1 FROM namespaces").fetchone()
        if used and _has_table(connection, "cluster_membership"):
            connection.execute("DELETE FROM cluster_membership")
    if not used:
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    row = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
    return row is not None
