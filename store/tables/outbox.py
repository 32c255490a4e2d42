"""What has happened and has not been passed on yet."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Integer, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant


class OutboxRow(SQLModel, table=True):
    """An event that whoever watches events has not seen yet; written with it, deleted once all have seen it."""

    __tablename__ = "outbox"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    """The order of recording. Those of one customer are in order, for its row is locked while they are written."""
    stream: str
    """``customer`` or ``lead``: on whose timeline the event is; ``organisation``: on nobody's."""
    event_id: str
    failures: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often a watcher failed at it."""
    retry_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """Until when it is set aside, because a watcher failed at it; none: it never was."""
