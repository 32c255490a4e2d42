"""Turning a webhook's endpoint off: what waits for it is parked, and whoever made it is told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col

from domain.delivery import Channel, State
from logs import log
from store.rows import add_missing
from store.tables import DeliveryRow, UserRow, WebhookRow

DISABLED = "webhook_disabled"
"""The kind of the message by which an endpoint's owner is told."""


class Why(StrEnum):
    """Why an endpoint is off."""

    BY_HAND = "by_hand"
    GONE = "gone"
    """It said so (410)."""
    FAILING = "failing"
    """Nothing could be delivered to it for three days."""


def disable(session: Session, endpoint: WebhookRow, why: Why, now: datetime) -> None:
    """Turn an endpoint off. Nothing that waits for it is lost: a person can have it delivered later."""
    endpoint.enabled, endpoint.disabled_because = False, why
    endpoint.version += 1
    waiting = (col(DeliveryRow.target) == endpoint.id, col(DeliveryRow.state) == State.PENDING)
    session.connection().execute(update(DeliveryRow).where(*waiting).values(state=State.PARKED))
    if why is not Why.BY_HAND:
        log.warning("webhook_disabled", webhook=endpoint.id, why=str(why))
        _tell_owner(session, endpoint, why, now)


def _tell_owner(session: Session, endpoint: WebhookRow, why: Why, now: datetime) -> None:
    """By e-mail and chat, as far as the user who made it is a rep, whose addresses are known."""
    user = session.get(UserRow, endpoint.created_by)
    if user is None or user.person is None:
        return
    told = f"{endpoint.id}:{endpoint.version}"
    payload = {"webhook_id": endpoint.id, "reason": str(why)}
    message = {"target": user.person, "event_id": told, "kind": DISABLED, "payload": payload}
    state = {"created_at": now, "next_at": now, "attempts": 0, "state": State.PENDING}
    channels = (Channel.EMAIL, Channel.CHAT)
    rows = [{"id": f"dlv:{told}:{channel}", "channel": channel, **message, **state} for channel in channels]
    add_missing(session, DeliveryRow, rows)
