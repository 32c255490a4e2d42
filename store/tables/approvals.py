"""What people decide: requests, whom they concern, and what was done about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class ApprovalRow(SQLModel, table=True):
    """A request that people decide, as its workflow last had it written (``domain.approval.state``)."""

    __tablename__ = "approvals"
    __table_args__ = (Index("approvals_newest", "opened_at", "id"),)
    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    status: str = Field(index=True)
    requester: str | None = Field(default=None, index=True)
    """The rep who asked for it."""
    state: dict[str, Any] = Field(sa_column=json_column())
    opened_at: datetime = Field(sa_column=instant())
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ApprovalCustomerRow(SQLModel, table=True):
    """A customer that a request is about."""

    __tablename__ = "approval_customers"
    approval_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, index=True)


class ApprovalPersonRow(SQLModel, table=True):
    """A rep whom a request concerns, and whether their word is waited for now."""

    __tablename__ = "approval_people"
    __table_args__ = (Index("approval_people_asked", "rep_id", "asked", "approval_id"),)
    approval_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    asked: bool


class ApprovalActRow(SQLModel, table=True):
    """Something that was done about a request, or tried: a refused attempt has the rule's code (``refusal``)."""

    __tablename__ = "approval_acts"
    __table_args__ = (Index("approval_acts_in_order", "approval_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all requests; gaps are possible."""
    id: str = Field(unique=True)
    approval_id: str
    action: str
    principal: str
    person: str | None = None
    step: int | None = None
    """The step that was on."""
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    deed: dict[str, Any] = Field(sa_column=json_column())
    refusal: str | None = None
    facts: dict[str, Any] = Field(sa_column=json_column())
