"""What is to be sent out of the house: by e-mail, to chat tools, to systems' webhooks; and how each attempt went."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


def _position() -> Column[int]:
    return Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


class DeliveryRow(SQLModel, table=True):
    """One message to one receiver. The id is made from what it is about, so that one thing is sent once."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_waiting", "state", "channel", "target", "position"),
        Index("deliveries_of_a_target", "target", "position"),
        Index("deliveries_in_line", "line", "state", "position"),
        Index(
            "deliveries_under_way",
            "channel",
            "target",
            "leased_until",
            sqlite_where=text("leased_until IS NOT NULL"),
            postgresql_where=text("leased_until IS NOT NULL"),
        ),
    )
    position: int | None = Field(default=None, sa_column=_position())
    """The order of writing, which is that of the events."""
    id: str = Field(unique=True)
    """What a receiver drops repeats by."""
    channel: str
    """``email``, ``chat`` or ``webhook``."""
    target: str
    """A rep's id, or a webhook endpoint's."""
    notification_id: str | None = None
    event_id: str
    customer_id: str | None = None
    kind: str
    payload: dict[str, Any] = Field(sa_column=json_column())
    """Kind and facts: ids and times, nothing personal."""
    line: str | None = None
    """Of those with the same, a later one waits for the earlier; none: it waits for nobody."""
    created_at: datetime = Field(sa_column=instant())
    next_at: datetime = Field(sa_column=instant())
    """When it may be tried next."""
    leased_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """Until when one process has it to itself."""
    attempts: int = 0
    """Since it was written, or was replayed by hand."""
    state: str = "pending"
    """``pending``, ``delivered``, ``failed`` (given up) or ``parked`` (its endpoint is off)."""
    last_error: str | None = None
    delivered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class DeliveryAttemptRow(SQLModel, table=True):
    """One attempt to deliver."""

    __tablename__ = "delivery_attempts"
    position: int | None = Field(default=None, sa_column=_position())
    delivery_id: str = Field(index=True)
    at: datetime = Field(sa_column=instant())
    took_ms: int
    status: int | None = None
    """The receiver's answer: an HTTP status or an SMTP reply code."""
    error: str | None = None
    """A code; none when it went well."""


class WebhookRow(SQLModel, table=True):
    """A system's endpoint: what it is told of, and how it has been doing."""

    __tablename__ = "webhooks"
    id: str = Field(primary_key=True)
    url: str
    description: str
    kinds: list[str] = Field(sa_column=json_column())
    """The kinds of events that it is told of; none: all."""
    enabled: bool = True
    disabled_because: str | None = None
    """``by_hand``, ``gone`` or ``failing``."""
    secret: str
    """Encrypted."""
    previous_secret: str | None = None
    """Of before the last rotation, encrypted; signs, too, until ``previous_until``."""
    previous_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())
    created_by: str
    failing_since: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """The first failure after the last success."""
    paused_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    version: int = 1
