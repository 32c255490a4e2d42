"""What a detector saw: who met on which customers, in which event, and the evidence."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from domain.collision.detector import Detector


class Sighting(BaseModel):
    """One thing that one detector saw."""

    model_config = ConfigDict(frozen=True)
    detector: Detector
    customer_ids: tuple[str, ...]
    """Live customers; the one that the event happened to is the first."""
    rep_ids: tuple[str, ...]
    """At least two; the owner, where there is one, is the first."""
    event_id: str
    at: AwareDatetime
    """The event's time."""
    evidence: dict[str, JsonValue]
    """Ids, times and the rule that held; nothing personal."""

    @property
    def risk(self) -> bool:
        """Whether they have not met yet."""
        return self.detector.is_of_risks

    def like(self, other: "Sighting") -> bool:
        """Whether the other one is about the same thing, whenever it was seen."""
        return self.detector is other.detector and self._about == other._about

    def meets(self, other: "Sighting") -> bool:
        """Whether the other one is about one of the same customers and one of the same reps."""
        return bool(set(self.customer_ids) & set(other.customer_ids) and set(self.rep_ids) & set(other.rep_ids))

    def near(self, other: "Sighting", quiet: timedelta) -> bool:
        """Whether less than a quiet period lies between the two, whichever came first."""
        return abs(self.at - other.at) < quiet

    def name(self, quiet: timedelta) -> tuple[str, ...]:
        """What its id is made of: what it is about, and which of the quiet periods since 1970 it lies in.

        So the same thing has the same id, in whatever order and however often its events come.
        """
        period = (self.at - datetime.fromtimestamp(0, self.at.tzinfo)) // quiet
        customers, reps = self._about
        return str(self.detector), str(period), *sorted(customers), *sorted(reps)

    @property
    def _about(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self.customer_ids), frozenset(self.rep_ids)
