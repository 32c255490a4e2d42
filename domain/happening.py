"""An event as those see it who watch events: detectors of collisions, notifications, figures."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


class Happening(BaseModel):
    """One event on a customer's or a lead's timeline."""

    model_config = ConfigDict(frozen=True)
    position: int
    """The order in which it is passed on."""
    stream: str
    """``customer`` or ``lead``."""
    id: str
    kind: str
    """An ``EventKind`` or a ``LeadEventKind``."""
    subject_id: str
    """The customer's or the lead's id."""
    at: AwareDatetime
    """The workflow's time."""
    recorded_at: AwareDatetime
    actor: str
    decision_id: str | None
    data: dict[str, JsonValue]
