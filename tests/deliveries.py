"""Endpoints and deliveries for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from domain.delivery import Channel
from domain.event import EventKind
from domain.sealing import Seal
from store.database import Database
from store.journal import record_event
from store.outbox import Outbox
from store.rows import add
from store.tables import DeliveryAttemptRow, DeliveryRow, WebhookRow
from store.webhooks import Webhooks
from tests.examples import AT, IDS

SECRET = "whsec_" + "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OWFiY2RlZg=="
URL = "https://crm.example.com/"
SEAL = Seal(IDS.key("webhooks"))


def endpoint(
    database: Database, endpoint_id: str = "whk_crm", url: str = "https://crm.example.com/", **more: Any
) -> None:
    """Put an endpoint down that is told of everything."""
    fixed = {"id": endpoint_id, "url": url, "description": "客户系统", "kinds": [], "enabled": True, "version": 1}
    made = {"secret": SEAL.close(SECRET), "created_at": AT, "created_by": "administrator"}
    with database.write() as session:
        add(session, WebhookRow, fixed | made | more)


def happens(database: Database, *happened: tuple[str, str], at: datetime = AT) -> None:
    """Let something happen to customers, event id and customer id each, and be passed on."""
    with database.write() as session:
        for event_id, customer_id in happened:
            record_event(
                session,
                id=event_id,
                customer_id=customer_id,
                kind=EventKind.OWNER_ASSIGNED,
                at=at,
                actor="system",
                data={"owner_id": "zhang.wei", "comment": "王小明 13800138000", "reason": "他说要报价"},
            )
    Outbox(database, [Webhooks(IDS)]).pass_on(1000)


def message(database: Database, channel: Channel, number: int, target: str = "zhang.wei", at: datetime = AT) -> str:
    """Put a message to a person down; its id."""
    row = {"id": f"{channel}:{number}", "channel": channel, "target": target, "event_id": f"e{number}"}
    facts = {"kind": "owner_assigned", "payload": {"customer_id": "cus_1"}, "state": "pending", "attempts": 0}
    with database.write() as session:
        add(session, DeliveryRow, row | facts | {"created_at": at, "next_at": at})
    return f"{channel}:{number}"


def deliveries(database: Database) -> Sequence[DeliveryRow]:
    """All of them, in order."""
    with database.read() as session:
        return session.exec(select(DeliveryRow).order_by(col(DeliveryRow.position))).all()


def states(database: Database) -> dict[str, str]:
    """How each delivery stands, by its event."""
    return {row.event_id: row.state for row in deliveries(database)}


def attempts(database: Database) -> Sequence[DeliveryAttemptRow]:
    """All of them, in order."""
    with database.read() as session:
        return session.exec(select(DeliveryAttemptRow).order_by(col(DeliveryAttemptRow.position))).all()


def the_endpoint(database: Database, endpoint_id: str = "whk_crm") -> WebhookRow:
    """An endpoint as it stands."""
    with database.read() as session:
        return session.get_one(WebhookRow, endpoint_id)
