"""Which runs' histories are archived, the sweeps that saw to it, and what must be kept for a court."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import instant
from store.types import Json


class ArchivedRunRow(SQLModel, table=True):
    """A closed run whose history is in the archive."""

    __tablename__ = "archived_runs"
    __table_args__ = (Index("archived_runs_by_close", "closed_at", "workflow_id", "run_id"),)
    workflow_id: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    workflow_type: str
    status: str
    started_at: datetime = Field(sa_column=instant())
    closed_at: datetime = Field(sa_column=instant())
    archived_at: datetime = Field(sa_column=instant())
    name: str
    """Of the object in the archive."""
    size: int
    """Bytes."""
    events: int
    removed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """When its history was taken out of the archive, its time being over."""


class ArchiveSweepRow(SQLModel, table=True):
    """A sweep that came to its end."""

    __tablename__ = "archive_sweeps"
    id: str = Field(primary_key=True)
    """Of the run of its workflow."""
    began_at: datetime = Field(sa_column=instant(index=True))
    since: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    """Runs that closed before were not looked at; None when all were."""
    finished_at: datetime = Field(sa_column=instant())
    looked_at: int
    archived: int
    gone: int
    """Runs that were listed and whose history Temporal had no more."""


class LegalHoldRow(SQLModel, table=True):
    """A customer, or a workflow, whose histories stay in the archive whatever their age."""

    __tablename__ = "legal_holds"
    id: str = Field(primary_key=True)
    subject: str = Field(index=True)
    """A customer's or a workflow's id."""
    reason: str
    held_by: str
    held_at: datetime = Field(sa_column=instant())
    released_by: str | None = None
    released_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ReplayRow(SQLModel, table=True):
    """A replay that somebody ordered."""

    __tablename__ = "replays"
    id: str = Field(primary_key=True)
    workflow_id: str | None = None
    """None when all of the archive was to be replayed."""
    ordered_by: str
    ordered_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    """``domain.replay.ReplayResult``; None until it is done."""
