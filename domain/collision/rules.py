"""The policy's rules on seeing collisions: which detectors look, what each is worth, and how long it is quiet."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from domain.collision.detector import Detector
from domain.collision_case.rules import CaseRules

Weight = Annotated[float, Field(ge=0, le=1)]

_SHIPPED_WEIGHTS = {
    Detector.SAME_SHOW: 0.9,
    Detector.SECOND_LEAD: 0.8,
    Detector.FOREIGN_CONTACT: 0.8,
    Detector.RIVAL_OPPORTUNITIES: 0.9,
    Detector.FOUND_ONE: 0.9,
    Detector.GROUP: 0.6,
    Detector.ADDRESS_BOOK: 0.3,
    Detector.DOUBLE_REVIEW: 0.6,
    Detector.DOUBT_ABOUT_OWNED: 0.3,
    Detector.CALLED_BEFORE_RECYCLING: 0.7,
    Detector.OVERLAPPING_TERRITORIES: 0.2,
}
"""Judged by hand; false alarms correct them (``domain.collision.weighing``)."""


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _with_nothing_required(schema: dict[str, Any]) -> None:
    """Editors need not ask for what is completed."""
    schema.pop("required", None)


class DetectorRule(_Rules):
    """One detector. What a policy does not say of it is as shipped."""

    model_config = ConfigDict(json_schema_extra=_with_nothing_required)
    enabled: StrictBool = True
    weight: Weight
    """How likely what it sees is a collision indeed."""
    quiet_days: Annotated[int, Field(ge=1, le=365)] = 30
    """For so many days the same thing is not seen again, and after a case is settled its reps are left alone."""


def _completed(given: Any) -> Any:
    """What a policy says of detectors, with the rest as shipped; what is no mapping is left to be refused."""
    if not isinstance(given, dict):
        return given
    whole: dict[Any, Any] = {detector: {"weight": weight} for detector, weight in _SHIPPED_WEIGHTS.items()}
    for name, rule in given.items():
        shipped = whole.get(name, {})
        whole[name] = {**shipped, **rule} if isinstance(rule, dict) else rule
    return whole


def _shipped() -> dict[Detector, DetectorRule]:
    return {detector: DetectorRule(weight=weight) for detector, weight in _SHIPPED_WEIGHTS.items()}


class CollisionRules(_Rules):
    """How collisions are seen and settled."""

    opens_at: Weight = 0.6
    """A case is opened where what was seen weighs at least so much; less is counted and weighs in with what follows."""
    tell_managers: StrictBool = True
    """Whether the managers of the reps on a case are told, too."""
    imports: StrictBool = False
    """Whether the rows of imported files are looked at."""
    case: CaseRules = Field(default_factory=CaseRules)
    detectors: Annotated[dict[Detector, DetectorRule], BeforeValidator(_completed)] = Field(default_factory=_shipped)

    def of(self, detector: Detector) -> DetectorRule:
        """The rule of a detector."""
        return self.detectors[detector]
