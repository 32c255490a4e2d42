"""Webhooks' endpoints in the database, and the watcher that puts down what each of them is to be told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from domain.delivery import Channel, State
from domain.happening import Happening
from domain.ids import IdMaker
from domain.webhook_event import kind_of, payload_of
from store.database import Database
from store.directory import VersionCheck
from store.disabling import Why, disable
from store.errors import NotFound
from store.keyset import page_of
from store.rows import add_missing
from store.tables import DeliveryAttemptRow, DeliveryRow, WebhookRow

SECRETS = "webhook-secrets"
"""What the key is for that seals endpoints' secrets."""


class Webhooks:
    """Watches events: one delivery for each endpoint that is told of an event's kind."""

    def __init__(self, ids: IdMaker) -> None:
        self._ids = ids

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Put down deliveries of these events. What is for an endpoint that is off is parked; a repeat adds nothing."""
        # Shared: whoever turns an endpoint off waits until what was written for it is there to be parked.
        endpoints = session.exec(select(WebhookRow).with_for_update(read=True)).all()
        rows = [self._row(endpoint, it) for it in happened for endpoint in endpoints if _wants(endpoint, it)]
        add_missing(session, DeliveryRow, rows)

    def _row(self, endpoint: WebhookRow, happened: Happening) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {
            "id": self._ids.make("dlv", endpoint.id, happened.id),
            "channel": Channel.WEBHOOK,
            "target": endpoint.id,
            "event_id": happened.id,
            "customer_id": happened.subject_id if happened.stream == "customer" else None,
            "kind": kind_of(happened),
            "payload": payload_of(happened),
            "line": f"{endpoint.id}:{happened.subject_id}",
            "created_at": now,
            "next_at": now,
            "attempts": 0,
            "state": State.PENDING if endpoint.enabled else State.PARKED,
        }


def _wants(endpoint: WebhookRow, happened: Happening) -> bool:
    return not endpoint.kinds or kind_of(happened) in endpoint.kinds


class Endpoints:
    """Reads and changes endpoints. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, after: Sequence[str] | None, limit: int) -> Sequence[WebhookRow]:
        """Endpoints by id, and one more than asked when there are more."""
        with self._database.read() as session:
            return session.exec(page_of(select(WebhookRow), (col(WebhookRow.id),), after, limit)).all()

    def get(self, endpoint_id: str) -> WebhookRow:
        """One endpoint.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _found(session.get(WebhookRow, endpoint_id))

    def create(self, row: WebhookRow) -> WebhookRow:
        """Keep a new endpoint."""
        with self._database.write() as session:
            return _kept(session, row)

    def change(self, endpoint_id: str, fields: dict[str, Any], check: VersionCheck, at: datetime) -> WebhookRow:
        """Change an endpoint whose version ``check`` accepts. One that is turned on again begins with a clean slate.

        Raises:
            NotFound: when there is none.
        """
        with self._changing(endpoint_id) as (session, row):
            check(row.version)
            enabled = fields.pop("enabled", row.enabled)
            changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
            for name, value in changes.items():
                setattr(row, name, value)
            row.version += bool(changes)
            if row.enabled and not enabled:
                disable(session, row, Why.BY_HAND, at)
            elif enabled and not row.enabled:
                row.enabled, row.disabled_because, row.version = True, None, row.version + 1
                row.failing_since = row.paused_until = None
            return _kept(session, row)

    def rotate(self, endpoint_id: str, secret: str, overlap: timedelta, at: datetime) -> WebhookRow:
        """Give an endpoint another secret (encrypted); the one before signs, too, for as long as they overlap.

        Raises:
            NotFound: when there is no such endpoint.
        """
        with self._changing(endpoint_id) as (session, row):
            row.previous_secret, row.previous_until, row.secret = row.secret, at + overlap, secret
            row.version += 1
            return _kept(session, row)

    def delete(self, endpoint_id: str) -> None:
        """Forget an endpoint with all that was, or was to be, delivered to it.

        Raises:
            NotFound: when there is none.
        """
        with self._changing(endpoint_id) as (session, row):
            ids = select(DeliveryRow.id).where(DeliveryRow.target == endpoint_id)
            connection = session.connection()
            connection.execute(delete(DeliveryAttemptRow).where(col(DeliveryAttemptRow.delivery_id).in_(ids)))
            connection.execute(delete(DeliveryRow).where(col(DeliveryRow.target) == endpoint_id))
            session.delete(row)

    @contextmanager
    def _changing(self, endpoint_id: str) -> Iterator[tuple[Session, WebhookRow]]:
        with self._database.write() as session:
            yield session, _found(session.get(WebhookRow, endpoint_id, with_for_update=True))


def _found(row: WebhookRow | None) -> WebhookRow:
    if row is None:
        raise NotFound
    return row


def _kept(session: Session, row: WebhookRow) -> WebhookRow:
    session.add(row)
    session.flush()
    session.expunge(row)
    return row
