"""Moves of reps, and what became of whom they looked after."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class MoveRow(SQLModel, table=True):
    """A rep's move as it was ordered, and when everything that they looked after had been redistributed."""

    __tablename__ = "moves"
    __table_args__ = (Index("moves_of_a_rep", "rep_id", "created_at", "id"),)
    id: str = Field(primary_key=True)
    rep_id: str
    kind: str
    order: dict[str, Any] = Field(sa_column=json_column())
    """``domain.moving.NewMove``."""
    successor_id: str | None = None
    """Who is asked before the rules."""
    warnings: list[dict[str, Any]] = Field(sa_column=json_column())
    created_by: str
    created_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class MovedCustomerRow(SQLModel, table=True):
    """A customer whom a move concerns. What became of it is written in the transaction in which it changes hands."""

    __tablename__ = "moved_customers"
    __table_args__ = (Index("moved_customers_to_come", "move_id", "outcome", "customer_id"),)
    id: str = Field(primary_key=True)
    """Of the request by which its workflow is asked."""
    move_id: str
    customer_id: str
    outcome: str | None = None
    """None until its turn has come."""
    owner_id: str | None = None
    queue: str | None = None
    reason: str | None = None
