"""Proofs of inclusion and of consistency out of the audit log, and the list of its heads."""

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from domain.audit_proof import ConsistencyProof, InclusionProof
from domain.audit_record import RecordKind, canonical
from domain.merkle import consistency_proof, inclusion_proof
from domain.tree_head import TreeHead
from store.audit_records import records
from store.audit_sealing import head_of
from store.audit_tree import StoredTree
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.keyset import page_of
from store.tables import AuditHeadRow, AuditLogRow


class AuditProofs:
    """Reads the log. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self, after: int | None, limit: int) -> list[TreeHead]:
        """A page of heads, the newest first, and one more when there are more."""
        by = (col(AuditHeadRow.size),)
        with self._database.read() as session:
            start = None if after is None else (after,)
            rows: Sequence[AuditHeadRow] = session.exec(
                page_of(select(AuditHeadRow), by, start, limit, descending=True)
            ).all()
            return [head_of(row) for row in rows]

    def newest(self) -> TreeHead | None:
        """The newest head; None before the first."""
        return next(iter(self.heads(None, 1)), None)

    def inclusion(self, kind: RecordKind, record: str) -> InclusionProof:
        """That a record is in the log under the newest head.

        Raises:
            NotFound: when the log has no such record under a head; what was recorded last is sealed before long.
        """
        theirs = select(AuditLogRow).where(AuditLogRow.kind == kind, AuditLogRow.record == record)
        with self._database.read() as session:
            row = session.exec(theirs).first()
            head = session.exec(select(AuditHeadRow).order_by(col(AuditHeadRow.size).desc())).first()
            if row is None or head is None or row.position >= head.size:
                raise NotFound
            found = records(session, kind, [record]).get(record)
            path = inclusion_proof(row.position, head.size, StoredTree(session).subtree)
            return InclusionProof(
                kind=kind,
                record=record,
                columns=_plain(found.columns) if found else None,
                content=found.content if found else None,
                salt=row.salt.hex() if row.salt else None,
                commitment=row.commitment,
                position=row.position,
                path=tuple(it.hex() for it in path),
                head=head_of(head),
            )

    def consistency(self, old: int, new: int | None) -> ConsistencyProof:
        """That the log under one head begins with the log under an earlier one.

        Args:
            old: the earlier head's size.
            new: the later head's size; the newest one's unless given.

        Raises:
            UnusableReference: when there is no head of such a size, or the later one is not later.
        """
        with self._database.read() as session:
            first, last = _head(session, old, "from"), _head(session, new, "to")
            if last.size < first.size:
                raise UnusableReference("to", "head_earlier", str(last.size))
            path = consistency_proof(first.size, last.size, StoredTree(session).subtree)
            return ConsistencyProof(old=first, new=last, path=tuple(it.hex() for it in path))


def _head(session: Session, size: int | None, field: str) -> TreeHead:
    newest = select(AuditHeadRow).order_by(col(AuditHeadRow.size).desc())
    row = session.exec(newest if size is None else newest.where(AuditHeadRow.size == size)).first()
    if row is None:
        raise UnusableReference(field, "head_unknown", str(size))
    return head_of(row)


def _plain(columns: object) -> dict[str, object]:
    """Columns as JSON has them, instants as they are hashed."""
    return dict(TypeAdapter(dict[str, object]).validate_json(canonical(columns)))
