"""Consistent copies of running databases, and the way back."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect

from backup.errors import BackupRefused


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite file as it is at one instant; whoever writes to it is not held up.

    Raises:
        BackupRefused: when it cannot be read, or is damaged.
    """
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)  # all pages in one step: in WAL mode a reader sees one instant and blocks nobody
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as failed:
        raise BackupRefused("sqlite-unusable", file=source, reason=failed) from failed
    if found != "ok":
        raise BackupRefused("sqlite-unusable", file=source, reason=found)


def dump_postgresql(url: URL, target: Path) -> None:
    """Dump a PostgreSQL database as it is at one instant.

    Raises:
        BackupRefused: when ``pg_dump`` is missing or fails.
    """
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load_postgresql(url: URL, source: Path) -> None:
    """Load a dump into an empty database, all of it or nothing.

    Raises:
        BackupRefused: when ``pg_restore`` is missing or fails.
    """
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(source))


def has_tables(url: URL) -> bool:
    """Whether there is anything in a database.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when it cannot be reached.
    """
    engine = create_engine(url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _run(program: str, url: URL, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupRefused("tool-missing", program=program)
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    command = [path, f"--dbname={address}", "--no-password", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if ended.returncode:
        raise BackupRefused("tool-failed", program=program, reason=ended.stderr.strip()[-500:])
