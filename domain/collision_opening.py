"""What a collision case begins with, as its first sighting gives it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Opening(BaseModel):
    """A case at the moment in which it is opened; stored with its row, so that its workflow finds it by its id."""

    model_config = ConfigDict(frozen=True)
    case_id: str
    risk: bool
    """Whether the reps have not met yet, and it only looks as if they will."""
    detector: str
    """Which ``domain.collision.detector.Detector`` saw it, or ``reported`` when a person did."""
    customer_ids: tuple[str, ...]
    """The customers that it is about, by the ids that are live at the time; the one that was first looked at first."""
    rep_ids: tuple[str, ...]
    """The reps who met, or are about to; the owner, where there is one, is the first."""
    sighting_id: str
    event_id: str
    """The event in which it was seen."""
    at: AwareDatetime
    """The workflow's time of that event."""
