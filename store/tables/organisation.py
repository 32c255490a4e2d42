"""What happened to the organisation, on no customer's or lead's timeline."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class OrganisationEventRow(SQLModel, table=True):
    """One thing that happened. The id makes a repeat do nothing; ``at`` is the workflow's time."""

    __tablename__ = "organisation_events"
    id: str = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
    actor: str
    data: dict[str, Any] = Field(sa_column=json_column())
    """Ids, times, codes and numbers."""
