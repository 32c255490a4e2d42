"""The one way to the database: read and write transactions that mean the same on SQLite and PostgreSQL."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlmodel import Session

_PATIENCE = 3
"""Seconds that anybody waits for a connection, for SQLite's writer of another process, or for one of this process."""

_MAPPED = 4 * 2**30
"""Bytes of an SQLite file that are read in place: a look-up among a million customers touches a hundred pages, and
every connection would copy them into a cache of its own."""

_POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 40, "pool_timeout": _PATIENCE}
"""A connection for every thread that may ask at once: 40 of the API's and 16 of the worker's."""


class Database:
    """An engine with two kinds of transaction. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Prepare the engine for ``url`` (SQLAlchemy form); nothing is connected yet."""
        self.engine = _sqlite_engine(url) if url.startswith("sqlite") else _postgresql_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine
        if not self.is_sqlite:  # on PostgreSQL's default level each statement of a read would see another state
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and is rolled back at the end."""
        with Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when the block raises."""
        with self._turn(), Session(self.engine.execution_options(write=True)) as session, session.begin():
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite lets one writer in and makes the others poll; a lock hands over at once instead.

        Raises:
            sqlalchemy.exc.TimeoutError: when no turn comes in time, for waiting writers must not add up their waits.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=_PATIENCE):
            raise DatabaseBusy("no turn to write")
        try:
            yield
        finally:
            self._writer.release()

    def lock(self, session: Session, *names: str) -> None:
        """Hold these names until the transaction ends, in a fixed order, so that nobody else decides on them meanwhile.

        SQLite's write transactions exclude each other anyway.
        """
        self._advise(session, "pg_advisory_xact_lock", names)

    def lock_shared(self, session: Session, *names: str) -> None:
        """Like ``lock``, but together with others who hold the names shared: only ``lock`` excludes them."""
        self._advise(session, "pg_advisory_xact_lock_shared", names)

    def _advise(self, session: Session, function: str, names: tuple[str, ...]) -> None:
        if self.is_sqlite:
            return
        numbers = "SELECT hashtextextended(name, 0) AS n FROM unnest(CAST(:names AS text[])) AS name ORDER BY n"
        session.connection().execute(
            text(f"SELECT {function}(n) FROM ({numbers}) AS ordered"),  # noqa: S608 - no input in it
            {"names": sorted(names)},
        )

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when there is none.
        """
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _postgresql_engine(url: str) -> Engine:
    return create_engine(
        url,
        **_POOL,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _PATIENCE},
        hide_parameters=True,
    )


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, **_POOL, connect_args={"check_same_thread": False, "timeout": _PATIENCE}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself; _begin does
        _use_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", f"mmap_size={_MAPPED}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL for good. When processes do so at once, SQLite refuses some without waiting."""
    patience = monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if monotonic() > patience:
                raise
            sleep(0.01)
        else:
            return
