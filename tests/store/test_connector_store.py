"""Connectors, reps' lines, places in mailboxes and scenes on both databases."""

from datetime import timedelta

import pytest

from domain.inbound.becoming import Outcome, Who
from domain.inbound.connectors import Connector
from domain.inbound.mailbox import MailboxConnector
from domain.inbound.reported import CallEnded, CallStarted, Direction, Reported
from domain.inbound.standard import StandardConnector
from store.connectors import Connectors
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.inbound import InboundReports
from store.inbound_scene import scene_of
from store.intake import Intake
from store.mailboxes import LEASE, Mailboxes
from store.rep_lines import RepLines, reps_at
from store.tables import ConnectorRow, InboundReportRow, RepRow
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, ZHANG, employ, firm, lead, registration

MAILBOX = MailboxConnector(host="imap.example.com", user="sales", own_domains=("ours.cn",))


def connect(database: Database, connector: Connector, name: str = "con_1") -> ConnectorRow:
    row = ConnectorRow(
        id=name, name="x", kind=connector.kind, settings=connector.model_dump(mode="json"), secret="",
        created_at=AT, created_by="administrator",
    )  # fmt: skip
    return Connectors(database, IDS).create(row, "first")


def secrets(database: Database, after: timedelta = timedelta(0)) -> tuple[str, ...]:
    live = Connectors(database, IDS).live("con_1", AT + after)
    return live.secrets if live else ()


def test_the_secret_before_counts_as_long_as_they_overlap(database: Database) -> None:
    connect(database, StandardConnector())
    assert secrets(database) == ("first",)
    connectors = Connectors(database, IDS)
    connectors.rotate("con_1", "second", timedelta(hours=1), AT)
    assert secrets(database, timedelta(minutes=59)) == ("second", "first")
    assert secrets(database, timedelta(hours=1)) == ("second",)
    connectors.rotate("con_1", "third", timedelta(hours=1), AT)
    assert secrets(database) == ("third", "second")
    connectors.revoke("con_1", AT)
    assert connectors.live("con_1", AT) is None
    with pytest.raises(NotFound):
        connectors.rotate("con_1", "fourth", timedelta(0), AT)
    with pytest.raises(NotFound):
        connectors.get("con_2")


def test_a_mailbox_is_one_processes_at_a_time_until_its_lease_ends(database: Database) -> None:
    connect(database, MAILBOX)
    connect(database, StandardConnector(), "con_2")
    mailboxes = Mailboxes(database, IDS)
    claimed = at_once([lambda: mailboxes.claim(AT)] * 4)
    (due,) = [it for it in claimed if it]
    assert (due.connector_id, due.password, due.uid_validity, due.last_uid) == ("con_1", "first", 0, 0)
    assert mailboxes.claim(AT + LEASE - timedelta(seconds=1)) is None
    assert mailboxes.claim(AT + LEASE) is not None


def test_how_far_a_mailbox_is_read_is_kept_with_what_it_reports(database: Database) -> None:
    connect(database, MAILBOX)
    mailboxes = Mailboxes(database, IDS)
    due = mailboxes.claim(AT)
    assert due is not None
    mailboxes.keep(due, 7, 42, [ended()], AT)
    mailboxes.done(due, None, AT)
    assert mailboxes.claim(AT + timedelta(seconds=59)) is None
    again = mailboxes.claim(AT + timedelta(seconds=60))
    assert again is not None
    assert (again.uid_validity, again.last_uid) == (7, 42)
    mailboxes.done(again, "refused", AT + timedelta(seconds=61))
    state = mailboxes.states(["con_1", "con_2"])["con_1"]
    assert (state.error, state.read_at) == ("refused", AT)
    assert len(InboundReports(database, IDS).claim(AT, 10)) == 1


def test_a_line_or_an_address_is_one_reps(database: Database) -> None:
    employ(database, ZHANG, LI)
    with database.write() as session:
        session.get_one(RepRow, ZHANG.id).email = "Sales@Ours.cn"
    lines = RepLines(database)
    with database.read() as session:
        assert reps_at(session, ["sales@ours.cn", "8001"]) == {"sales@ours.cn": ZHANG.id}
    with pytest.raises(UnusableReference) as refused:
        lines.replace(LI.id, ["8001", "SALES@ours.cn"])
    assert (refused.value.field, refused.value.code) == ("lines.1", "line_in_use")
    assert lines.replace(LI.id, ["8001", "8002", "8001"]) == ["8001", "8002"]
    with database.read() as session:
        assert reps_at(session, ["sales@ours.cn", "8001"]) == {"sales@ours.cn": ZHANG.id, "8001": LI.id}
    with pytest.raises(UnusableReference):
        lines.replace(ZHANG.id, ["8001"])
    assert lines.of(ZHANG.id) == []
    with pytest.raises(NotFound):
        lines.replace("nobody", [])


def ended(caller: str = "13800138000") -> CallEnded:
    return CallEnded(source_id="c1", caller=caller, called="8001", direction=Direction.INBOUND, answered=True)


def scene(
    database: Database, reported: Reported, **resolution: str
) -> tuple[Who, str | None, tuple[str, ...], str | None]:
    reports = InboundReports(database, IDS)
    ((report_id,), _) = reports.take_in("con_1", [reported], AT)
    with database.read() as session:
        row = session.get_one(InboundReportRow, report_id)
        row.resolution = resolution
        found = scene_of(session, row, reported, POLICY, AT)
        session.expunge_all()
    assert (found.chosen is Outcome.LEAD) == (resolution.get("becomes") == "lead")
    return found.who, found.customer_id, found.rep_ids, found.owner_id


def born(database: Database, **fields: object) -> str:
    intake = Intake(database, POLICY, IDS)
    customer_id = intake.register(registration(lead(region="CN-GD", **fields))).answer.customer_id
    assert customer_id is not None
    return customer_id


def test_whom_a_report_is_about_is_told_as_for_leads(database: Database) -> None:
    employ(database, ZHANG)
    RepLines(database).replace(ZHANG.id, ["8001"])
    customer_id = born(database, company={"name": firm(0)}, phones=["13800138000", "0755-26581234"])
    assert scene(database, ended()) == (Who.CERTAIN, customer_id, (ZHANG.id,), ZHANG.id)
    assert scene(database, ended("+86 755 2658 1234"))[:2] == (Who.POSSIBLE, None)
    assert scene(database, ended("13900139000"))[:2] == (Who.NOBODY, None)
    assert scene(database, ended("anonymous"))[:2] == (Who.NOBODY, None)


def test_a_persons_word_goes_before_what_was_found(database: Database) -> None:
    employ(database, ZHANG, LI)
    first = born(database, company={"name": firm(0)}, phones=["13800138000"])
    other = born(database, company={"name": firm(1)}, phones=["13900139000"])
    said = {"becomes": "customer", "customer_id": other, "rep_id": LI.id}
    assert scene(database, ended(), **said)[:3] == (Who.CERTAIN, other, (LI.id,))
    assert scene(database, ended(), becomes="lead")[1] == first


def test_the_end_of_a_call_is_seen_from_its_beginning(database: Database) -> None:
    start = CallStarted(source_id="c1", caller="13800138000", called="8001", direction=Direction.INBOUND)
    reports = InboundReports(database, IDS)
    ((started_id,), _) = reports.take_in("con_1", [start], AT)

    def over() -> bool:
        with database.read() as session:
            return scene_of(session, session.get_one(InboundReportRow, started_id), start, POLICY, AT).over

    assert not over()
    reports.take_in("con_2", [ended()], AT)
    assert not over()
    reports.take_in("con_1", [ended()], AT)
    assert over()
