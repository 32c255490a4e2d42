"""The policy's targets for the figures, and when customers are asked how it went."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.kpi.names import Kpi
from domain.merging_rules import ProfileField

Share = Annotated[float, Field(ge=0, le=1)]


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TargetRules(_Rules):
    """What the figures of a month should come to; None sets no target."""

    collision_rate_below: Share | None = 0.02
    satisfaction_above: Annotated[float, Field(ge=1, le=5)] | None = 4.5
    customers_per_rep_at_most: Annotated[int, Field(ge=1)] | None = None
    """What a rep can look after differs from industry to industry."""
    completeness_above: Share | None = 0.95
    information_sharing_above: Annotated[float, Field(ge=0)] | None = 0.8
    required_fields: tuple[ProfileField, ...] = (
        ProfileField.NAME,
        ProfileField.REGION,
        ProfileField.INDUSTRY,
        ProfileField.PEOPLE,
        ProfileField.PHONES,
    )
    """The fields of a profile without which it is not complete."""
    close_after_days: Annotated[int, Field(ge=0, le=27)] = 2
    """A month's figures are closed so many days after its end, when what was late has been written down."""

    def misses(self, kpi: Kpi, value: float) -> bool:
        """Whether a figure fails to reach its target."""
        limit = self.limit(kpi)
        if limit is None:
            return False
        if kpi is Kpi.CUSTOMERS_PER_REP:
            return value > limit
        return value >= limit if kpi is Kpi.COLLISION_RATE else value <= limit

    def limit(self, kpi: Kpi) -> float | None:
        """The target of a figure; None where there is none."""
        return {
            Kpi.COLLISION_RATE: self.collision_rate_below,
            Kpi.SATISFACTION: self.satisfaction_above,
            Kpi.CUSTOMERS_PER_REP: self.customers_per_rep_at_most,
            Kpi.COMPLETENESS: self.completeness_above,
            Kpi.INFORMATION_SHARING: self.information_sharing_above,
        }.get(kpi)


class Sending(StrEnum):
    """How a survey's link gets to the customer."""

    NONE = "none"
    """Whoever looks after the customer passes it on."""
    EMAIL = "email"
    """To the customer's first e-mail address."""


class SurveyRules(_Rules):
    """When customers are asked for an opinion: one question, 1 to 5."""

    after_first_follow_up: bool = True
    """After the first effective follow-up."""
    after_collision: bool = True
    """After a collision about the customer was settled."""
    answer_within_days: Annotated[int, Field(ge=1, le=365)] = 28
    """How long a link works."""
    send: Sending = Sending.NONE
    """Of surveys that an event calls for; who asks for one by hand passes it on."""
