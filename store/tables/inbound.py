"""Systems that report to us, what they have reported, and at which numbers and addresses reps are reached."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class ConnectorRow(SQLModel, table=True):
    """A system that reports. Its secrets are sealed: a copy of the database alone opens none."""

    __tablename__ = "connectors"
    id: str = Field(primary_key=True)
    name: str
    kind: str
    settings: dict[str, Any] = Field(sa_column=json_column())
    """A ``domain.inbound.connectors.Connector``."""
    active: bool = True
    secret: str
    previous_secret: str | None = None
    """The one before the last rotation, which counts until ``previous_until``."""
    previous_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())
    created_by: str
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    version: int = 1


class InboundReportRow(SQLModel, table=True):
    """Something that was reported. Its id is made from what the system calls it, so that it is taken in once."""

    __tablename__ = "inbound_reports"
    __table_args__ = (
        Index("inbound_reports_due", "state", "next_at"),
        Index("inbound_reports_newest", "state", "received_at", "id"),
    )
    id: str = Field(primary_key=True)
    connector_id: str = Field(index=True)
    kind: str
    thread: str | None = Field(default=None, index=True)
    """The same for the beginning and the end of one call, as an id."""
    state: str
    """``waiting``, ``unmatched`` or ``done``."""
    content: dict[str, Any] = Field(sa_column=json_column())
    """What was reported, a ``domain.inbound.reported.Reported``; emptied when it has become something."""
    occurred_at: datetime = Field(sa_column=instant())
    received_at: datetime = Field(sa_column=instant())
    next_at: datetime = Field(sa_column=instant())
    """When it is tried next."""
    attempts: int = 0
    outcome: str | None = None
    reason: str | None = None
    rep_id: str | None = None
    customer_id: str | None = None
    lead_id: str | None = None
    candidates: list[str] = Field(sa_column=json_column())
    resolution: dict[str, Any] = Field(sa_column=json_column())
    """What a person said of it: empty until then."""
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class RepLineRow(SQLModel, table=True):
    """A number, an extension or an address at which a rep is reached, in its one form."""

    __tablename__ = "rep_lines"
    line: str = Field(primary_key=True)
    rep_id: str = Field(index=True)


class MailboxRow(SQLModel, table=True):
    """How far a mailbox has been read: messages have numbers that rise as long as ``uid_validity`` stays (RFC 9051)."""

    __tablename__ = "mailboxes"
    connector_id: str = Field(primary_key=True)
    uid_validity: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    last_uid: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    next_at: datetime = Field(sa_column=instant(index=True))
    read_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    error: str | None = None
    """Why it could not be read the last time."""
