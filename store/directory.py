"""What reps, teams and regions have in common: being listed, found, created once, changed one at a time.

Every change holds the lock ``reps``, which assignment holds shared (``store.rotation``): nobody who is leaving is given
a customer at that moment, and no two changes cross.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.database import Database
from store.errors import AlreadyExists, NotFound, UnusableReference
from store.idempotency import Mark, remember
from store.keyset import page_of
from store.tables import RegionRow, RepRow, TeamRow

Row = TypeVar("Row", RegionRow, TeamRow, RepRow)
VersionCheck = Callable[[int], None]
"""Raises when a row's version is not one that the caller saw."""


@contextmanager
def changing(database: Database) -> Iterator[Session]:
    """A write transaction that has the directory to itself."""
    with database.write() as session:
        database.lock(session, "reps")
        yield session


def listed(table: type[Row], only: Mapping[str, Any]) -> SelectOfScalar[Row]:
    """The rows with these values; None means any."""
    return select(table).filter_by(**{name: value for name, value in only.items() if value is not None})


def paged(
    session: Session, statement: SelectOfScalar[Row], table: type[Row], after: Sequence[str] | None, limit: int
) -> Sequence[Row]:
    """A page of rows by id, and one more when there are more."""
    return session.exec(page_of(statement, (col(table.id),), after, limit)).all()


def found(session: Session, table: type[Row], row_id: str) -> Row:
    """One row.

    Raises:
        NotFound: when there is none.
    """
    row = session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


def made_before(database: Database, session: Session, table: type[Row], row_id: str, mark: Mark | None) -> Row | None:
    """The row when the same request made it already, None when it is still to be made.

    Raises:
        AlreadyExists: when somebody else made it, or there is no telling for lack of a key.
        KeyReused: when the key came with another request.
    """
    repeat = mark is not None and remember(database, session, mark)
    row = session.get(table, row_id)
    if row is not None and not repeat:
        raise AlreadyExists
    return row


def change(row: Row, fields: Mapping[str, Any]) -> Row:
    """Set fields; the version counts only what really changes."""
    changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += bool(changes)
    return row


def require(session: Session, table: type[Row], row_id: str | None, field: str, kind: str) -> None:
    """Refuse a field that names something unknown or inactive; None names nothing.

    Raises:
        UnusableReference: ``<kind>_unknown`` or ``<kind>_inactive``.
    """
    if row_id is None:
        return
    row = session.get(table, row_id)
    if row is None or not row.active:
        raise UnusableReference(field, f"{kind}_inactive" if row else f"{kind}_unknown", row_id)
