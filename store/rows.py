"""Writing rows without the ORM's bookkeeping, which costs several times the write itself on the way of every lead."""

from functools import cache
from types import ModuleType
from typing import Any

from sqlalchemy import Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a SQLModel class."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def add(session: Session, model: type[SQLModel], *rows: dict[str, Any]) -> None:
    """Insert rows, each with every column that has no default in the database."""
    session.connection().execute(_insert(model), list(rows))


def add_missing(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Insert those rows that break no unique rule of the table, and leave what stands there."""
    if rows:
        connection = session.connection()
        connection.execute(_insert_missing(model, connection.dialect.name), rows)


def upsert(session: Session, model: type[SQLModel], row: dict[str, Any], *, keep: frozenset[str] = frozenset()) -> None:
    """Insert a row, or replace the one with the same primary key, but for the columns to ``keep``."""
    connection = session.connection()
    connection.execute(_upsert(model, connection.dialect.name, frozenset(row), keep), row)


@cache
def _insert(model: type[SQLModel]) -> Insert:
    return insert(table_of(model))


@cache
def _insert_missing(model: type[SQLModel], dialect: str) -> Insert:
    statement: Insert = dialect_of(dialect).insert(table_of(model)).on_conflict_do_nothing()
    return statement


@cache
def _upsert(model: type[SQLModel], dialect: str, names: frozenset[str], keep: frozenset[str]) -> Insert:
    table = table_of(model)
    keys = [column.name for column in table.primary_key]
    into = dialect_of(dialect).insert(table)
    changed = {name: into.excluded[name] for name in names - keep - set(keys)}
    statement: Insert = into.on_conflict_do_update(index_elements=keys, set_=changed)
    return statement


def dialect_of(name: str) -> ModuleType:
    """The constructs of SQLAlchemy that a database has for itself."""
    return sqlite if name == "sqlite" else postgresql
