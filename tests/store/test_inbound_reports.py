"""Reports in the database: taken in once, tried in turn, ever more slowly, each by one process at a time."""

from datetime import timedelta

import pytest

from domain.inbound.becoming import Becoming, Outcome, Reason
from domain.inbound.reported import CallEnded, CallStarted, Direction, EmailSeen
from store.database import Database
from store.errors import AlreadyExists, NotFound
from store.inbound import LEASE, InboundReports, settle
from store.sealing import Seal
from store.tables import InboundReportRow
from tests.databases import at_once
from tests.examples import AT, IDS

SECOND = timedelta(seconds=1)


@pytest.fixture
def reports(database: Database) -> InboundReports:
    return InboundReports(database, IDS)


def ended(name: str = "c1") -> CallEnded:
    return CallEnded(source_id=name, caller="13800138000", called="8001", direction=Direction.INBOUND, answered=True)


def test_once_however_many_take_it_in_at_once(reports: InboundReports) -> None:
    taken = at_once([lambda: reports.take_in("con_1", [ended(), ended("c2")], AT)] * 6)
    assert len({tuple(ids) for ids, _ in taken}) == 1
    assert len(reports.claim(AT, 100)) == 2


def test_a_message_is_the_same_for_every_connector_and_a_call_is_not(reports: InboundReports) -> None:
    seen = EmailSeen(source_id="m1", theirs="wang@example.com", direction=Direction.INBOUND)
    assert reports.take_in("con_1", [seen], AT)[0] == reports.take_in("con_2", [seen], AT)[0]
    assert reports.take_in("con_1", [ended()], AT)[0] != reports.take_in("con_2", [ended()], AT)[0]


def test_both_ends_of_a_call_have_one_thread(reports: InboundReports) -> None:
    start = CallStarted(source_id="c1", caller="13800138000", called="8001", direction=Direction.INBOUND)
    reports.take_in("con_1", [start, ended(), ended("c2")], AT)
    assert len({row.thread for row in reports.claim(AT, 10)}) == 2


def test_the_oldest_come_first_and_each_to_one_process(reports: InboundReports) -> None:
    for at in range(6):
        reports.take_in("con_1", [ended(f"c{at}")], AT + at * SECOND)
    first = reports.claim(AT + 10 * SECOND, 2)
    assert [row.content["source_id"] for row in first] == ["c0", "c1"]
    rest = at_once([lambda: reports.claim(AT + 10 * SECOND, 10)] * 3)
    assert sorted(row.content["source_id"] for rows in rest for row in rows) == ["c2", "c3", "c4", "c5"]
    assert reports.claim(AT + 10 * SECOND, 10) == []
    assert len(reports.claim(AT + 10 * SECOND + LEASE, 10)) == 6


def test_what_fails_is_tried_ever_more_slowly_and_for_ever(reports: InboundReports) -> None:
    ((report_id,), _) = reports.take_in("con_1", [ended()], AT)
    now, waits = AT, []
    for _ in range(12):
        (row,) = reports.claim(now, 1)
        reports.postpone(report_id, now)
        waits.append((reports.get(report_id).next_at - now).total_seconds())
        now = reports.get(report_id).next_at
        assert row.id == report_id
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def _become(database: Database, report_id: str, outcome: Outcome) -> None:
    with database.write() as session:
        row = session.get_one(InboundReportRow, report_id)
        settle(row, Becoming(outcome, Reason.NOBODY_KNOWN, candidates=("cus_1",)), AT)


def test_what_was_said_is_kept_only_for_who_must_look_at_it(database: Database, reports: InboundReports) -> None:
    ids, _ = reports.take_in("con_1", [ended(), ended("c2")], AT)
    _become(database, ids[0], Outcome.UNMATCHED)
    _become(database, ids[1], Outcome.TOUCH)
    assert [reports.get(it).content == {} for it in ids] == [False, True]
    assert [row.id for row in reports.unmatched(None, 10)] == ids[:1]
    assert reports.claim(AT + LEASE * 2, 10) == []


def test_one_word_counts(database: Database, reports: InboundReports) -> None:
    ((report_id,), _) = reports.take_in("con_1", [ended()], AT)
    with pytest.raises(AlreadyExists):
        reports.resolve(report_id, {"becomes": "lead"}, AT)
    _become(database, report_id, Outcome.UNMATCHED)

    def say(word: str) -> str:
        try:
            reports.resolve(report_id, {"becomes": word}, AT)
        except AlreadyExists:
            return "refused"
        return word

    said = at_once([lambda: say("lead"), lambda: say("customer")])
    assert max(said) == "refused"
    assert len(reports.claim(AT, 10)) == 1
    with pytest.raises(NotFound):
        reports.resolve("inb_none", {}, AT)


def test_a_seal_opens_with_its_own_key_only() -> None:
    seal, other = Seal(IDS.key("connectors")), Seal(IDS.key("other"))
    closed = seal.close("密码 pass")
    assert seal.open(closed) == "密码 pass"
    assert closed != seal.close("密码 pass")
    assert other.open(closed) is None
    assert seal.open(closed[:-4]) is None
    assert seal.open("") is None
