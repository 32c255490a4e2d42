"""What people are told, how they wish to be told, and which of it waits for a digest."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column

UNREAD = "read_at IS NULL"


class NotificationRow(SQLModel, table=True):
    """One thing that one person is told. The id is made from what it is about, so that it is told once."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("notifications_of_a_person", "rep_id", "position"),
        Index("notifications_unread", "rep_id", "position", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)),
    )
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of telling, without gaps that fill later: only the relay writes, one at a time."""
    id: str = Field(unique=True)
    rep_id: str
    kind: str
    urgent: bool
    event_id: str
    """The event by which it came about; the first one, where several are told as one."""
    customer_id: str | None = None
    lead_id: str | None = None
    approval_id: str | None = None
    case_id: str | None = None
    facts: dict[str, Any] = Field(sa_column=json_column())
    """Ids, times and numbers, nothing personal."""
    at: datetime = Field(sa_column=instant())
    """The workflow's time."""
    created_at: datetime = Field(sa_column=instant())
    read_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class NotificationSettingsRow(SQLModel, table=True):
    """How a person wishes to be told; who has none is told as the product has it."""

    __tablename__ = "notification_settings"
    rep_id: str = Field(primary_key=True)
    settings: dict[str, Any] = Field(sa_column=json_column())
    email: str | None = None
    """Instead of the one in the directory."""
    chats: str | None = None
    """The addresses of chat tools, encrypted: who knows one may write there."""
    version: int = 1


class NotificationDigestRow(SQLModel, table=True):
    """A notification that is told in a digest: one delivery for many."""

    __tablename__ = "notification_digests"
    delivery_id: str = Field(primary_key=True)
    notification_id: str = Field(primary_key=True)
