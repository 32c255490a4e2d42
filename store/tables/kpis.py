"""What counts for the figures, the figures of closed months, targets that were missed, and surveys of customers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class KpiFactRow(SQLModel, table=True):
    """A fact (``domain.kpi.fact``), written when its event is passed on. All can be made anew from the events."""

    __tablename__ = "kpi_facts"
    __table_args__ = (
        Index("kpi_facts_of_a_month", "measure", "at"),
        Index("kpi_facts_of_a_customer", "customer_id", "measure", "at"),
    )
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    id: str = Field(unique=True)
    measure: str
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    """When it was written; what comes after a month was closed corrects it."""
    event_id: str
    customer_id: str
    subject_id: str = Field(index=True)
    rep: str | None = None
    team: str | None = None
    region: str | None = None
    source: str | None = None
    policy: str | None = None
    reason: str | None = None
    value: float


class KpiSnapshotRow(SQLModel, table=True):
    """The figures of a closed month. The database refuses to change or delete one."""

    __tablename__ = "kpi_snapshots"
    month: date = Field(primary_key=True)
    """Its first day."""
    closed_at: datetime = Field(sa_column=instant())
    time_zone: str
    """Where the month began and ended at midnight."""
    policy: str
    """The version whose targets counted."""
    figures: dict[str, Any] = Field(sa_column=json_column())
    """``domain.kpi.report.Figures``."""


class KpiAlertRow(SQLModel, table=True):
    """A target that a closed month missed."""

    __tablename__ = "kpi_alerts"
    month: date = Field(primary_key=True)
    kpi: str = Field(primary_key=True)
    value: float
    target: float
    at: datetime = Field(sa_column=instant())


class SurveyRow(SQLModel, table=True):
    """One question to a customer, and the answer. The comment is the customer's own words and stays here."""

    __tablename__ = "surveys"
    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    occasion: str
    rep_id: str | None = None
    """Whom the customer had to do with."""
    sent_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    answered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    score: int | None = None
    comment: str | None = None
