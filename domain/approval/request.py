"""What is asked for, as somebody submits it: one kind each, with what that kind needs to know."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.approval.rules import ApprovalKind
from domain.merging_rules import ProfileField, Survivorship
from domain.share import Access
from domain.text import LongText, Reference


class _Wanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    reason: LongText

    @property
    def gains(self) -> str | None:
        """Who is to get a customer, or access to it."""
        return None


class _ForRep(_Wanted):
    to_id: Reference

    @property
    def gains(self) -> str | None:
        """Whoever it is for."""
        return self.to_id


class TransferWanted(_ForRep):
    """The owner is to change: from whoever it is now to another rep."""

    kind: Literal[ApprovalKind.TRANSFER] = ApprovalKind.TRANSFER


class ReferralWanted(_ForRep):
    """A customer is referred to a rep of another region, which both regions agree on."""

    kind: Literal[ApprovalKind.REFERRAL] = ApprovalKind.REFERRAL


class ReassignWanted(_ForRep):
    """Management gives a customer to another rep."""

    kind: Literal[ApprovalKind.REASSIGN] = ApprovalKind.REASSIGN


class KeyAccountWanted(_ForRep):
    """A key account that waits in a queue is to get this senior rep."""

    kind: Literal[ApprovalKind.KEY_ACCOUNT] = ApprovalKind.KEY_ACCOUNT


class ShareWanted(_ForRep):
    """A rep is to get access to a customer until a date."""

    kind: Literal[ApprovalKind.SHARE] = ApprovalKind.SHARE
    access: Access
    until: AwareDatetime


class ExceptionWanted(_ForRep):
    """A rep is to claim a customer from the pool although a cap or a cool-off period forbids it."""

    kind: Literal[ApprovalKind.EXCEPTION] = ApprovalKind.EXCEPTION


class MergeWanted(_Wanted):
    """A customer is to be absorbed by another one."""

    kind: Literal[ApprovalKind.MERGE] = ApprovalKind.MERGE
    survivor_id: Reference
    fields: dict[ProfileField, Survivorship] = Field(default_factory=dict)
    owner: Reference | None = None
    force: bool = False

    @property
    def gains(self) -> str | None:
        """Whoever shall own the one customer, when the request says so."""
        return self.owner


class UnmergeWanted(_Wanted):
    """A customer that was absorbed is to become one of its own again."""

    kind: Literal[ApprovalKind.UNMERGE] = ApprovalKind.UNMERGE
    merge_id: Reference


Wanted = Annotated[
    TransferWanted
    | ReferralWanted
    | ReassignWanted
    | KeyAccountWanted
    | ShareWanted
    | ExceptionWanted
    | MergeWanted
    | UnmergeWanted,
    Field(discriminator="kind"),
]


class Actor(BaseModel):
    """Who does something: the principal that calls, and the rep whom it stands for, if it stands for one."""

    model_config = ConfigDict(frozen=True)
    principal: str
    person: str | None = None


MOST_CUSTOMERS = 200


class Order(BaseModel):
    """A request as it is submitted; its id is the workflow's, and makes it happen once."""

    model_config = ConfigDict(frozen=True)
    id: str
    wanted: Wanted
    customer_ids: tuple[str, ...]
    """One approval for all of them, up to ``MOST_CUSTOMERS``. For a merge the one customer that is absorbed."""
    requester: Actor
