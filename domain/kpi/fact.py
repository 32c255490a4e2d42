"""A fact: one thing that counts, with everything by which figures are broken down."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Measure(StrEnum):
    """What may be counted or measured."""

    STANDING = "standing"
    """How a customer stands from now on: ``value`` 1 while it lives, 0 once another stands for it; its owner."""
    PROFILE = "profile"
    """Whether a customer's profile is complete from now on: ``value`` 1 or 0."""
    COLLISION = "collision"
    """A rep met another one; ``reason`` is the detector. One for each rep of a case."""
    SETTLED = "collision_settled"
    """A case was settled; ``reason`` is the outcome."""
    DISMISSED = "collision_dismissed"
    """A case was a false alarm; ``reason`` is the detector, if the event names it."""
    SURVEY = "survey"
    """A customer answered; ``value`` 1 to 5."""
    UPDATE = "update"
    """What is known of a customer was corrected or completed."""
    FOLLOW_UP = "follow_up"
    FIRST_TOUCH = "first_touch"
    """``value``: hours from the registration to the first contact."""
    FIRST_EFFECTIVE = "first_effective"
    """``value``: hours from the registration to the first effective follow-up."""
    KEPT = "sla_kept"
    """An owner followed up effectively."""
    MISSED = "sla_missed"
    """A follow-up clock ran out."""
    RECYCLED = "recycled"
    """A customer came back to the pool; ``reason`` tells why."""
    REQUESTED = "approval_requested"
    APPROVAL = "approval"
    """``value``: hours from the request to the decision; ``reason`` is the outcome."""
    SHARE = "share"
    """A customer was shared; ``reason`` is the access."""


class Dimension(StrEnum):
    """By what a figure may be broken down."""

    TEAM = "team"
    REGION = "region"
    REP = "rep"
    SOURCE = "source"
    POLICY = "policy"
    REASON = "reason"


class Fact(BaseModel):
    """One thing that counts. The id makes it count once."""

    model_config = ConfigDict(frozen=True)
    id: str
    measure: Measure
    at: AwareDatetime
    """The event's time."""
    event_id: str
    customer_id: str
    subject_id: str
    """What is counted once, however many facts tell of it: the customer, case, approval or event."""
    rep: str | None = None
    team: str | None = None
    region: str | None = None
    source: str | None = None
    policy: str | None = None
    reason: str | None = None
    value: float = 1.0
