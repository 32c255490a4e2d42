"""Two reps on one customer: the cases, whom they concern, what was seen; and contacts that systems report."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class CollisionRow(SQLModel, table=True):
    """A collision case, or a risk of one, as its workflow last had it written (``state``)."""

    __tablename__ = "collisions"
    __table_args__ = (Index("collisions_newest", "opened_at", "id"),)
    id: str = Field(primary_key=True)
    status: str = Field(index=True)
    risk: bool
    """Whether nobody has met anybody yet."""
    cause: str
    """The detector that saw it first."""
    outcome: str | None = None
    state: dict[str, Any] = Field(sa_column=json_column())
    opened_at: datetime = Field(sa_column=instant())
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class CollisionCustomerRow(SQLModel, table=True):
    """A customer on which reps met."""

    __tablename__ = "collision_customers"
    case_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, index=True)


class CollisionRepRow(SQLModel, table=True):
    """A rep who met another one."""

    __tablename__ = "collision_reps"
    case_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True, index=True)


class SightingRow(SQLModel, table=True):
    """What a detector saw. The id is made from what it is about, so that one thing is seen once."""

    __tablename__ = "sightings"
    id: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, index=True)
    """None while it is only counted, because it weighs too little to open a case."""
    detector: str = Field(index=True)
    customer_id: str = Field(index=True)
    event_id: str
    """The event in which it was seen."""
    at: datetime = Field(sa_column=instant())
    data: dict[str, Any] = Field(sa_column=json_column())
    """``customers`` and ``reps`` by id, and the ``evidence``: ids, times and rules, nothing personal."""
    false_alarm: bool = False


class TouchRow(SQLModel, table=True):
    """A contact with a customer that a system reports: a call, an e-mail, a form, an entry of an address book."""

    __tablename__ = "touches"
    __table_args__ = (Index("touches_of_a_customer", "customer_id", "occurred_at"),)
    id: str = Field(primary_key=True)
    customer_id: str
    rep_id: str | None = Field(default=None, index=True)
    kind: str
    source: str
    """The system that reports it."""
    occurred_at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    data: dict[str, Any] = Field(sa_column=json_column())
    """What is known of it, nothing personal."""
