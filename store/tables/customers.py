"""Customers, contacts with them, and the changes that their workflows carried out."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column

IN_QUEUE = "place = 'queue'"
"""Written out, because SQLite takes a partial index only for the very condition."""


class CustomerRow(SQLModel, table=True):
    """A customer with its ownership as its workflow last set it (``ownership``, by ``seq``) and its profile."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("customers_newest", "created_at", "id"),
        Index("customers_in_queues", "id", sqlite_where=text(IN_QUEUE), postgresql_where=text(IN_QUEUE)),
    )
    id: str = Field(primary_key=True)
    name: str
    customer_type: str = Field(index=True)
    region: str | None = Field(default=None, index=True)
    industry: str | None = None
    place: str
    owner_id: str | None = Field(default=None, index=True)
    queue: str | None = Field(default=None, index=True)
    claimed_from: str | None = None
    """The public pool out of which the owner claimed it."""
    seq: int
    ownership: dict[str, Any] = Field(sa_column=json_column())
    profile: dict[str, Any] = Field(sa_column=json_column())
    referrer_id: str | None = None
    merged_into: str | None = Field(default=None, index=True)
    """The customer that absorbed it and stands for it; the row stays as it was then, for the way back."""
    created_at: datetime = Field(sa_column=instant())
    updated_at: datetime = Field(sa_column=instant())
    version: int = 1


class FollowUpRow(SQLModel, table=True):
    """A logged contact with a customer."""

    __tablename__ = "follow_ups"
    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    rep_id: str = Field(index=True)
    kind: str
    content: str
    customer_answered: bool
    effective: bool
    occurred_at: datetime = Field(sa_column=instant())
    logged_at: datetime = Field(sa_column=instant())


class ChangeRow(SQLModel, table=True):
    """A request that a customer's workflow carried out, with its result: asked again, it answers the same (once)."""

    __tablename__ = "changes"
    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    result: dict[str, Any] = Field(sa_column=json_column())
