"""Erasing the words in a record so that the log still verifies: what was sealed of them takes their place."""

from sqlalchemy import update
from sqlmodel import Session, select

from domain.audit_record import ERASED, RecordKind
from store.audit_records import SOURCES
from store.errors import NotFound
from store.rows import table_of
from store.tables import AuditLogRow


def erase(session: Session, kind: RecordKind, key: str) -> None:
    """Destroy the content of a sealed record, and the salt without which its commitment tells nothing.

    Raises:
        NotFound: when there is no such record that holds words and is sealed.
    """
    source = SOURCES[kind]
    theirs = select(AuditLogRow).where(AuditLogRow.kind == kind, AuditLogRow.record == key)
    row = session.exec(theirs).first()
    if row is None or row.commitment is None or source.private is None:
        raise NotFound
    table = table_of(source.model)
    stands = {source.private: {ERASED: row.commitment}}
    session.connection().execute(update(table).where(table.c[source.key] == key).values(stands))
    row.salt = None
