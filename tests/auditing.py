"""A database with every kind of record that auditors read, sealed; and somebody who changes a byte of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, Text, cast, delete, literal, type_coerce, update
from sqlalchemy import select as select_columns
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, SQLModel, col, select

from domain.tree_head import HeadKey, TreeHead
from store.audit_heads import Published
from store.audit_records import SOURCES
from store.audit_sealing import Sealing, head_of
from store.audit_verifying import Verified, verify
from store.database import Database
from store.rows import add, table_of
from store.tables import (
    AccessRefusalRow,
    ApprovalActRow,
    AuditHeadRow,
    AuditLogRow,
    AuditTileRow,
    DecisionRow,
    EventMoveRow,
    EventRemovalRow,
    EventRow,
    LeadEventRow,
    PolicyActivationRow,
    PolicyRow,
)
from tests.databases import tampering

NOW = datetime(2026, 11, 25, 2, 30, 15, 123456, tzinfo=UTC)
PEM = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
"""The key of RFC 8032's first test, in PKCS 8."""
KEY = HeadKey(PEM)
NOT_SEALED = frozenset({("policy_activations", "retried_at")})
"""Bookkeeping beside a record, which is not part of it."""


def record(database: Database, begin: int = 0, count: int = 6, at: datetime = NOW) -> None:
    """Write records of every kind.

    Args:
        database: where.
        begin: the first one's number, which its ids are made of.
        count: of each kind.
        at: by the clock.
    """
    with database.write() as session:
        for number in range(begin, begin + count):
            for model, row in _rows(number, at):
                add(session, model, row)
            if number % 3 == 1:
                theirs = col(PolicyActivationRow.policy_id) == f"2026.{number}+00"
                session.connection().execute(
                    update(table_of(PolicyActivationRow)).where(theirs).values(withdrawn_at=at)
                )
            if number % 4 == 3:
                _move(session, number, at)
            if number % 12 == 10:
                remove(session, f"evt_{number}", at)


def _move(session: Session, number: int, at: datetime) -> None:
    """What the undoing of a merge does."""
    way = {"event_id": f"evt_{number}", "from_id": f"cus_{number % 3}", "to_id": "cus_parted"}
    add(session, EventMoveRow, {**way, "at": at, "recorded_at": at})
    theirs = col(EventRow.id) == f"evt_{number}"
    session.connection().execute(update(table_of(EventRow)).where(theirs).values(customer_id="cus_parted"))


def remove(session: Session, event_id: str, at: datetime = NOW) -> None:
    """What the undoing of an import does."""
    event = session.exec(select(EventRow).where(EventRow.id == event_id)).one()
    named = {"event_id": event_id, "customer_id": event.customer_id, "cause": "imp_1"}
    add(session, EventRemovalRow, {**named, "at": at, "recorded_at": at})
    session.connection().execute(delete(table_of(EventRow)).where(col(EventRow.id) == event_id))


def _rows(number: int, at: datetime) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    moment = {"at": at + timedelta(seconds=number), "recorded_at": at + timedelta(seconds=number)}
    yield DecisionRow, {
        "id": f"dec_{number}", "kind": "released", "customer_id": f"cus_{number % 3}", "lead_id": None,
        "policy_version": "2026.11+0a1b2c3d", "at": moment["at"],
        "trace": {"change": "release", "assignment": None, "scores": {"能力": 0.25 * number}, "reason": "客户要求换人"},
    }  # fmt: skip
    yield EventRow, {
        "id": f"evt_{number}", "customer_id": f"cus_{number % 3}", "kind": "released", **moment, "actor": "li.wei",
        "decision_id": f"dec_{number}", "data": {"owner_id": None, "queue": "public", "reason": "王小明: not now"},
    }  # fmt: skip
    yield LeadEventRow, {
        "id": f"lead_{number}:asked:li.na", "lead_id": f"lead_{number}", "kind": "asked", **moment, "actor": "system",
        "decision_id": f"dec_{number}", "data": {"asked": ["li.na"]},
    }  # fmt: skip
    yield ApprovalActRow, {
        "id": f"act_{number}", "approval_id": f"apr_{number % 2}", "action": "approve", "principal": "user-7",
        "person": "chen.jing", "step": 1, **moment, "deed": {"action": "approve", "reason": "同意"},
        "refusal": "four_eyes" if number % 2 else None, "facts": {"limit": number},
    }  # fmt: skip
    yield AccessRefusalRow, {
        "at": moment["at"], "principal": "sun.hao", "role": "rep", "method": "GET",
        "route": "/v1/customers/{customer_id}", "record": f"cus_{number}", "reason": "hidden",
    }  # fmt: skip
    yield PolicyRow, {
        "id": f"2026.{number}+00", "version": f"2026.{number}", "content": "clocks: {}  # 展会\n", "rules": "{}",
        "comment": "展会 20 天", "created_at": moment["at"], "created_by": "zhao.lei",
    }  # fmt: skip
    yield PolicyActivationRow, {
        "policy_id": f"2026.{number}+00", "by": "zhao.lei", **moment,
        "withdrawn_at": None, "retried_at": None,
    }  # fmt: skip


