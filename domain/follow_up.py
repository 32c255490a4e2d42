"""The follow-up clock: what restarts it, and what falls due when."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from domain.policy import ClockRule, EffectiveFollowUp, FollowUpKind
from domain.text import LongText, Reference


def _plausible(at: datetime) -> datetime:
    """A time that both databases hold in UTC and hand back."""
    if not 1900 <= at.year <= 2999:
        raise PydanticCustomError("time_out_of_range", "must lie between the years 1900 and 2999")
    return at


class FollowUp(BaseModel):
    """A contact with a customer, as a rep or a system logs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rep_id: Reference
    kind: FollowUpKind
    content: LongText
    customer_answered: bool = False
    occurred_at: Annotated[AwareDatetime, AfterValidator(_plausible)] | None = None


class Shortfall(StrEnum):
    """Why a follow-up does not count as effective."""

    KIND = "kind_does_not_count"
    TOO_SHORT = "content_too_short"
    NO_ANSWER = "customer_did_not_answer"
    NOT_OWNER = "not_by_the_owner"


def shortfalls(follow_up: FollowUp, owner_id: str | None, rules: EffectiveFollowUp) -> tuple[Shortfall, ...]:
    """Everything that keeps a follow-up from being effective; empty means that it restarts the clock."""
    found = {
        Shortfall.NOT_OWNER: follow_up.rep_id != owner_id,
        Shortfall.KIND: follow_up.kind not in rules.kinds,
        Shortfall.TOO_SHORT: len(follow_up.content) < rules.minimum_characters,
        Shortfall.NO_ANSWER: rules.customer_answered and not follow_up.customer_answered,
    }
    return tuple(shortfall for shortfall, present in found.items() if present)


class Stage(StrEnum):
    """What a clock does on its way."""

    WARN = "follow_up_warning"
    ESCALATE = "follow_up_escalated"
    EXPIRE = "follow_up_expired"


class Due(BaseModel):
    """One stage with its absolute deadline."""

    model_config = ConfigDict(frozen=True)
    stage: Stage
    at: AwareDatetime


class Clock(BaseModel):
    """A running clock: the rule that it follows for good, when it started, and what is still to come, in order."""

    model_config = ConfigDict(frozen=True)
    name: str
    rule: ClockRule
    started_at: AwareDatetime
    due: tuple[Due, ...]

    def restarted(self, at: datetime, now: datetime) -> "Clock":
        """The same clock from ``at`` on, by the rule with which it began.

        A restart from a while ago brings no warning back whose time is over by ``now``: every stage comes once.
        """
        fresh = start_clock(self.name, self.rule, at)
        due = tuple(stage for stage in fresh.due if stage.at > now or stage.stage is Stage.EXPIRE)
        return fresh.model_copy(update={"due": due})

    def without_next(self) -> "Clock":
        """The clock after its next stage is done."""
        return self.model_copy(update={"due": self.due[1:]})


def start_clock(name: str, rule: ClockRule, at: datetime) -> Clock:
    """A clock that starts at ``at``, with every stage as an absolute time."""
    end = at + timedelta(days=rule.days)
    due = [Due(stage=Stage.WARN, at=end - timedelta(days=days)) for days in rule.warn_days_before]
    if rule.escalate_days_before is not None:
        due.append(Due(stage=Stage.ESCALATE, at=end - timedelta(days=rule.escalate_days_before)))
    due.append(Due(stage=Stage.EXPIRE, at=end))
    order = list(Stage)
    due.sort(key=lambda stage: (stage.at, order.index(stage.stage)))
    return Clock(name=name, rule=rule, started_at=at, due=tuple(due))
