"""New migrated databases for tests: SQLite files, and databases of a PostgreSQL server started for the session."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlmodel import Session, SQLModel

from store.database import Database
from store.migrate import migrate
from tests.postgres import create_database, postgres_url

T = TypeVar("T")
EMPTY, TEMPLATE = "empty", "template"
NewDatabase = Callable[[str], str]
"""Makes a database, ``EMPTY`` or from the migrated ``TEMPLATE``, and gives its URL."""


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[NewDatabase]:
    """Databases of one server."""
    with postgres_url() as url:
        if url is None:
            pytest.skip("NOT TESTED ON POSTGRESQL: there is none on this machine")
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        template = create_database(url)
        _migrate(template)

        def create(kind: str) -> str:
            if kind == EMPTY:
                return create_database(url)
            made = server.url.set(database=f"test_{uuid4().hex}")
            with server.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {made.database} TEMPLATE {make_url(template).database}"))
            return made.render_as_string(hide_password=False)

        yield create
        server.dispose()


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """SQLite files."""
    folder = tmp_path_factory.mktemp("sqlite")
    _migrate(f"sqlite:///{folder / TEMPLATE}")

    def create(kind: str) -> str:
        path = folder / uuid4().hex
        if kind == TEMPLATE:
            shutil.copy(folder / TEMPLATE, path)
        return f"sqlite:///{path}"

    return create


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes databases, once on SQLite and once on PostgreSQL."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return new


@pytest.fixture
def empty_url(new_database: NewDatabase) -> str:
    """The URL of a database without tables, on each of the two."""
    return new_database(EMPTY)


@pytest.fixture(scope="session")
def migrated() -> Iterator[dict[NewDatabase, Database]]:
    """One migrated database of each kind, which tests use in turns: its statements and connections stay warm."""
    kept: dict[NewDatabase, Database] = {}
    yield kept
    for database in kept.values():
        database.close()


@pytest.fixture
def database(new_database: NewDatabase, migrated: dict[NewDatabase, Database]) -> Database:
    """A migrated database without any rows, on each of the two."""
    if new_database not in migrated:
        migrated[new_database] = Database(new_database(TEMPLATE))
    empty(migrated[new_database])
    return migrated[new_database]


def empty(database: Database) -> None:
    """Remove every row, the append-only ones too."""
    with tampering(database) as session:
        for table in SQLModel.metadata.sorted_tables:
            session.connection().execute(table.delete())


@contextmanager
def tampering(database: Database) -> Iterator[Session]:
    """A transaction of somebody who may do anything to the database: for as long as it lasts no trigger fires."""
    with database.write() as session:
        if not database.is_sqlite:
            session.connection().execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        triggers = (
            session.connection().execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        )
        for name, _ in triggers:
            session.connection().execute(text(f"DROP TRIGGER {name}"))
        yield session
        session.flush()
        for _, sql in triggers:
            session.connection().exec_driver_sql(sql)


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """What these calls return, each made in a thread of its own, all starting in the same moment.

    As a workflow does, each tries again when there was no turn or connection for it in time.
    """
    ready = Barrier(len(calls))

    def call(it: Callable[[], T]) -> T:
        ready.wait()
        while True:
            with suppress(DatabaseBusy):
                return it()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))
