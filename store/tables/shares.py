"""With whom customers are shared."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import instant
from store.types import UtcDateTime


class ShareRow(SQLModel, table=True):
    """A share grant as the customer's workflow last set it; open until ``ended_at`` or ``expires_at``."""

    __tablename__ = "shares"
    __table_args__ = (Index("shares_of_a_rep", "rep_id", "expires_at", "customer_id", "access"),)
    customer_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    access: str = Field(primary_key=True)
    granted_at: datetime = Field(sa_column=Column(UtcDateTime(), primary_key=True))
    expires_at: datetime = Field(sa_column=instant())
    approval_id: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """When the grant was taken back, replaced or found to have expired."""
