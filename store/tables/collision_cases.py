"""What goes on about a collision case: who is asked, what was done, and what its workflow must be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class CollisionPersonRow(SQLModel, table=True):
    """Somebody whose word a case waits for now."""

    __tablename__ = "collision_people"
    case_id: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True, index=True)
    decides: bool
    """Whether they decide about others, for which they may see the customers; the reps who met do not."""


class CollisionActRow(SQLModel, table=True):
    """Something that was done about a case, or tried: a refused attempt has the rule's code (``refusal``)."""

    __tablename__ = "collision_acts"
    __table_args__ = (Index("collision_acts_in_order", "case_id", "position"),)
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording, over all cases; gaps are possible."""
    id: str = Field(unique=True)
    case_id: str
    action: str
    principal: str
    person: str | None = None
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    deed: dict[str, Any] = Field(sa_column=json_column())
    told: list[str] = Field(sa_column=json_column())
    """The reps who were told of it."""
    refusal: str | None = None
    facts: dict[str, Any] = Field(sa_column=json_column())


class CollisionCallRow(SQLModel, table=True):
    """Something happened that a case's workflow must look at; deleted once it was told."""

    __tablename__ = "collision_calls"
    event_id: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
