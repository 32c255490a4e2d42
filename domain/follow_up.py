"""The follow-up clock: what restarts it, and what falls due when."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.calendar.calendar import Calendar, CalendarWarning
from domain.instant import Instant
from domain.policy import ClockRule, EffectiveFollowUp, FollowUpKind
from domain.text import LongText, Reference


class FollowUp(BaseModel):
    """A contact with a customer, as a rep or a system logs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rep_id: Reference
    kind: FollowUpKind
    content: LongText
    customer_answered: bool = False
    occurred_at: Instant | None = None


class Shortfall(StrEnum):
    """Why a follow-up does not count as effective."""

    KIND = "kind_does_not_count"
    TOO_SHORT = "content_too_short"
    NO_ANSWER = "customer_did_not_answer"
    NOT_OWNER = "not_by_the_owner"


def shortfalls(follow_up: FollowUp, *, by_right: bool, rules: EffectiveFollowUp) -> tuple[Shortfall, ...]:
    """Everything that keeps a follow-up from being effective; empty means that it restarts the clock.

    Args:
        follow_up: the contact.
        by_right: whether it is the owner's, or of a collaborator whose follow-ups count.
        rules: what the policy asks of it.
    """
    found = {
        Shortfall.NOT_OWNER: not by_right,
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
    calendar: str | None = None
    """The calendar by which the times were found; None when days are calendar days at any hour."""
    warnings: tuple[CalendarWarning, ...] = ()
    """The years on its way of which that calendar did not know everything."""
    held: bool = False
    """Whether it has run out and the customer is protected: ``due`` then holds the end of that, if it is known."""

    def restarted(self, at: datetime, now: datetime, calendar: Calendar | None) -> "Clock":
        """The same clock from ``at`` on, by the rule with which it began and the rule's calendar as it is now.

        A restart from a while ago brings no warning back whose time is over by ``now``: every stage comes once.
        """
        fresh = start_clock(self.name, self.rule, at, calendar)
        due = tuple(stage for stage in fresh.due if stage.at > now or stage.stage is Stage.EXPIRE)
        return fresh.model_copy(update={"due": due})

    def without_next(self) -> "Clock":
        """The clock after its next stage is done."""
        return self.model_copy(update={"due": self.due[1:]})


def start_clock(name: str, rule: ClockRule, at: datetime, calendar: Calendar | None = None) -> Clock:
    """A clock that starts at ``at``, with every stage as an absolute time.

    Args:
        name: the clock's name in the policy.
        rule: what it does when.
        at: when it starts.
        calendar: the one that the rule names. Without it days are calendar days at any hour.
    """
    end = _after(rule, rule.days, at, calendar)
    stages = [(Stage.WARN, days) for days in rule.warn_days_before]
    if rule.escalate_days_before is not None:
        stages.append((Stage.ESCALATE, rule.escalate_days_before))
    due = {
        Due(stage=stage, at=_told(rule, _after(rule, rule.days - days, at, calendar), end, calendar))
        for stage, days in stages
    }
    order = list(Stage)
    return Clock(
        name=name,
        rule=rule,
        started_at=at,
        due=tuple(sorted({*due, Due(stage=Stage.EXPIRE, at=end)}, key=lambda it: (it.at, order.index(it.stage)))),
        calendar=rule.calendar if calendar else None,
        warnings=calendar.warnings_between(at, end) if calendar else (),
    )


def _after(rule: ClockRule, days: int, at: datetime, calendar: Calendar | None) -> datetime:
    if calendar is not None and rule.working_days:
        return calendar.add_working_days(at, days)
    return at + timedelta(days=days)


def _told(rule: ClockRule, at: datetime, end: datetime, calendar: Calendar | None) -> datetime:
    """When somebody is told: while they work. Two warnings of one weekend become one, none comes after the end."""
    return min(calendar.next_open(at), end) if calendar is not None and not rule.working_days else at