def seal(database: Database, at: datetime = NOW, most: int = 1000) -> None:
    """Seal all that waits."""
    while Sealing(database, KEY, now=lambda: at).seal(most).more:
        pass


def heads_of(database: Database) -> list[TreeHead]:
    """Every signed head, the smallest first."""
    with database.read() as session:
        rows = session.exec(select(AuditHeadRow).order_by(col(AuditHeadRow.size)))
        return [head_of(row) for row in rows]


def lines_of(database: Database) -> list[str]:
    """The heads as they are published."""
    return [head.line for head in heads_of(database)]


def verified(database: Database, lines: Sequence[str] = ()) -> Verified:
    """What the verification says."""
    return verify(database, [KEY.public], Published(lines))


@dataclass(frozen=True)
class Place:
    """A value somewhere in what is sealed."""

    model: type[SQLModel]
    key: Any
    column: str

    def __str__(self) -> str:
        return f"{table_of(self.model).name}.{self.column} of {self.key}"


def places(database: Database) -> list[Place]:
    """Every value of every record, leaf, tile and head, but for those that are empty."""
    found = []
    with database.read() as session:
        models = [*(source.model for source in SOURCES.values()), AuditLogRow, AuditTileRow, AuditHeadRow]
        for model in dict.fromkeys(models):
            table = table_of(model)
            key = next(iter(table.primary_key))
            for row in session.connection().execute(table.select()):
                found += [
                    Place(model, row._mapping[key.name], column.name)
                    for column in table.c
                    if row._mapping[column.name] is not None and (table.name, column.name) not in NOT_SEALED
                ]
    return found


class Untouched(Exception):
    """The database does not take the value, so that nothing was changed."""


@contextmanager
def flipped(database: Database, place: Place, random: Random) -> Iterator[Session]:
    """A transaction, undone at its end, in which one byte of a value is another than before.

    On SQLite it is a byte as it is stored; on PostgreSQL of the value's text, where that is still such a value.

    Raises:
        Untouched: when the database does not take it, or it means the same to a database that keeps values, not bytes.
    """
    with suppress(_Undo), tampering(database) as session:
        try:
            _flip(session, place, random)
        except (DataError, IntegrityError, UnicodeDecodeError) as error:
            raise Untouched from error
        yield session
        raise _Undo


class _Undo(Exception):
    """The end of the transaction."""


def _flip(session: Session, place: Place, random: Random) -> None:
    table, sqlite = table_of(place.model), session.get_bind().dialect.name == "sqlite"
    column, key = table.c[place.column], next(iter(table.primary_key))
    shown = column if _is_blob(column) else cast(column, LargeBinary if sqlite else Text)
    connection = session.connection()
    raw = connection.execute(select_columns(shown).where(key == place.key)).scalar_one()
    value = _changed(raw, column, random)
    if not isinstance(value, int) and not _is_blob(column):
        value = (
            cast(type_coerce(value, LargeBinary), Text) if sqlite else cast(literal(value.decode(), Text), column.type)
        )
    statement = update(table).where(key == place.key).values({column.name: value}).returning(shown)
    if connection.execute(statement).scalar_one() == raw:
        raise Untouched


def _changed(raw: Any, column: Column[Any], random: Random) -> Any:
    if isinstance(column.type, Integer):
        return int(raw) ^ (1 << random.randrange(24))
    before = raw.encode() if isinstance(raw, str) else raw
    at = random.randrange(len(before))
    return before[:at] + bytes([before[at] ^ random.randrange(1, 256)]) + before[at + 1 :]


def _is_blob(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)
