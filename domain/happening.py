"""An event as those see it who watch events: detectors of collisions, notifications, figures."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


class Happening(BaseModel):
    """One event: on a customer's or a lead's timeline, or the organisation's."""

    model_config = ConfigDict(frozen=True)
    position: int
    """The order in which it is passed on."""
    stream: str
    """``customer``, ``lead`` or ``organisation``."""
    id: str
    kind: str
    """An ``EventKind``, a ``LeadEventKind`` or an ``OrganisationEventKind``."""
    subject_id: str
    """The customer's or the lead's id; ``organisation`` for what concerns all of it."""
    at: AwareDatetime
    """The workflow's time."""
    recorded_at: AwareDatetime
    actor: str
    decision_id: str | None
    data: dict[str, JsonValue]
