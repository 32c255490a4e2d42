"""Sealing: what was recorded is appended to the audit log, and the tree's new head is signed."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select, tuple_

from domain.audit_record import RecordKind, leaf
from domain.tree_head import HeadKey, TreeHead
from store.audit_records import SOURCES, Record, records, removals_of
from store.audit_tree import StoredTree, size_of
from store.database import Database
from store.rows import add
from store.tables import AuditHeadRow, AuditLogRow, AuditPendingRow

LOCK = "audit-log"
BATCH = 1000
"""Records in one transaction: tens of milliseconds, for which SQLite lets nobody else write."""
_SALT = 16
"""Bytes of chance in a commitment."""


@dataclass(frozen=True)
class Sealed:
    """What one transaction of sealing did."""

    records: int
    more: bool
    """Whether others are waiting."""


def _now() -> datetime:
    return datetime.now(UTC)


class LogCutOff(Exception):
    """Leaves that a signed head covers are gone; continuing would cover the traces."""


class Sealing:
    """Seals. Any number of processes may try at once: one does it, the others wait and find nothing to do."""

    def __init__(self, database: Database, key: HeadKey, now: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._key = key
        self._now = now

    def seal(self, most: int = BATCH) -> Sealed:
        """Seal what has been recorded, ``most`` records at once; sign the head when nothing is left.

        Everything is written in one transaction, in the order in which it was recorded. A record whose transaction
        commits late, with an earlier number, is simply sealed next time: nothing looks at numbers.

        Raises:
            LogCutOff: when a head covers more leaves than there are; nothing is sealed until somebody has looked.
        """
        with self._database.write() as session:
            self._database.lock(session, LOCK)
            waiting = session.exec(select(AuditPendingRow).order_by(col(AuditPendingRow.seq)).limit(most)).all()
            size = size_of(session)
            new = _leaves(session, waiting, size)
            tree = StoredTree(session)
            if new:
                add(session, AuditLogRow, *new)
                tree.add_tiles(size + len(new))
            done = delete(AuditPendingRow).where(col(AuditPendingRow.seq).in_([row.seq for row in waiting]))
            session.connection().execute(done)
            more = len(waiting) == most
            if not more:
                self._sign(session, tree, size + len(new))
            return Sealed(len(new), more)

    def _sign(self, session: Session, tree: StoredTree, size: int) -> None:
        last = session.exec(select(AuditHeadRow).order_by(col(AuditHeadRow.size).desc())).first()
        known = last.size if last else 0
        if size < known:
            raise LogCutOff(size, known)
        if size == known:
            return
        at = max(self._now(), last.at) if last else self._now()
        session.add(head_row(self._key.sign(size, tree.root(size), at)))


def head_row(head: TreeHead) -> AuditHeadRow:
    """A head as it is stored."""
    return AuditHeadRow(
        size=head.size,
        root=bytes.fromhex(head.root),
        at=head.at,
        key_id=head.key_id,
        signature=bytes.fromhex(head.signature),
    )


def head_of(row: AuditHeadRow) -> TreeHead:
    """A stored head."""
    return TreeHead(size=row.size, root=row.root.hex(), at=row.at, key_id=row.key_id, signature=row.signature.hex())


def _leaves(session: Session, waiting: Sequence[AuditPendingRow], size: int) -> list[dict[str, Any]]:
    """The rows of the log for these records, but for those that it has and for events that were removed meanwhile."""
    wanted = list(dict.fromkeys((row.kind, row.record) for row in waiting))
    named = tuple_(col(AuditLogRow.kind), col(AuditLogRow.record)).in_(wanted)
    there = set(session.exec(select(AuditLogRow.kind, AuditLogRow.record).where(named)).all()) if wanted else set()
    keys = defaultdict(list)
    for kind, key in wanted:
        keys[kind].append(key)
    found = {kind: records(session, RecordKind(kind), theirs) for kind, theirs in keys.items()}
    missing = set(keys[RecordKind.EVENT]).difference(found.get(RecordKind.EVENT, ()))
    passed_over = {(RecordKind.EVENT.value, event_id) for event_id in removals_of(session, missing)}
    new = [(kind, key, found[kind].get(key)) for kind, key in wanted if (kind, key) not in there | passed_over]
    return [_row(size + at, kind, key, record) for at, (kind, key, record) in enumerate(new)]


def _row(position: int, kind: str, key: str, record: Record | None) -> dict[str, Any]:
    """A leaf. Of a record that somebody took away before it was sealed it says just that."""
    private = record is not None and SOURCES[RecordKind(kind)].private is not None
    salt = os.urandom(_SALT) if private else None
    committed = record.commitment(salt) if record and private else None
    hashed = record.leaf(kind, committed) if record else leaf(kind, None, None)
    row = {"position": position, "kind": kind, "record": key, "leaf": hashed}
    return {**row, "commitment": committed, "salt": salt}
