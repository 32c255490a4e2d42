"""What waits is counted on both databases alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from domain.event import EventKind
from store.backlog import Waiting, waiting
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from store.outbox import Outbox
from store.tables import ApprovalRow, CollisionRow, CustomerRow, DeliveryRow, InboundReportRow
from tests.examples import IDS, LI, POLICY, ZHANG, employ, firm, lead, registration

NOW = datetime.now(UTC)
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}


def test_an_empty_database_has_nothing_that_waits(database: Database) -> None:
    assert waiting(database) == Waiting(0, 0.0, 0, 0, 0)


def test_each_is_counted_where_it_belongs(database: Database) -> None:
    employ(database, ZHANG, LI)
    intake = Intake(database, POLICY, IDS)
    for days in (40, 1, 26):  # run out; fresh; warned of in some hours
        stand = lead(company={"name": firm(days)}, customer_type="trade_show", show=SHOW, region="CN-GD")
        intake.register(registration(stand, NOW - timedelta(days=days) + timedelta(hours=5)))
    intake.register(registration(lead(company={"name": firm(99)}, customer_type="key_account"), NOW))
    for name in ("展会1号客户", "展会2号客户"):  # the second is in doubt
        intake.register(registration(lead(company={"name": name}, region="CN-GD"), NOW))
    with database.write() as session:
        for number, status in enumerate(("pending", "returned", "applied", "rejected")):
            row = {"kind": "transfer", "status": status, "state": {}, "opened_at": NOW}
            session.add(ApprovalRow(id=f"apr_{number}", **row))
        for number, settled in enumerate((None, NOW)):
            row = {"status": "x", "risk": False, "cause": "merge", "state": {}, "opened_at": NOW}
            session.add(CollisionRow(id=f"col_{number}", settled_at=settled, **row))
    seen = waiting(database)
    assert (seen.approvals, seen.collisions, seen.leads) == (2, 1, 1)
    assert seen.customers == {"owned": 4, "queue": 1}
    with database.read() as session:
        clocks = [
            it.ownership["clock"]["due"][0]["at"] for it in session.exec(select(CustomerRow)) if it.ownership["clock"]
        ]
    ahead = [datetime.fromisoformat(it) - datetime.now(UTC) for it in clocks]
    assert seen.clocks_overdue == sum(it <= timedelta() for it in ahead)
    assert seen.clocks_due_soon == sum(timedelta() < it <= timedelta(days=1) for it in ahead)
    assert seen.clocks_overdue >= 1


def test_what_is_to_go_out_and_what_has_come_in(database: Database) -> None:
    def delivery(number: int, channel: str, state: str) -> DeliveryRow:
        ago = NOW - timedelta(minutes=number)
        told: dict[str, Any] = {
            "target": "t",
            "event_id": "e",
            "kind": "k",
            "payload": {},
            "created_at": ago,
            "next_at": NOW,
        }
        return DeliveryRow(id=f"dlv_{number}", channel=channel, state=state, **told)

    def report(number: int, state: str) -> InboundReportRow:
        ago = NOW - timedelta(minutes=number)
        told: dict[str, Any] = {
            "content": {},
            "occurred_at": ago,
            "received_at": ago,
            "next_at": NOW,
            "candidates": [],
            "resolution": {},
        }
        return InboundReportRow(id=f"rep_{number}", connector_id="c", kind="call", state=state, **told)

    with database.write() as session:
        session.add_all(delivery(number, "email", "pending") for number in (1, 5))
        session.add_all([delivery(60, "email", "delivered"), delivery(2, "webhook", "pending")])
        session.add_all([delivery(3, "webhook", "parked"), report(7, "waiting"), report(4, "waiting")])
        session.add_all([report(90, "done"), report(91, "unmatched")])
    seen = waiting(database)
    assert {channel: it.waiting for channel, it in seen.deliveries.items()} == {"email": 2, "webhook": 1}
    email, webhook = (seen.deliveries[channel].oldest_seconds for channel in ("email", "webhook"))
    assert email >= 300
    assert email - webhook == pytest.approx(180)
    assert seen.reports.waiting == 2
    assert seen.reports.oldest_seconds - email == pytest.approx(120)


def test_the_age_of_the_oldest_event(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            kind = EventKind.TOUCH_LOGGED
            record_event(session, id=f"e{number}", customer_id="cus_1", kind=kind, at=NOW, actor="phone")
    seen = waiting(database)
    assert seen.events == 3
    assert 0 <= seen.oldest_event_seconds < 60
    Outbox(database, []).pass_on(10)
    assert (waiting(database).events, waiting(database).oldest_event_seconds) == (0, 0)
