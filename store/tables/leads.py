"""Leads with their answers, and what happened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class LeadRow(SQLModel, table=True):
    """A lead with its answer. It appears in the same transaction as what the lead caused."""

    __tablename__ = "leads"
    __table_args__ = (Index("leads_newest", "received_at", "id"),)
    id: str = Field(primary_key=True)
    source: str = Field(index=True)
    external_id: str
    fingerprint: str
    outcome: str = Field(index=True)
    customer_id: str | None = Field(default=None, index=True)
    decision_id: str
    submitted_by: str | None = Field(default=None, index=True)
    """The rep who submitted it; also in ``lead``."""
    lead: dict[str, Any] = Field(sa_column=json_column())
    settlement: dict[str, Any] = Field(sa_column=json_column())
    received_at: datetime = Field(sa_column=instant())
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class LeadAskedRow(SQLModel, table=True):
    """Who is asked at present about a lead that waits for confirmation."""

    __tablename__ = "leads_asked"
    lead_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True, index=True)


class LeadEventRow(SQLModel, table=True):
    """One thing that happened to a lead. The id makes a repeat do nothing; ``at`` is the workflow's time."""

    __tablename__ = "lead_events"
    __table_args__ = (Index("lead_events_timeline", "lead_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all leads; gaps are possible."""
    id: str = Field(unique=True)
    lead_id: str
    kind: str
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    actor: str
    decision_id: str
    data: dict[str, Any] = Field(sa_column=json_column())
