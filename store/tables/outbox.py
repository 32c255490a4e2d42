"""What has happened and has not been passed on yet."""

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel


class OutboxRow(SQLModel, table=True):
    """An event that whoever watches events has not seen yet; written with it, deleted once all have seen it."""

    __tablename__ = "outbox"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording. Those of one customer are in order, for its row is locked while they are written."""
    stream: str
    """``customer`` or ``lead``: on whose timeline the event is."""
    event_id: str
