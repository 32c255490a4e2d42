"""Who sells where: regions, teams, reps, what they know, and when they are away."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant


class RegionRow(SQLModel, table=True):
    """A sales region: an ISO 3166-2 code with the name that people use."""

    __tablename__ = "regions"
    id: str = Field(primary_key=True)
    name: str
    active: bool = True
    head_id: str | None = None
    """The rep who heads it, whom approvals ask."""
    version: int = 1


class TeamRow(SQLModel, table=True):
    """A team of reps with its manager."""

    __tablename__ = "teams"
    id: str = Field(primary_key=True)
    name: str
    manager_id: str | None = Field(default=None, index=True)
    parent_id: str | None = Field(default=None, index=True)
    """The team that it is part of."""
    active: bool = True
    version: int = 1


class RepRow(SQLModel, table=True):
    """A rep. ``active`` false means gone for good, ``on_leave`` that nothing new is given until further notice."""

    __tablename__ = "reps"
    id: str = Field(primary_key=True)
    name: str
    email: str | None = None
    team_id: str | None = Field(default=None, index=True)
    active: bool = True
    on_leave: bool = False
    calendar: str | None = None
    weight: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    daily_cap: int | None = None
    total_cap: int | None = None
    deal_min: int | None = Field(default=None, sa_column=Column(BigInteger()))
    deal_max: int | None = Field(default=None, sa_column=Column(BigInteger()))
    languages: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Codes, with spaces between them."""
    successor_id: str | None = None
    version: int = 1


class RepVerticalRow(SQLModel, table=True):
    """Which industries a rep knows: folded, as they are looked for, and as somebody wrote them."""

    __tablename__ = "rep_verticals"
    rep_id: str = Field(primary_key=True)
    vertical: str = Field(primary_key=True, index=True)
    name: str


class RepRegionRow(SQLModel, table=True):
    """Which regions a rep covers."""

    __tablename__ = "rep_regions"
    rep_id: str = Field(primary_key=True)
    region: str = Field(primary_key=True, index=True)


class LeaveRow(SQLModel, table=True):
    """A leave of a rep: from ``begins`` until just before ``ends`` nothing new is given, unless it was cancelled."""

    __tablename__ = "leaves"
    __table_args__ = (Index("leaves_of_a_rep", "rep_id", "begins", "id"),)
    id: str = Field(primary_key=True)
    rep_id: str
    begins: datetime = Field(sa_column=instant())
    ends: datetime = Field(sa_column=instant())
    reason: str | None = None
    cancelled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
