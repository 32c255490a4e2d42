"""Every change of what was sealed is found, and said to be what it is, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.audit_finding import Change, Fault
from domain.audit_record import RecordKind
from store.audit_tree import TILE
from store.database import Database
from tests.auditing import (
    NOW,
    heads_of,
    lines_of,
    record,
    remove,
    seal,
    verified,
)
from tests.chaos.flips import missed
from tests.databases import tampering

TRIES = 50
DAY = timedelta(days=1)


@pytest.fixture
def sealed(database: Database) -> Database:
    """Records of every kind under two heads."""
    record(database)
    seal(database)
    record(database, 6, at=NOW + DAY)
    seal(database, NOW + DAY)
    return database


def tamper(database: Database, *statements: str, **facts: int) -> None:
    with tampering(database) as session:
        for statement in statements:
            session.connection().execute(text(statement), facts)


def faults(database: Database, lines: list[str] | None = None) -> list[tuple[Fault, int | None, str | None]]:
    findings = verified(database, lines or ()).findings
    return [(it.fault, it.position, it.record) for it in findings]


def position_of(database: Database, kind: RecordKind, key: str) -> int:
    with database.read() as session:
        found = session.connection().execute(
            text("SELECT position FROM audit_log WHERE kind = :kind AND record = :key"), {"kind": kind, "key": key}
        )
        return int(found.scalar_one())


def test_what_nobody_touched_is_sound(sealed: Database) -> None:
    shown = verified(sealed, lines_of(sealed))
    assert not shown.findings
    assert (shown.heads, shown.published, shown.waiting, shown.unsigned, shown.erased) == (2, 2, 0, 0, 0)
    assert shown.leaves == 12 * 7 + 4 + 3  # with the withdrawals and the moves


def test_an_edit_is_told_from_an_edit_of_the_log(sealed: Database) -> None:
    at = position_of(sealed, RecordKind.EVENT, "evt_4")
    tamper(sealed, "UPDATE events SET actor = 'wang.fang' WHERE id = 'evt_4'")
    assert faults(sealed) == [(Fault.RECORD_EDITED, at, "evt_4")]
    tamper(sealed, "UPDATE events SET actor = 'li.wei' WHERE id = 'evt_4'")
    assert faults(sealed) == []
    tamper(
        sealed,
        "UPDATE audit_log SET leaf = (SELECT leaf FROM audit_log WHERE position = 0) WHERE position = :at",
        at=at,
    )
    assert faults(sealed) == [(Fault.ENTRY_EDITED, at, "evt_4")]


def test_a_deletion_is_named(sealed: Database) -> None:
    at = position_of(sealed, RecordKind.APPROVAL_ACT, "act_3")
    tamper(sealed, "DELETE FROM approval_acts WHERE id = 'act_3'")
    (finding,) = verified(sealed).findings
    assert (finding.fault, finding.position, finding.kind) == (Fault.RECORD_DELETED, at, RecordKind.APPROVAL_ACT)
    assert finding.fault.change is Change.DELETION
    tamper(sealed, "DELETE FROM audit_log WHERE position = :at", at=at)
    (finding,) = verified(sealed).findings
    assert (finding.fault, finding.position, finding.until) == (Fault.ENTRY_DELETED, at, at + 1)


def test_a_deletion_that_numbers_the_log_anew_is_found_between_two_heads(sealed: Database) -> None:
    first, second = heads_of(sealed)
    at = position_of(sealed, RecordKind.EVENT, "evt_7")
    tamper(
        sealed,
        "DELETE FROM events WHERE id = 'evt_7'",
        "DELETE FROM audit_log WHERE position = :at",
        "UPDATE audit_log SET position = -position WHERE position > :at",
        "UPDATE audit_log SET position = -position - 1 WHERE position < 0",
        at=at,
    )
    (finding,) = verified(sealed).findings
    assert (finding.fault, finding.position, finding.until) == (Fault.LOG_CUT_OFF, second.size - 1, second.size)
    tamper(sealed, "DELETE FROM audit_heads WHERE size = :size", size=second.size)
    record(sealed, 12, 1, at=NOW + DAY)
    seal(sealed, NOW + DAY)
    assert not verified(sealed).findings  # the database alone cannot tell any more
    found = verified(sealed, [first.line, second.line]).findings
    assert (Fault.ENTRIES_CHANGED, first.size, second.size) in [(it.fault, it.position, it.until) for it in found]


FORGED = (
    "INSERT INTO event_removals (event_id, customer_id, cause, at, recorded_at) "
    "VALUES ('evt_4', 'cus_1', 'imp_x', '2026-11-26 02:30:00.000000{0}', '2026-11-26 02:30:00.000000{0}')"
)


def forged(database: Database) -> str:
    return FORGED.format("" if database.is_sqlite else "+00")


def test_what_the_undoing_of_an_import_took_back_is_sound(sealed: Database) -> None:
    with sealed.write() as session:
        remove(session, "evt_4", NOW + DAY)
    assert not verified(sealed).findings
    seal(sealed, NOW + DAY)
    assert not verified(sealed, lines_of(sealed)).findings


def test_a_forged_removal_excuses_no_deletion(sealed: Database) -> None:
    at = position_of(sealed, RecordKind.EVENT, "evt_4")
    tamper(sealed, forged(sealed), "DELETE FROM events WHERE id = 'evt_4'")
    with sealed.read() as session:
        (removal,) = session.connection().execute(text("SELECT position FROM event_removals WHERE cause = 'imp_x'"))
    expected = [(Fault.RECORD_DELETED, at, "evt_4"), (Fault.RECORD_INSERTED, None, str(removal.position))]
    assert faults(sealed) == expected
    seal(sealed, NOW + DAY)
    assert faults(sealed, lines_of(sealed)) == expected


def test_a_removal_that_came_in_as_the_product_writes_it_is_sealed_and_excuses(sealed: Database) -> None:
    with sealed.write() as session:
        session.connection().execute(text(forged(sealed)))
        session.connection().execute(text("DELETE FROM events WHERE id = 'evt_4'"))
    seal(sealed, NOW + DAY)
    assert not verified(sealed).findings
    tamper(sealed, "DELETE FROM event_removals WHERE cause = 'imp_x'")
    assert {(fault, key) for fault, _, key in faults(sealed)} >= {(Fault.RECORD_DELETED, "evt_4")}
    assert len(faults(sealed)) == 2


def test_an_event_that_is_there_although_it_was_removed_is_an_insertion(sealed: Database) -> None:
    at = position_of(sealed, RecordKind.EVENT, "evt_4")
    with sealed.write() as session:
        session.connection().execute(text(forged(sealed)))
    seal(sealed, NOW + DAY)
    assert faults(sealed) == [(Fault.RECORD_INSERTED, at, "evt_4")]


def test_an_insertion_is_named(sealed: Database) -> None:
    inserted = (
        "INSERT INTO decisions (id, kind, policy_version, at, trace) "
        "VALUES ('dec_x', 'claimed', '1+0', '2026-11-25 02:30:00+00', '{}')"
    )
    tamper(sealed, inserted.replace("+00'", "'") if sealed.is_sqlite else inserted)
    (finding,) = verified(sealed).findings
    assert (finding.fault, finding.record, finding.position) == (Fault.RECORD_INSERTED, "dec_x", None)
    assert finding.fault.change is Change.INSERTION


def test_a_record_that_claims_to_be_older_than_a_head_without_it_is_told_of(sealed: Database) -> None:
    record(sealed, 20, 1, at=NOW - DAY)
    seal(sealed, NOW + 2 * DAY)
    found = {(it.fault, it.kind) for it in verified(sealed).findings}
    assert {fault for fault, _ in found} == {Fault.RECORD_BACKDATED}
    assert RecordKind.EVENT in {kind for _, kind in found}


def test_a_tail_that_was_cut_off_is_told_by_the_published_heads(sealed: Database) -> None:
    lines, (first, second) = lines_of(sealed), heads_of(sealed)
    tamper(
        sealed,
        "DELETE FROM audit_log WHERE position >= :first",
        "DELETE FROM audit_heads WHERE size = :second",
        "DELETE FROM events WHERE at > '2026-11-26'",
        first=first.size,
        second=second.size,
    )
    findings = verified(sealed, lines).findings
    assert (findings[0].fault, findings[0].position) == (Fault.LOG_CUT_OFF, first.size)
    assert findings[0].until == second.size
    assert findings[0].fault.change is Change.CUT_OFF


def test_published_heads_that_differ_or_lack_are_told_of(sealed: Database) -> None:
    first, second = lines_of(sealed)
    assert faults(sealed, [second]) == [(Fault.PUBLISHED_CUT_OFF, heads_of(sealed)[0].size, None)]
    assert faults(sealed, [first.replace("2026", "2027"), second])[0][0] is Fault.PUBLISHED_CUT_OFF
    assert [it[0] for it in faults(sealed, ["{}", first, second])] == [Fault.PUBLISHED_EDITED]
    assert [it[0] for it in faults(sealed, [f" {first}", first, second])] == [Fault.PUBLISHED_EDITED]


def test_a_key_that_nobody_named_counts_for_nothing(sealed: Database) -> None:
    tamper(sealed, "UPDATE audit_heads SET key_id = '0000000000000000'")
    assert {it[0] for it in faults(sealed)} == {Fault.HEAD_OF_UNKNOWN_KEY}


def test_tiles_are_checked(database: Database) -> None:
    record(database, count=60)
    seal(database)
    assert not verified(database).findings
    tamper(database, "DELETE FROM audit_tiles WHERE number = 0")
    assert faults(database) == [(Fault.TILE_EDITED, 0, None)]
    assert TILE == 256


def test_one_flipped_byte_is_found(database: Database) -> None:
    """Of any value of any record, leaf, tile or head; the same seed tries the same."""
    assert missed(database, TRIES, 20261125) == []
    assert not verified(database, lines_of(database)).findings
