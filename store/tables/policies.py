"""Versions of the policy, when they are in force, and what was tried with them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant
from store.types import Json


class PolicyRow(SQLModel, table=True):
    """A version of the policy: the file as it was given, and the rules as they were understood then (JSON).

    The rules stay what they were, whatever a later release takes as a default.
    """

    __tablename__ = "policies"
    __table_args__ = (Index("policies_newest", "created_at", "id"),)
    id: str = Field(primary_key=True)
    version: str
    content: str
    rules: str
    comment: str | None = None
    created_at: datetime = Field(sa_column=instant())
    created_by: str


class PolicyActivationRow(SQLModel, table=True):
    """A version comes into force at an instant, unless that was withdrawn before. One version may do so repeatedly."""

    __tablename__ = "policy_activations"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """Of two for one instant the later one counts."""
    policy_id: str = Field(index=True)
    at: datetime = Field(sa_column=instant(index=True))
    by: str
    recorded_at: datetime = Field(sa_column=instant())
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    retried_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """When everybody in a queue had been tried again whom it may help."""


class BacktestRow(SQLModel, table=True):
    """A back-test that somebody ordered."""

    __tablename__ = "backtests"
    __table_args__ = (Index("backtests_newest", "ordered_at", "id"),)
    id: str = Field(primary_key=True)
    draft: str
    """The fingerprint of the draft."""
    begins: date
    until: date
    ordered_by: str
    ordered_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    """``domain.backtest.Comparison``; None until it is done."""
