"""What may happen to a customer: the changes that its workflow carries out, one at a time."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.assignment import Case
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import FollowUp, Stage
from domain.merging_rules import ProfileField, Survivorship
from domain.ownership import Owner, Ownership
from domain.profile import Profile
from domain.share import Access
from domain.text import LongText, Reference, ShortText


class Refused(Exception):
    """A change that the rules do not allow.

    Attributes:
        code: stable; it becomes the problem's type.
        facts: the rule's values, and under ``about`` the id of what stands in the way: the customer, merge or rep.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    follows: ClassVar[bool] = True
    """Whether it is meant for whoever stands for the customer: asked of a merged one, it goes to the survivor."""


class LogFollowUp(_Change):
    """A rep was in touch with the customer."""

    kind: Literal["log_follow_up"] = "log_follow_up"
    follow_up: FollowUp


class Claim(_Change):
    """A rep takes a customer out of the pool."""

    kind: Literal["claim"] = "claim"
    rep_id: Reference
    exception: str | None = None
    """The approval that waives caps and cool-off, for this customer and rep, once."""


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
    """The owner left, or moved and does not take the customer along."""

    kind: Literal["owner_left"] = "owner_left"
    rep_id: str
    move_id: str | None = None
    successor_id: str | None = None
    """Who gets it if they can, before the rules are tried."""


class ClockDue(_Change):
    """A stage of the follow-up clock fell due."""

    follows = False
    kind: Literal["clock_due"] = "clock_due"
    stage: Stage
    due_at: AwareDatetime


class ChangeProfile(_Change):
    """Somebody corrects the profile, knowing the version that they saw."""

    follows = False
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


class Transfer(_Change):
    """An approval gives the customer to another owner; it was about this very customer as it then stood."""

    follows = False
    kind: Literal["transfer"] = "transfer"
    approval_id: str
    from_id: str | None
    """Who owned it when the transfer was asked for; None: nobody."""
    to_id: Reference
    reason: LongText


class GrantShare(_Change):
    """A rep beside the owner may see the customer or work on it until a date. A later date extends a grant.

    It was about this customer's data, not about that of one that absorbs it.
    """

    follows = False
    kind: Literal["grant_share"] = "grant_share"
    approval_id: str | None = None
    rep_id: Reference
    access: Access
    until: AwareDatetime


class RevokeShare(_Change):
    """Everything that was granted to a rep ends at once."""

    kind: Literal["revoke_share"] = "revoke_share"
    rep_id: Reference
    reason: LongText | None = None


class ShareExpired(_Change):
    """A share grant has come to its end."""

    follows = False
    kind: Literal["share_expired"] = "share_expired"
    rep_id: str
    access: Access
    due_at: AwareDatetime


class CollaboratorLeft(_Change):
    """A rep left to whom the customer is shared."""

    kind: Literal["collaborator_left"] = "collaborator_left"
    rep_id: str
    move_id: str


class FreezeAssignment(_Change):
    """A collision case is open: nobody new may get the customer until it ends, or until a time."""

    kind: Literal["freeze_assignment"] = "freeze_assignment"
    case_id: str
    until: AwareDatetime


class ThawAssignment(_Change):
    """A collision case has ended."""

    kind: Literal["thaw_assignment"] = "thaw_assignment"
    case_id: str


class TryAgain(_Change):
    """A reason why a customer waits in a queue may be gone, or it has waited too long."""

    follows = False
    kind: Literal["try_again"] = "try_again"
    due_at: AwareDatetime | None = None
    """The time in the customer's ``wait`` that has come; None when a rep's change is the cause."""


class MergeInto(_Change):
    """The customer turns out to be another one, which absorbs it. The request's id is the merge's."""

    follows = False
    kind: Literal["merge_into"] = "merge_into"
    survivor_id: Reference
    by: Reference
    reason: LongText
    fields: dict[ProfileField, Survivorship] = Field(default_factory=dict)
    """Where this merge goes by another rule than the policy's."""
    owner: Reference | None = None
    """The rep who shall own the one customer; None leaves it to the policy."""
    force: bool = False
    """Merge although both have an identifier of a kind of which one customer has but one."""


class TakeOver(_Change):
    """The survivor decides what becomes of its ownership, now that it stands for the absorbed customer, too."""

    follows = False
    kind: Literal["take_over"] = "take_over"
    merge_id: str
    absorbed: Ownership
    """How the absorbed customer stood before."""
    region: str | None
    """The region of the profile that survived."""
    owner: str | None


class Unmerge(_Change):
    """A customer that was absorbed becomes one of its own again."""

    follows = False
    kind: Literal["unmerge"] = "unmerge"
    merge_id: str
    restored: Ownership
    """How it stood before the merge."""
    by: Reference
    reason: LongText


class GiveBack(_Change):
    """The survivor decides what becomes of its ownership, now that it stands for itself alone."""

    follows = False
    kind: Literal["give_back"] = "give_back"
    merge_id: str
    was: Ownership
    """How it stood before it took the other customer over."""
    taken: Ownership
    """How it stood after."""
    region: str | None
    """The region of the profile that it has now."""


class PlaceItem(_Change):
    """A person says where something belongs that the undoing of a merge could place with nobody for certain.

    Asked of the merge's survivor, with whom it stays until then.
    """

    follows = False
    kind: Literal["place_item"] = "place_item"
    merge_id: str
    item: int
    """Its number among what was placed, from 1."""
    to: Reference
    by: Reference
    reason: LongText


class TakeItem(_Change):
    """What was given to a customer by such a word has come; the customer stands where its profile now says."""

    follows = False
    kind: Literal["take_item"] = "take_item"
    merge_id: str
    item: int


ItemChange = PlaceItem | TakeItem
ShareChange = GrantShare | RevokeShare | ShareExpired | CollaboratorLeft
MergeChange = MergeInto | TakeOver | Unmerge | GiveBack
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
    | Transfer
    | TryAgain
    | FreezeAssignment
    | ThawAssignment
    | ShareChange
    | MergeChange
    | ItemChange,
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
