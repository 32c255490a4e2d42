"""Sealing: everything is sealed once, in order, whoever commits late and however many processes seal."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from domain.audit_record import RecordKind
from domain.merkle import root, subtree_of
from store.audit_sealing import LogCutOff, Sealing
from store.audit_tree import TILE, StoredTree
from store.database import Database
from store.rows import add
from store.tables import AuditHeadRow, AuditLogRow, AuditPendingRow, AuditTileRow, EventRow
from tests.auditing import KEY, NOW, heads_of, record, seal, verified
from tests.databases import at_once, tampering


def log_of(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.exec(select(AuditLogRow).order_by(col(AuditLogRow.position)))
        return [(row.kind, row.record) for row in rows]


def event(session: Session, name: str) -> None:
    row = {"customer_id": "cus_1", "kind": "claimed", "at": NOW, "recorded_at": NOW, "actor": "li.wei"}
    add(session, EventRow, {**row, "id": name, "decision_id": None, "data": {}})


def test_records_are_sealed_in_the_order_of_recording_once(database: Database) -> None:
    record(database, count=2)
    seal(database)
    seal(database)
    log = log_of(database)
    assert log[:3] == [("decision", "dec_0"), ("event", "evt_0"), ("lead_event", "lead_0:asked:li.na")]
    assert log[-1][0] == RecordKind.POLICY_WITHDRAWAL
    assert len(set(log)) == len(log) == 2 * 7 + 1
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(AuditPendingRow)).one() == 0


def test_a_head_covers_everything_that_was_there(database: Database) -> None:
    record(database, count=3)
    sealing = Sealing(database, KEY, now=lambda: NOW)
    assert sealing.seal(most=10).more
    assert heads_of(database) == []
    assert sealing.seal(most=10).more
    assert not sealing.seal(most=10).more
    (head,) = heads_of(database)
    assert (head.size, head.at) == (22, NOW)
    assert KEY.public.signed(head)
    assert not sealing.seal().records
    assert len(heads_of(database)) == 1


def test_time_does_not_go_back_in_heads(database: Database) -> None:
    record(database, count=1)
    seal(database, NOW)
    record(database, 1, 1)
    seal(database, NOW - timedelta(hours=1))
    assert [head.at for head in heads_of(database)] == [NOW, NOW]


def test_tiles_are_kept_and_give_the_same_hashes(database: Database) -> None:
    record(database, count=80)
    seal(database, most=100)
    with database.read() as session:
        leaves = list(session.exec(select(AuditLogRow.leaf).order_by(col(AuditLogRow.position))))
        tiles = session.exec(select(func.count()).select_from(AuditTileRow)).one()
        tree, plain = StoredTree(session), subtree_of(leaves)
        assert tiles == len(leaves) // TILE == 2
        for size in (1, 2, 255, 256, 257, 300, 512, 513, len(leaves)):
            assert tree.root(size) == root(size, plain), size
        assert tree.subtree(256, 384) == plain(256, 384)
    assert not verified(database).findings


def test_a_record_that_is_committed_late_is_sealed(database: Database) -> None:
    """Its number is lower than that of one that is sealed already; on SQLite it would have to wait."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    with database.write() as slow:
        event(slow, "early")
        slow.flush()
        with database.write() as fast:
            event(fast, "late")
        seal(database)
        assert log_of(database) == [("event", "late")]
    seal(database)
    assert log_of(database) == [("event", "late"), ("event", "early")]
    assert not verified(database).findings


def test_what_is_rolled_back_leaves_nothing_to_seal(database: Database) -> None:
    class Stop(Exception):
        """The transaction fails."""

    with pytest.raises(Stop), database.write() as session:
        event(session, "never")
        raise Stop
    seal(database)
    assert log_of(database) == []


def test_processes_that_seal_at_once_seal_once(database: Database) -> None:
    record(database, count=20)
    sealing = [Sealing(database, KEY, now=lambda: NOW) for _ in range(4)]
    at_once([lambda one=one: one.seal(most=60) for one in sealing])  # type: ignore[misc]
    seal(database)
    assert len(log_of(database)) == 20 * 7 + 7 + 5
    assert not verified(database).findings


def test_a_record_that_vanished_before_it_was_sealed_is_told_of(database: Database) -> None:
    record(database, count=1)
    with tampering(database) as session:
        session.connection().exec_driver_sql("DELETE FROM events WHERE id = 'evt_0'")
    seal(database)
    (finding,) = verified(database).findings
    assert (finding.fault, finding.record) == ("record_deleted", "evt_0")


def test_nothing_is_sealed_over_a_log_that_was_cut_off(database: Database) -> None:
    record(database)
    seal(database)
    with tampering(database) as session:
        session.connection().exec_driver_sql("DELETE FROM audit_log WHERE position > 3")
    record(database, 6, 2)
    with pytest.raises(LogCutOff):
        Sealing(database, KEY).seal()
    assert len(log_of(database)) == 4
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(AuditHeadRow)).one() == 1
