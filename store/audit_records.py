"""Where the records of the audit log are, and how they are read to be sealed and verified.

On SQLite every value is read as the bytes that are stored, so that a byte that was changed is seen even where it means
the same: a space in JSON, a capital in an escape.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Dialect, Integer, LargeBinary, Text, cast
from sqlalchemy import select as select_columns
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, SQLModel, col, select

from domain.audit_record import RecordKind, canonical, commitment, erased, leaf
from store.rows import table_of
from store.tables import (
    AccessRefusalRow,
    ApprovalActRow,
    AuditLogRow,
    DecisionRow,
    EventMoveRow,
    EventRemovalRow,
    EventRow,
    LeadEventRow,
    PolicyActivationRow,
    PolicyRow,
)
from store.types import Json


@dataclass(frozen=True)
class Source:
    """A table of records: what its rows are known by, and which columns a leaf holds."""

    model: type[SQLModel]
    key: str
    columns: tuple[str, ...]
    """Those that the leaf holds as they are: written out, because a column that is added later is not in old leaves."""
    recorded: str | None
    """The column that says when a row was written, by the clock; None where there is none."""
    private: str | None = None
    """The column that may hold people's words and can be erased: a commitment stands for it."""

    @property
    def open(self) -> list[Column[Any]]:
        """The columns that the leaf holds as they are."""
        return [table_of(self.model).c[name] for name in self.columns]

    @property
    def is_there(self) -> ColumnElement[bool]:
        """Which rows of the table are records of this kind."""
        return table_of(self.model).c[self.recorded or self.key].is_not(None)


_ACTED = ("at", "recorded_at", "refusal", "facts")
_HAPPENED = ("kind", "at", "recorded_at", "actor", "decision_id")

SOURCES: Mapping[RecordKind, Source] = {
    RecordKind.EVENT: Source(EventRow, "id", ("position", "id", "customer_id", *_HAPPENED), "recorded_at", "data"),
    RecordKind.LEAD_EVENT: Source(LeadEventRow, "id", ("position", "id", "lead_id", *_HAPPENED), "recorded_at", "data"),
    RecordKind.EVENT_MOVE: Source(
        EventMoveRow, "position", ("position", "event_id", "from_id", "to_id", "at", "recorded_at"), "recorded_at"
    ),
    RecordKind.EVENT_REMOVAL: Source(
        EventRemovalRow,
        "position",
        ("position", "event_id", "customer_id", "cause", "at", "recorded_at"),
        "recorded_at",
    ),
    RecordKind.APPROVAL_ACT: Source(
        ApprovalActRow,
        "id",
        ("position", "id", "approval_id", "action", "principal", "person", "step", *_ACTED),
        "recorded_at",
        "deed",
    ),
    RecordKind.REFUSAL: Source(
        AccessRefusalRow,
        "position",
        ("position", "at", "principal", "role", "method", "route", "record", "reason"),
        "at",
    ),
    RecordKind.DECISION: Source(
        DecisionRow, "id", ("id", "kind", "customer_id", "lead_id", "policy_version", "at"), None, "trace"
    ),
    RecordKind.POLICY: Source(
        PolicyRow, "id", ("id", "version", "content", "rules", "comment", "created_at", "created_by"), "created_at"
    ),
    RecordKind.POLICY_ACTIVATION: Source(
        PolicyActivationRow, "position", ("position", "policy_id", "at", "by", "recorded_at"), "recorded_at"
    ),
    RecordKind.POLICY_WITHDRAWAL: Source(
        PolicyActivationRow, "position", ("position", "policy_id", "withdrawn_at"), "withdrawn_at"
    ),
}
"""Every kind of record. A new one also needs its triggers (``store.migrations.sealed``)."""


@dataclass(frozen=True)
class Record:
    """A record as it is stored."""

    columns: Mapping[str, Any]
    """As they were when it was recorded: an event that was moved since is shown where it was."""
    content: Any
    """Of the column that may be erased."""
    sound: bool
    """Whether every value is stored as this program writes it, and a moved event is where its moves say."""

    def commitment(self, salt: bytes | None) -> str | None:
        """To its content, computed anew; None when that cannot be, for the salt is gone and nothing says what was."""
        if (stands := erased(self.content)) is not None:
            return stands
        return None if salt is None else commitment(salt, self.content)

    def leaf(self, kind: str, committed: str | None) -> bytes:
        """The hash of its leaf."""
        return leaf(kind, self.columns, committed)


