"""The part of a policy that says how collision cases are settled: rules of engagement, deadlines, freezing, appeals."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from domain.rules.conditions import Strict
from domain.text import Reference

Hours = Annotated[int, Field(ge=1, le=87_600)]
Days = Annotated[int, Field(ge=1, le=3650)]
Weight = Annotated[int, Field(ge=0, le=1000)]


class Engagement(StrEnum):
    """The rules of engagement: what speaks for one of the reps who met."""

    CUSTOMER_WISH = "customer_wish"
    """The customer asked for them, last."""
    FIRST_FOLLOW_UP = "first_follow_up"
    """They were the first with a follow-up that is effective but for whose it is."""
    PROTECTION = "protection"
    """They own it within the protection period after a claim."""
    NAMED_CONTACT = "named_contact"
    """The first lead named them, or they were on the stand where it was met."""
    OPPORTUNITY = "opportunity"
    """They pursue an open opportunity with it, or hold a contract."""
    REFERRAL = "referral"
    """They own the customer that referred it."""
    TERRITORY = "territory"
    """They alone of those who met cover its region."""


class AgreedTransfer(StrEnum):
    """What a transfer needs on which the reps agreed among themselves."""

    APPROVAL = "approval"
    """The policy's chain of approval for transfers."""
    DIRECT = "direct"


class CaseDefault(StrEnum):
    """What becomes of a case that nobody has decided in time."""

    KEEP_OWNER = "keep_owner"
    KEEP_WAITING = "keep_waiting"


def _weights() -> dict[Engagement, int]:
    return {
        Engagement.CUSTOMER_WISH: 40,
        Engagement.FIRST_FOLLOW_UP: 30,
        Engagement.PROTECTION: 25,
        Engagement.NAMED_CONTACT: 20,
        Engagement.OPPORTUNITY: 20,
        Engagement.REFERRAL: 15,
        Engagement.TERRITORY: 10,
    }


class CaseRules(Strict):
    """How a collision case is settled. Hours count from when a step begins, in the calendar's hours if one is named."""

    weights: dict[Engagement, Weight] = Field(default_factory=_weights)
    """How much each rule of engagement counts in the proposal; one that is left out counts nothing."""
    share_above: Annotated[float, Field(gt=0, le=1)] = 0.6
    """Whoever has at least this share of the owner's weight is proposed as a collaborator."""
    calendar: Reference | None = None
    remind_after_hours: Hours = 4
    agree_within_hours: Hours = 16
    """So long the reps may agree among themselves."""
    manager_within_hours: Hours = 16
    administrator_within_hours: Hours = 40
    default: CaseDefault = CaseDefault.KEEP_OWNER
    agreed_transfer: AgreedTransfer = AgreedTransfer.APPROVAL
    share_days: Days = 90
    """How long a collaborator has access by a case."""
    freeze: StrictBool = True
    """Whether nobody new may get the customer while a case is open."""
    freeze_at_most_days: Days = 21
    risk_expires_days: Days = 14
    """How long a risk is shown that nobody has looked at."""
    appeal_within_days: Annotated[int, Field(ge=0, le=3650)] = 7
    """After it was settled; 0: nobody may appeal."""

    @model_validator(mode="after")
    def _reminded_before_its_end(self) -> Self:
        ends = (self.agree_within_hours, self.manager_within_hours, self.administrator_within_hours)
        if self.remind_after_hours >= min(ends):
            raise PydanticCustomError("case_hours", "people are reminded before their time is over")
        return self
