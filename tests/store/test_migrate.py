"""Migrations: they make the tables that the code expects, once, however many processes start."""

from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, inspect, table, text
from sqlmodel import SQLModel, select

from store.database import Database
from store.migrate import migrate
from store.tables import LeadRow, RepRow, RotationTurnRow
from store.types import Json, UtcDateTime
from tests.examples import AT


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


def _migrate_to(database: Database, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, revision))
        migrate(database)


def test_who_submitted_a_lead_is_told_of_those_that_were_there(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)
    _migrate_to(database, "0011", monkeypatch)
    texts = ("id", "source", "external_id", "fingerprint", "outcome", "decision_id")
    json, instant = (column(name, Json) for name in ("lead", "settlement")), column("received_at", UtcDateTime())
    leads = table("leads", *(column(name) for name in texts), *json, instant)
    submitted = {"by_a_rep": {"submitted_by": "li.na"}, "by_nobody": {"submitted_by": None}, "old": {}}
    with database.write() as session:
        for lead_id, lead in submitted.items():
            row = dict.fromkeys(texts, lead_id) | {"lead": lead, "settlement": {}, "received_at": AT}
            session.connection().execute(leads.insert(), row)
    migrate(database)
    with database.read() as session:
        told = dict(session.exec(select(LeadRow.id, LeadRow.submitted_by)).all())
    assert told == {"by_a_rep": "li.na", "by_nobody": None, "old": None}
    database.close()


def test_reps_and_turns_of_the_first_schema_are_kept(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)
    _migrate_to(database, "0001", monkeypatch)
    with database.write() as session:
        insert = "INSERT INTO reps (id, name, active, on_leave, version) VALUES ('li.na', '李娜', true, false, 3)"
        session.connection().execute(text(insert))
        session.connection().execute(text("INSERT INTO rotation_turns (pool, rep_id, turn) VALUES ('DE', 'li.na', 7)"))
    migrate(database)
    with database.read() as session:
        rep = session.get_one(RepRow, "li.na")
        assert (rep.weight, rep.daily_cap, rep.languages, rep.version) == (1, None, "", 3)
        (turn,) = session.exec(select(RotationTurnRow)).all()
        assert (turn.turn, turn.earlier) == (7, "")
    database.close()


def test_migrations_need_no_file_outside_the_package(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    migrate(Database(f"sqlite:///{tmp_path / 'a%20b.db'}"))
