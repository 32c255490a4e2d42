"""What auditors read is append-only in the database itself: by triggers on both, and by a role that may only insert."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Column, DateTime, Integer, LargeBinary, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from domain.audit_record import RecordKind
from settings import PROJECT_ROOT
from store.audit_erasing import erase
from store.audit_records import SOURCES
from store.database import Database
from store.errors import NotFound
from store.migrate import migrate
from store.rows import table_of
from store.tables import AuditHeadRow, AuditLogRow, AuditTileRow, EventRow, PolicyActivationRow
from store.types import UtcDateTime
from tests.auditing import NOT_SEALED, record, remove, seal, verified
from tests.databases import NewDatabase

ROLES = PROJECT_ROOT / "docs" / "postgresql-roles.sql"
LOG = (AuditLogRow, AuditTileRow, AuditHeadRow)
ALL = [*dict.fromkeys(source.model for source in SOURCES.values()), *LOG]


@pytest.fixture
def sealed(database: Database) -> Database:
    record(database, count=40)
    seal(database)
    return database


def refused(database: Database, statement: str) -> bool:
    try:
        with database.write() as session:
            session.connection().execute(text(statement))
    except DBAPIError as error:
        return "append-only" in str(error) or "is fixed" in str(error)
    return False


def _other(column: Column[Any]) -> str:
    """A value that the column could have, in SQL."""
    others = {
        Integer: "77",
        DateTime: "'2027-01-01 00:00:00'",
        LargeBinary: "'x'",
        UtcDateTime: "'2027-01-01 00:00:00'",
    }
    fitting = [other for kind, other in others.items() if isinstance(column.type, kind)]
    return fitting[0] if fitting else "'{}'"


@pytest.mark.parametrize("model", ALL, ids=lambda model: table_of(model).name)
def test_nothing_is_deleted_or_changed(sealed: Database, model: type[SQLModel]) -> None:
    table = table_of(model)
    assert refused(sealed, f"DELETE FROM {table.name}")  # noqa: S608
    for column in table.c:
        if (table.name, column.name) not in NOT_SEALED and column.name not in ("salt", "withdrawn_at"):
            other = _other(column)
            assert refused(sealed, f'UPDATE {table.name} SET "{column.name}" = {other}'), column.name  # noqa: S608
    if not sealed.is_sqlite:
        assert refused(sealed, f"TRUNCATE {table.name}")
    assert not verified(sealed).findings


def test_no_row_takes_the_place_of_another_on_sqlite(sealed: Database) -> None:
    if not sealed.is_sqlite:
        pytest.skip("PostgreSQL has no REPLACE")
    for model in (EventRow, *{source.model for source in SOURCES.values()}):
        name = table_of(model).name
        assert refused(sealed, f"INSERT OR REPLACE INTO {name} SELECT * FROM {name} LIMIT 1"), name  # noqa: S608


def test_only_an_event_that_a_removal_names_is_deleted(sealed: Database) -> None:
    assert refused(sealed, "DELETE FROM events WHERE id = 'evt_4'")
    with sealed.write() as session:
        remove(session, "evt_4")
    assert refused(sealed, "DELETE FROM events WHERE id = 'evt_5'")
    seal(sealed)
    assert not verified(sealed).findings


def test_bookkeeping_goes_on(sealed: Database) -> None:
    with sealed.write() as session:
        activation = session.exec(select(PolicyActivationRow).where(PolicyActivationRow.policy_id == "2026.0+00")).one()
        activation.retried_at = activation.recorded_at
        activation.withdrawn_at = activation.recorded_at
    assert refused(sealed, "UPDATE policy_activations SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL")
    seal(sealed)
    assert not verified(sealed).findings


def test_every_column_is_sealed_or_said_not_to_be() -> None:
    sealed: dict[str, set[str]] = {}
    for source in SOURCES.values():
        private = {source.private} if source.private else set()
        sealed.setdefault(table_of(source.model).name, set()).update(source.columns, private)
    for source in SOURCES.values():
        table = table_of(source.model)
        left_out = {column for name, column in NOT_SEALED if name == table.name}
        assert {column.name for column in table.c} == sealed[table.name] | left_out, table.name
    assert SOURCES.keys() == set(RecordKind)


def test_words_are_erased_and_the_rest_still_verifies(sealed: Database) -> None:
    with sealed.write() as session:
        erase(session, RecordKind.EVENT, "evt_3")
        erase(session, RecordKind.DECISION, "dec_3")
        erase(session, RecordKind.APPROVAL_ACT, "act_3")
    shown = verified(sealed)
    assert (shown.findings, shown.erased) == ([], 3)
    with sealed.read() as session:
        row = session.get_one(AuditLogRow, 0)
        kept = session.connection().execute(text("SELECT data FROM events WHERE id = 'evt_3'")).scalar_one()
        assert "王小明" not in str(kept)
        salts = session.connection().execute(
            text("SELECT count(*) FROM audit_log WHERE salt IS NULL AND commitment > ''")
        )
        assert (salts.scalar_one(), row.salt is None) == (3, False)
    assert refused(sealed, """UPDATE events SET data = '{"erased": "00"}' WHERE id = 'evt_4'""")
    assert refused(sealed, "UPDATE audit_log SET salt = leaf WHERE position = 0")


@pytest.mark.parametrize(("kind", "key"), [(RecordKind.EVENT, "evt_999"), (RecordKind.POLICY, "2026.1+00")])
def test_what_holds_no_words_is_not_erased(sealed: Database, kind: RecordKind, key: str) -> None:
    with sealed.write() as session, pytest.raises(NotFound):
        erase(session, kind, key)


@contextmanager
def as_role(url: str) -> Iterator[Database]:
    """The service as the documented role, which owns nothing."""
    owner = Database(url)
    with owner.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS oneowner_service"))
        connection.execute(text("CREATE ROLE oneowner_service LOGIN PASSWORD 'x'"))
        connection.exec_driver_sql(ROLES.read_text(encoding="utf-8"))
    service = Database(
        make_url(url).set(username="oneowner_service", password="x").render_as_string(hide_password=False)
    )
    try:
        yield service
    finally:
        service.close()
        with owner.engine.begin() as connection:
            connection.execute(text("DROP OWNED BY oneowner_service"))
            connection.execute(text("DROP ROLE oneowner_service"))
        owner.close()


def test_the_insert_only_role_works_and_can_alter_nothing(new_postgresql: NewDatabase) -> None:
    with as_role(new_postgresql("template")) as service:
        migrate(service)
        record(service)
        seal(service)
        assert not verified(service).findings
        assert refused(service, "DELETE FROM events")
        for statement in (
            "DELETE FROM lead_events",
            "DELETE FROM event_removals",
            "UPDATE events SET actor = 'x'",
            "UPDATE audit_log SET leaf = ''",
            "DELETE FROM audit_heads",
            "TRUNCATE decisions",
            "ALTER TABLE events DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), service.write() as session:
                session.connection().execute(text(statement))
