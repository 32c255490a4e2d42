"""The troubles of a database, each made in earnest on SQLite and PostgreSQL."""

import sqlite3
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url, text

from doctor import database as checks
from doctor.database import database, skew
from doctor.finding import Level
from store.database import Database
from store.rows import table_of
from store.tables import EventRow, OutboxRow
from tests.databases import EMPTY, TEMPLATE, NewDatabase


def found(url: str) -> dict[str, Level]:
    return {finding.code: finding.level for finding in database(url)}


def execute(url: str, *statements: str) -> None:
    opened = Database(url)
    with opened.write() as session:
        for statement in statements:
            session.connection().execute(text(statement))
    opened.close()


def test_all_is_well(new_database: NewDatabase) -> None:
    assert set(found(new_database(TEMPLATE)).values()) == {Level.FINE}


def test_an_unreachable_database_is_named_without_its_password() -> None:
    (finding,) = database("postgresql+psycopg://user:geheim@127.0.0.1:1/oneowner")
    assert (finding.code, finding.level) == ("database-unreachable", Level.ERROR)
    assert "geheim" not in str(finding)
    assert "refused" in finding.facts["reason"]


def test_tables_missing_old_or_newer(new_database: NewDatabase) -> None:
    assert found(new_database(EMPTY))["schema-none"] is Level.WARNING
    url = new_database(TEMPLATE)
    execute(url, "UPDATE alembic_version SET version_num = '0001'")
    assert found(url)["schema-old"] is Level.WARNING
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    assert found(url)["schema-newer"] is Level.ERROR


def test_a_locked_file(new_sqlite: NewDatabase) -> None:
    url = new_sqlite(TEMPLATE)
    holder = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert found(url)["database-locked"] is Level.ERROR
    holder.execute("ROLLBACK")
    holder.close()


def test_a_read_only_database(new_postgresql: NewDatabase) -> None:
    url = new_postgresql(TEMPLATE)
    name = make_url(url).database
    execute(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert found(url)["database-read-only"] is Level.ERROR


def test_a_transaction_that_hangs(new_postgresql: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_postgresql(TEMPLATE)
    monkeypatch.setattr(checks, "IDLE", 0)
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as other:
        other.execute("SELECT 1")
        assert found(url)["database-idle-transactions"] is Level.WARNING


def test_events_that_wait_or_fail(new_database: NewDatabase) -> None:
    url, then = new_database(TEMPLATE), datetime.now(UTC) - timedelta(hours=1)
    opened = Database(url)

    with opened.write() as session:
        event = {"id": "evt", "customer_id": "cus", "kind": "released", "at": then, "recorded_at": then}
        session.connection().execute(table_of(EventRow).insert(), [{**event, "actor": "system", "data": {}}])
        row = {"stream": "customer", "event_id": "evt", "failures": 3}
        session.connection().execute(table_of(OutboxRow).insert(), [row])
    opened.close()
    seen = found(url)
    assert (seen["outbox-late"], seen["outbox-failing"]) == (Level.WARNING, Level.WARNING)


@pytest.mark.parametrize(("seconds", "code"), [(0.2, "clock-right"), (-3600, "clock-wrong"), (3600, "clock-wrong")])
def test_clocks(seconds: float, code: str) -> None:
    assert skew("database", seconds).code == code


def test_a_database_server_with_another_clock(new_postgresql: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        """This machine's clock is an hour ahead."""

        @classmethod
        def now(cls, tz: object = None) -> "Later":
            there = datetime.now(UTC) + timedelta(hours=1)
            return cls.fromtimestamp(there.timestamp(), UTC)

    monkeypatch.setattr(checks, "datetime", Later)
    assert found(new_postgresql(TEMPLATE))["clock-wrong"] is Level.WARNING
