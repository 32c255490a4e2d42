"""What may happen to a customer: the changes that its workflow carries out, one at a time."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Case
from domain.event import EventKind
from domain.follow_up import FollowUp, Stage
from domain.ownership import Owner, Ownership
from domain.profile import Profile
from domain.text import LongText, Reference


class Refused(Exception):
    """A change that the rules do not allow. ``code`` is stable and becomes the problem's type."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LogFollowUp(_Change):
    """A rep was in touch with the customer."""

    kind: Literal["log_follow_up"] = "log_follow_up"
    follow_up: FollowUp


class Claim(_Change):
    """A rep takes a customer out of the pool."""

    kind: Literal["claim"] = "claim"
    rep_id: Reference


class Release(_Change):
    """The owner gives the customer back to the pool."""

    kind: Literal["release"] = "release"
    rep_id: Reference
    reason: LongText


class LeadArrived(_Change):
    """A further lead of the same customer came in."""

    kind: Literal["lead_arrived"] = "lead_arrived"
    lead_id: str
    case: Case


class OwnerLeft(_Change):
    """The owner was deactivated."""

    kind: Literal["owner_left"] = "owner_left"
    rep_id: str


class ClockDue(_Change):
    """A stage of the follow-up clock fell due."""

    kind: Literal["clock_due"] = "clock_due"
    stage: Stage
    due_at: AwareDatetime


class ChangeProfile(_Change):
    """Somebody corrects the profile, knowing the version that they saw."""

    kind: Literal["change_profile"] = "change_profile"
    profile: Profile
    expected_version: int


Change = Annotated[
    LogFollowUp | Claim | Release | LeadArrived | OwnerLeft | ClockDue | ChangeProfile, Field(discriminator="kind")
]


class Asked(BaseModel):
    """A change with who asks for it, and the id that makes it happen once."""

    model_config = ConfigDict(frozen=True)
    id: str
    actor: str
    change: Change


class Request(BaseModel):
    """What was asked, as the customer's workflow has it carried out: with its own time."""

    model_config = ConfigDict(frozen=True)
    customer_id: str
    at: AwareDatetime
    asked: Asked


class Changed(BaseModel):
    """What came of a request: the ownership as it stands now and, when something happened, which event."""

    model_config = ConfigDict(frozen=True)
    ownership: Ownership
    owner: Owner | None
    version: int
    """The profile's version, for its ETag."""
    event: EventKind | None
    data: dict[str, JsonValue] = Field(default_factory=dict)
