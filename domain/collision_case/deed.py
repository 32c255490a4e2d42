"""What people do about a case: one kind each, with what that kind needs."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.approval.request import Actor
from domain.collision_case.resolution import Resolution
from domain.collision_case.state import CaseState
from domain.text import LongText


class _Deed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TakePosition(_Deed):
    """One of the reps says what should become of the case; what all of them say settles it."""

    action: Literal["position"] = "position"
    resolution: Resolution
    words: LongText


class Decide(_Deed):
    """A manager or an administrator decides."""

    action: Literal["resolution"] = "resolution"
    resolution: Resolution
    words: LongText


class Object(_Deed):
    """One of the reps does not accept how it was settled."""

    action: Literal["appeal"] = "appeal"
    reason: LongText


class Dismiss(_Deed):
    """It was a false alarm."""

    action: Literal["dismissal"] = "dismissal"
    reason: LongText | None = None


class Acknowledge(_Deed):
    """Somebody has seen a risk."""

    action: Literal["acknowledgement"] = "acknowledgement"


Deed = Annotated[TakePosition | Decide | Object | Dismiss | Acknowledge, Field(discriminator="action")]


class Act(BaseModel):
    """A deed with who does it, and the id that makes it happen once."""

    model_config = ConfigDict(frozen=True)
    id: str
    by: Actor
    administrator: bool = False
    deed: Deed


class Acting(BaseModel):
    """An act as the workflow has it carried out: with its own time."""

    model_config = ConfigDict(frozen=True)
    case_id: str
    at: AwareDatetime
    act: Act


class Acted(BaseModel):
    """What an act came to: the case as it stands now and, when it was refused, by which rule."""

    model_config = ConfigDict(frozen=True)
    state: CaseState
    refusal: str | None = None
    facts: dict[str, str | int] = Field(default_factory=dict)