def records(session: Session, kind: RecordKind, keys: Iterable[str]) -> dict[str, Record]:
    """Those records that are there, by their keys."""
    source = SOURCES[kind]
    key = table_of(source.model).c[source.key]
    wanted = [_numbered(it) for it in keys] if isinstance(key.type, Integer) else list(keys)
    private = [table_of(source.model).c[source.private]] if source.private else []
    columns = [key, *source.open, *private]
    found = {}
    for values, sound in _rows(session, columns, source.is_there & key.in_(wanted)):
        named, *rest = values
        content = rest.pop() if private else None
        told = dict(zip((column.name for column in source.open), rest, strict=True))
        found[str(named)] = Record(columns=told, content=content, sound=sound)
    return _unmoved(session, found) if kind is RecordKind.EVENT else found


def removals_of(session: Session, event_ids: Iterable[str]) -> dict[str, set[str]]:
    """The removals that name these events, by event: their keys."""
    removals = table_of(EventRemovalRow).c
    found: dict[str, set[str]] = {}
    columns = [removals.event_id, removals.position]
    for (event_id, position), _ in _rows(session, columns, removals.event_id.in_(list(event_ids))):
        found.setdefault(event_id, set()).add(str(position))
    return found


def keys_unlogged(session: Session, kind: RecordKind) -> Sequence[str]:
    """The keys of records that the log does not have, in the table's order."""
    source = SOURCES[kind]
    key = table_of(source.model).c[source.key]
    logged = select(AuditLogRow.position).where(AuditLogRow.kind == kind, col(AuditLogRow.record) == cast(key, Text))
    statement = select_columns(cast(key, LargeBinary) if _on_sqlite(session) else key)
    rows = session.connection().execute(statement.where(source.is_there, ~logged.exists()).order_by(key))
    return [it.decode(errors="replace") if isinstance(it, bytes) else str(it) for (it,) in rows]


def values_of(
    session: Session, model: type[SQLModel], where: ColumnElement[bool], order: ColumnElement[Any], limit: int
) -> list[tuple[dict[str, Any], bool]]:
    """Rows of a table in order, each with whether every value is stored as this program writes it."""
    columns = list(table_of(model).c)
    rows = _rows(session, columns, where, order, limit)
    return [(dict(zip((column.name for column in columns), values, strict=True)), sound) for values, sound in rows]


def _rows(
    session: Session,
    columns: Sequence[Column[Any]],
    where: ColumnElement[bool],
    order: ColumnElement[Any] | None = None,
    limit: int | None = None,
) -> Iterator[tuple[list[Any], bool]]:
    raw = _on_sqlite(session)
    wanted = [cast(column, LargeBinary) for column in columns] if raw else columns
    statement = select_columns(*wanted).where(where).limit(limit)
    for row in session.connection().execute(statement if order is None else statement.order_by(order)):
        if not raw:
            yield list(row), True
            continue
        read = [_read(column, value, session.get_bind().dialect) for column, value in zip(columns, row, strict=True)]
        yield [value for value, _ in read], all(sound for _, sound in read)


def _read(column: Column[Any], raw: bytes | None, dialect: Dialect) -> tuple[Any, bool]:
    """What the bytes in a column mean, and whether this program would write just these."""
    if raw is None or isinstance(column.type, LargeBinary):
        return raw, True
    kind = column.type.dialect_impl(dialect)
    reading, writing = kind.result_processor(dialect, None), kind.bind_processor(dialect)
    try:
        text = raw.decode()
        if isinstance(column.type, Integer):
            return int(text), str(int(text)) == text
        value = reading(text) if reading else text
        if isinstance(column.type, type(Json)):
            canonical(value)
        return value, (writing(value) if writing else value) == text
    except (ValueError, OverflowError, RecursionError):
        return f"unreadable: {raw.hex()}", False


def _unmoved(session: Session, found: Mapping[str, Record]) -> dict[str, Record]:
    """Events as they were recorded, each checked against its moves."""
    moves = table_of(EventMoveRow).c
    columns = [moves.event_id, moves.from_id, moves.to_id]
    ways: dict[str, list[tuple[str, str]]] = {}
    for (event_id, *way), _ in _rows(session, columns, moves.event_id.in_(found), moves.position):
        ways.setdefault(event_id, []).append((way[0], way[1]))
    return {key: _led_back(record, ways.get(key, ())) for key, record in found.items()}


def _led_back(record: Record, way: Sequence[tuple[str, str]]) -> Record:
    here, sound = record.columns["customer_id"], record.sound
    for from_id, to_id in reversed(way):
        sound = sound and to_id == here
        here = from_id
    return Record(columns={**record.columns, "customer_id": here}, content=record.content, sound=sound)


def _numbered(key: str) -> int | None:
    """A position; None for what is none."""
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else None


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
