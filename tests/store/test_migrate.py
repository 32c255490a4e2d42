"""Migrations: they make the tables that the code expects, once, however many processes start."""

from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

from store.database import Database
from store.migrate import migrate


def test_the_migrated_schema_is_the_tables(database: Database) -> None:
    """compare_metadata lists what ``alembic revision --autogenerate`` would write: nothing is left to do."""
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata) == []


def test_the_strong_key_has_one_holder_on_both_databases(database: Database) -> None:
    """Alembic does not compare the condition of a partial index, on which one_customer rests."""
    index = next(
        index
        for index in inspect(database.engine).get_indexes("identity_keys")
        if index["name"] == "identity_keys_one_holder"
    )
    condition = str(next(option for name, option in index["dialect_options"].items() if name.endswith("_where")))
    assert index["unique"]
    assert {"strong", "waiting"} <= set(condition.replace("(", " ").replace(")", " ").split())


def test_migrating_again_does_nothing(database: Database) -> None:
    tables = inspect(database.engine).get_table_names()
    migrate(database)
    assert inspect(database.engine).get_table_names() == tables


def _start(url: str, together: Barrier) -> None:
    database = Database(url)
    together.wait()
    migrate(database)


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    spawn = get_context("spawn")
    together = spawn.Barrier(3)
    starts = [spawn.Process(target=_start, args=(empty_url, together)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert [start.exitcode for start in starts] == [0, 0, 0]
    assert "customers" in inspect(Database(empty_url).engine).get_table_names()


def test_migrations_need_no_file_outside_the_package(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    migrate(Database(f"sqlite:///{tmp_path / 'a%20b.db'}"))
