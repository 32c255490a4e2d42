"""What a change comes to."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Assignment
from domain.event import EventKind
from domain.ownership import Ownership


class Step(BaseModel):
    """What a change comes to: the next ownership, the event that tells of it, and the assignment when one was made."""

    model_config = ConfigDict(frozen=True)
    ownership: Ownership
    event: EventKind
    data: dict[str, JsonValue] = Field(default_factory=dict)
    assignment: Assignment | None = None
