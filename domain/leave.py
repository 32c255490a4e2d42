"""Leave: a stretch of time in which a rep gets nothing new, known beforehand."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.instant import Instant
from domain.text import ShortText


class NewLeave(BaseModel):
    """A leave to enter: from an instant until just before another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    begins: Instant = Field(alias="from", examples=["2027-02-01T09:00:00+08:00"])
    ends: Instant = Field(alias="until", examples=["2027-02-15T09:00:00+08:00"])
    reason: ShortText | None = None

    @field_validator("ends")
    @classmethod
    def _after_it_begins(cls, ends: datetime, info: ValidationInfo) -> datetime:
        begins = info.data.get("begins")
        if begins is not None and ends <= begins:
            raise PydanticCustomError("leave_ends_too_soon", "must come after the leave begins")
        return ends


class Leave(BaseModel):
    """A leave as it stands; one that was cancelled counts no more."""

    model_config = ConfigDict(frozen=True)
    id: str
    rep_id: str
    begins: datetime = Field(serialization_alias="from")
    ends: datetime = Field(serialization_alias="until")
    reason: str | None
    cancelled_at: datetime | None
