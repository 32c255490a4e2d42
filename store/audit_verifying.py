"""Verifying the audit log: records against leaves, leaves against signed heads, heads against what was published."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import true
from sqlmodel import Session

from domain.audit_finding import Fault, Finding
from domain.audit_record import RecordKind, erased
from domain.merkle import Growing
from domain.tree_head import PublicKey, TreeHead
from store.audit_heads import Heads, Published, check_heads
from store.audit_records import SOURCES, Record, keys_unlogged, records, removals_of, values_of
from store.audit_tree import TILE
from store.database import Database
from store.rows import table_of
from store.tables import AuditLogRow, AuditPendingRow, AuditTileRow

BATCH = 1000
GRACE = timedelta(hours=2)
"""By how much clocks may differ and transactions take, before a record that comes late is told of as backdated."""
_KINDS = frozenset(RecordKind)
_Named = tuple[RecordKind, str]


@dataclass(frozen=True)
class Verified:
    """What there is, and everything that is wrong with it, the first in the log first."""

    leaves: int
    heads: int
    published: int
    erased: int
    """Records whose content was erased, which their commitments stand for."""
    waiting: int
    """Records that are still to be sealed: nothing is known of them."""
    unsigned: int
    """Leaves that no head covers yet."""
    findings: Sequence[Finding]


def verify(database: Database, keys: Sequence[PublicKey], published: Published) -> Verified:
    """Check everything, at one instant.

    Args:
        database: what is verified.
        keys: whose signatures count.
        published: what was told to a place outside the database.
    """
    with database.read() as session:
        return verify_in(session, keys, published)


def verify_in(session: Session, keys: Sequence[PublicKey], published: Published) -> Verified:
    """The same within a transaction."""
    heads = check_heads(session, keys, published)
    walk = _Walk(session, heads)
    walk.all()
    last = max((size for size in heads.roots if size <= walk.size), default=0)
    return Verified(
        leaves=walk.size,
        heads=heads.stored,
        published=heads.published,
        erased=walk.erased,
        waiting=len(walk.pending),
        unsigned=walk.size - last,
        findings=sorted([*heads.findings, *walk.findings], key=lambda it: it.rank),
    )


@dataclass
class _Entry:
    """A leaf of the log beside the record that it is of."""

    row: Mapping[str, Any]
    sound: bool
    record: Record | None
    removed: bool
    """Whether a removal that came in by the way by which records come names it."""
    computed: bytes | None = None

    @property
    def position(self) -> int:
        return int(self.row["position"])


class _Walk:
    """One pass over the log from its beginning."""

    def __init__(self, session: Session, heads: Heads) -> None:
        self._session = session
        self._heads = heads
        self.findings: list[Finding] = []
        self.erased = 0
        self.size = 0
        self._stored, self._computed = Growing(), Growing()
        self._whole = True
        """Whether every entry so far is there and the last head was met, so that heads can still be checked."""
        self._head: TreeHead | None = None
        self._differing: list[_Entry] = []
        self._tile = Growing()
        tiles = values_of(session, AuditTileRow, true(), table_of(AuditTileRow).c.number, 2**31)
        self._tiles = {row["number"]: row["hash"] for row, sound in tiles if sound}
        waiting = values_of(session, AuditPendingRow, true(), table_of(AuditPendingRow).c.seq, 2**31)
        self.pending = {(row["kind"], row["record"]) for row, _ in waiting}
        self._unlogged: dict[_Named, Record | None] = {}
        for kind in RecordKind:
            keys = [key for key in keys_unlogged(session, kind) if (kind, key) not in self.pending]
            there = records(session, kind, keys[:BATCH])
            self._unlogged |= {(kind, key): there.get(key) for key in keys}

    def all(self) -> None:
        """From the first entry to the last, and what has no entry."""
        for entry in self._entries():
            self._follow(entry)
        self._settle(Fault.RECORD_EDITED)
        self.findings += [Finding(Fault.RECORD_INSERTED, kind=kind, record=key) for kind, key in self._unlogged]
        missing = max(self._heads.roots, default=0)
        if missing > self.size:
            self.findings.append(Finding(Fault.LOG_CUT_OFF, self.size, until=missing))
        self.findings += [Finding(Fault.TILE_EDITED, number * TILE) for number in self._tiles]

    def _entries(self) -> Iterator[_Entry]:
        last = -1
        position = table_of(AuditLogRow).c.position
        while rows := values_of(self._session, AuditLogRow, position > last, position, BATCH):
            keys: dict[str, list[str]] = defaultdict(list)
            for row, _ in rows:
                keys[row["kind"]].append(row["record"])
            found = {it: records(self._session, RecordKind(it), theirs) for it, theirs in keys.items() if it in _KINDS}
            removed = self._removed(keys[RecordKind.EVENT])
            for row, sound in rows:
                gone = row["kind"] == RecordKind.EVENT and row["record"] in removed
                yield _Entry(row, sound, found.get(row["kind"], {}).get(row["record"]), gone)
            last = rows[-1][0]["position"]

    def _removed(self, event_ids: Sequence[str]) -> frozenset[str]:
        named = removals_of(self._session, event_ids).items()
        return frozenset(
            event_id
            for event_id, removals in named
            if any((RecordKind.EVENT_REMOVAL, key) not in self._unlogged for key in removals)
        )

    def _follow(self, entry: _Entry) -> None:
        if entry.position != self.size:
            self.findings.append(Finding(Fault.ENTRY_DELETED, self.size, until=entry.position))
            self._whole = False
        self.size = entry.position + 1
        self._check(entry)
        stored = entry.row["leaf"]
        self._stored.add(stored)
        self._computed.add(entry.computed or stored)
        if entry.computed is not None and entry.computed != stored:
            self._differing.append(entry)
        self._tell_backdated(entry)
        self._check_tile(stored)
        head = self._heads.roots.get(self.size)
        if head is not None:
            self._meet(head)

    def _check(self, entry: _Entry) -> None:
        """The entry and its record, each for itself and against each other."""
        row, record = entry.row, entry.record
        if not entry.sound or row["kind"] not in _KINDS:
            self._find(Fault.ENTRY_EDITED, entry)
            return
        kind = RecordKind(row["kind"])
        if record is None and entry.removed:
            return
        if record is None:
            self._find(Fault.ENTRY_EDITED if self._known_otherwise(row) else Fault.RECORD_DELETED, entry)
            return
        if entry.removed:
            self._find(Fault.RECORD_INSERTED, entry)
        entry.computed = record.leaf(kind, row["commitment"])
        if not record.sound:
            self._find(Fault.RECORD_EDITED, entry)
        elif SOURCES[kind].private:
            self.erased += erased(record.content) is not None
            committed = record.commitment(row["salt"])
            if committed != row["commitment"]:
                # The leaf tells which of the two is what it was.
                genuine = entry.computed == row["leaf"]
                self._find(Fault.RECORD_EDITED if genuine else Fault.ENTRY_EDITED, entry)
                entry.computed = row["leaf"]

    def _known_otherwise(self, row: Mapping[str, Any]) -> bool:
        """Whether the leaf is of a record that the entry does not name."""
        for (kind, key), record in self._unlogged.items():
            if record is not None and record.leaf(kind, row["commitment"]) == row["leaf"]:
                del self._unlogged[kind, key]
                return True
        return False

    def _meet(self, head: TreeHead) -> None:
        """Compare with a signed head; by it one knows whether records or entries are what they were."""
        wanted = bytes.fromhex(head.root)
        if self._whole and self._stored.root == wanted:
            self._settle(Fault.RECORD_EDITED)
            self._computed = self._stored.copy()
        elif self._whole and self._computed.root == wanted:
            self._settle(Fault.ENTRY_EDITED)
            self._stored = self._computed.copy()
        else:
            if self._whole:
                begin = self._head.size if self._head else 0
                self.findings.append(Finding(Fault.ENTRIES_CHANGED, begin, until=head.size))
            self._whole = False
            self._settle(Fault.RECORD_EDITED)
        self._head = head

    def _settle(self, fault: Fault) -> None:
        for entry in self._differing:
            self._find(fault, entry)
        self._differing.clear()

    def _tell_backdated(self, entry: _Entry) -> None:
        kind = entry.row["kind"]
        if self._head is None or entry.record is None or (column := SOURCES[RecordKind(kind)].recorded) is None:
            return
        recorded = entry.record.columns[column]
        if entry.record.sound and recorded < self._head.at - GRACE:
            self._find(Fault.RECORD_BACKDATED, entry)

    def _check_tile(self, leaf: bytes) -> None:
        self._tile.add(leaf)
        if self._tile.size == TILE:
            number = self.size // TILE - 1
            if self._tiles.pop(number, None) != self._tile.root and self._whole:
                self.findings.append(Finding(Fault.TILE_EDITED, number * TILE))
            self._tile = Growing()

    def _find(self, fault: Fault, entry: _Entry) -> None:
        kind = entry.row["kind"]
        known = RecordKind(kind) if kind in _KINDS else None
        found = Finding(fault, entry.position, known, str(entry.row["record"]))
        if found not in self.findings:
            self.findings.append(found)
