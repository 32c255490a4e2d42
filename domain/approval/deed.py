"""What people do about a request: one kind each, with what that kind needs."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.approval.request import Actor
from domain.approval.rules import Action
from domain.approval.state import ApprovalState
from domain.text import LongText, Reference, ShortText


class _Deed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    reason: LongText | None = None


class Approve(_Deed):
    """Yes."""

    action: Literal[Action.APPROVE] = Action.APPROVE


class Reject(_Deed):
    """No, which ends the request, but for a quorum that may still be reached."""

    action: Literal[Action.REJECT] = Action.REJECT


class Return(_Deed):
    """Back to the requester; the questions are the reason."""

    action: Literal[Action.RETURN] = Action.RETURN


class Resubmit(_Deed):
    """The requester answers; whoever asked decides then."""

    action: Literal[Action.RESUBMIT] = Action.RESUBMIT


class Recall(_Deed):
    """The requester wants it no more."""

    action: Literal[Action.RECALL] = Action.RECALL


class Delegate(_Deed):
    """Somebody else decides in one's stead."""

    action: Literal[Action.DELEGATE] = Action.DELEGATE
    to_id: Reference


class Place(StrEnum):
    """Where a signer is added."""

    BEFORE = "before"
    AFTER = "after"


class AddSigner(_Deed):
    """Somebody else must agree, too: before the step that is on, or after it."""

    action: Literal[Action.ADD_SIGNER] = Action.ADD_SIGNER
    signer_id: Reference
    place: Place = Place.AFTER


class Comment(_Deed):
    """Something to be read by all who are concerned; the reason is the text."""

    action: Literal[Action.COMMENT] = Action.COMMENT
    reason: LongText


class Attach(_Deed):
    """A reference to a document that is kept elsewhere."""

    action: Literal[Action.ATTACH] = Action.ATTACH
    reference: ShortText


class Escalate(_Deed):
    """An administrator has the substitutes asked at once."""

    action: Literal[Action.ESCALATE] = Action.ESCALATE


Deed = Annotated[
    Approve | Reject | Return | Resubmit | Recall | Delegate | AddSigner | Comment | Attach | Escalate,
    Field(discriminator="action"),
]


class Act(BaseModel):
    """A deed with who does it, and the id that makes it happen once."""

    model_config = ConfigDict(frozen=True)
    id: str
    by: Actor
    administrator: bool = False
    """Whether the caller may recall and escalate what others asked for."""
    step: int | None = None
    """The step that a signed link is bound to; None when whatever step is on is meant."""
    link: bool = False
    deed: Deed


class Acting(BaseModel):
    """An act as the workflow has it carried out: with its own time."""

    model_config = ConfigDict(frozen=True)
    approval_id: str
    at: AwareDatetime
    act: Act


class Acted(BaseModel):
    """What an act came to: the approval as it stands now and, when it was refused, by which rule."""

    model_config = ConfigDict(frozen=True)
    state: ApprovalState
    refusal: str | None = None
    facts: dict[str, str | int] = Field(default_factory=dict)
