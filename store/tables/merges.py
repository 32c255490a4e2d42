"""Merges, and what their undoing left open."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column
from store.types import Json


class MergeRow(SQLModel, table=True):
    """A merge of two customers: what was asked, how each field was decided, and what undoing it needs."""

    __tablename__ = "merges"
    position: int | None = Field(default=None, sa_column=Column(Integer(), primary_key=True, autoincrement=True))
    """The order of merging, over all customers; gaps are possible."""
    id: str = Field(unique=True)
    survivor_id: str = Field(index=True)
    absorbed_id: str = Field(index=True)
    by: str
    reason: str
    owner: str | None = None
    merged_at: datetime = Field(sa_column=instant())
    merged: dict[str, Any] = Field(sa_column=json_column())
    """``domain.separation.Merged``."""
    halves: dict[str, Any] = Field(sa_column=json_column())
    """Each side's ``store.merging.Half``: the keys of both kinds and the ownership that it had."""
    taken_over: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    """The survivor's ownership before and after it took the other over; None until it has."""
    unmerge_id: str | None = Field(default=None, unique=True)
    unmerged_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    unmerged_by: str | None = None
    unmerge_reason: str | None = None
    placed: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    """Where everything went that came later (``domain.separation.Placement``)."""


class AskedItemRow(SQLModel, table=True):
    """Something that the undoing of a merge could place with nobody for certain, and what a person said of it."""

    __tablename__ = "asked_items"
    merge_id: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    """Its place in ``MergeRow.placed``, from 1."""
    values: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Of a field: what is in question, until it is decided."""
    to: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
