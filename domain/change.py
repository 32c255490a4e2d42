"""What may happen to a customer: the changes that its workflow carries out, one at a time."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Case
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import FollowUp, Stage
from domain.ownership import Owner, Ownership
from domain.profile import Profile
from domain.text import LongText, Reference, ShortText


class Refused(Exception):
    """A change that the rules do not allow. ``code`` is stable and becomes the problem's type, ``facts`` are the
    rule's values."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


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


class ChangeStanding(_Change):
    """Somebody says how important the customer is, and how far the business with it has come."""

    kind: Literal["change_standing"] = "change_standing"
    level: ShortText | None
    stage: ShortText | None


class OpenCommitment(_Change):
    """A contract or an opportunity is open, or ends at another time than was known."""

    kind: Literal["open_commitment"] = "open_commitment"
    commitment: Commitment


class CloseCommitment(_Change):
    """A contract or an opportunity is over."""

    kind: Literal["close_commitment"] = "close_commitment"
    commitment: CommitmentKind
    reference: Reference


class Designate(_Change):
    """Management gives a customer that waits in a queue to a rep."""

    kind: Literal["designate"] = "designate"
    rep_id: Reference
    reason: LongText


class TryAgain(_Change):
    """A reason why a customer waits in a queue may be gone, or it has waited too long."""

    kind: Literal["try_again"] = "try_again"
    due_at: AwareDatetime | None = None
    """The time in the customer's ``wait`` that has come; None when a rep's change is the cause."""


Change = Annotated[
    LogFollowUp
    | Claim
    | Release
    | LeadArrived
    | OwnerLeft
    | ClockDue
    | ChangeProfile
    | ChangeStanding
    | OpenCommitment
    | CloseCommitment
    | Designate
    | TryAgain,
    Field(discriminator="kind"),
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
    freed: str | None = None
    """The rep with a total cap who may take another customer, because they lost this one."""
