"""Where a customer stands: with one owner, in exactly one queue or pool (invariant one_owner), or with its survivor."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from domain.assignment import Reason
from domain.case import Case, Facts
from domain.commitment import Commitment
from domain.follow_up import Clock
from domain.freeze import Freeze
from domain.lead import CustomerType
from domain.share import Share


class Place(StrEnum):
    """The places a customer can be in."""

    OWNED = "owned"
    QUEUE = "queue"
    POOL = "pool"
    MERGED = "merged"
    """It was absorbed by another customer, which stands for it now."""


class Owner(BaseModel):
    """A rep as others see them."""

    model_config = ConfigDict(frozen=True)
    id: str
    name: str


class Wait(BaseModel):
    """What a customer in a queue waits for, with absolute times."""

    model_config = ConfigDict(frozen=True)
    case: Case
    """What assignment decided about, to be tried again."""
    reasons: tuple[Reason, ...] = ()
    """Why each of the methods gave nobody."""
    overdue_at: AwareDatetime | None = None
    """When the queue's owner is told; None when that is done, or the queue sets no time."""
    retry_at: AwareDatetime | None = None
    """When time alone may have taken a reason away."""


class Ownership(BaseModel):
    """A customer's ownership at one instant. ``seq`` counts its changes from 1, the birth."""

    model_config = ConfigDict(frozen=True)
    customer_id: str
    customer_type: CustomerType
    region: str | None
    facts: Facts = Facts()
    rule: str | None = None
    """The assignment rule that gave it its place last."""
    seq: int
    place: Place
    owner_id: str | None
    queue: str | None
    """The queue's or the pool's name when nobody owns the customer."""
    reason: Reason | None = None
    """Why it waits there."""
    since: AwareDatetime
    previous_owner_id: str | None = None
    clock: Clock | None = None
    wait: Wait | None = None
    """How it waits in a queue; None elsewhere."""
    claimed_from: str | None = None
    """The public pool out of which the present owner claimed it."""
    protected_until: AwareDatetime | None = None
    """The end of the protection period after a claim."""
    commitments: tuple[Commitment, ...] = ()
    """Contracts and opportunities; they stay with the customer whoever owns it."""
    shares: tuple[Share, ...] = ()
    """Whom it is shared with, beside the owner, who is never among them."""
    freezes: tuple[Freeze, ...] = ()
    """By which open collision cases nobody new may get it."""
    merged_into: str | None = None
    """The customer that absorbed it."""
    policy: str | None = None
    """The version of the policy under which its clock began, by its fingerprint."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        owned, merged = self.place is Place.OWNED, self.place is Place.MERGED
        places = (owned, merged, not owned and not merged)
        if places != (self.owner_id is not None, self.merged_into is not None, self.queue is not None):
            raise ValueError("a customer has exactly one owner, is in exactly one queue or pool, or has been merged")
        return self
