"""What was decided and what happened, and requests as they first came."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class DecisionRow(SQLModel, table=True):
    """A decision trace (invariant explained): what was decided, by which policy version, and every rule tried."""

    __tablename__ = "decisions"
    id: str = Field(primary_key=True)
    kind: str
    customer_id: str | None = Field(default=None, index=True)
    lead_id: str | None = Field(default=None, index=True)
    policy_version: str
    at: datetime = Field(sa_column=instant())
    trace: dict[str, Any] = Field(sa_column=json_column())


class EventRow(SQLModel, table=True):
    """One thing that happened to a customer. The id makes a repeat do nothing; ``at`` is the workflow's time."""

    __tablename__ = "events"
    __table_args__ = (Index("events_timeline", "customer_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all customers; gaps are possible."""
    id: str = Field(unique=True)
    customer_id: str
    kind: str = Field(index=True)
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    actor: str
    decision_id: str | None = None
    data: dict[str, Any] = Field(sa_column=json_column())


class IdempotencyRow(SQLModel, table=True):
    """An Idempotency-Key as a caller first used it, so that the same key with another body is found out."""

    __tablename__ = "idempotency_keys"
    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    created_at: datetime = Field(sa_column=instant())
