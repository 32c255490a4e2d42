"""The policy file as typed data. One file holds every rule; a decision names the version it followed."""

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.calendar.calendar import Calendar
from domain.lead import CustomerType
from domain.matching.decision import MatchingRules, shipped_rules
from domain.normalise.text import fold
from domain.text import Reference, ShortText

R = TypeVar("R", bound=BaseModel)
Share = Annotated[float, Field(ge=0, le=1)]


class KeyKind(StrEnum):
    """What a customer can be recognised by, exactly."""

    USCC = "uscc"
    TAX_ID = "tax_id"
    MOBILE = "mobile"
    EMAIL = "email"
    NAME_REGION = "name_region"
    PHONE = "phone"
    NAME = "name"
    DOMAIN = "domain"


class Method(StrEnum):
    """How an owner is found."""

    NAMED_CONTACT = "named_contact"
    SHOW_CONTACT = "show_contact"
    REFERRER_OWNER = "referrer_owner"
    ROTATION = "rotation"


class ChangeCondition(StrEnum):
    """What may change a customer's owner later on."""

    CUSTOMER_NAMES_CONTACT = "customer_names_contact"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"


class OnExpiry(StrEnum):
    """What a follow-up clock does when it runs out."""

    REASSIGN = "reassign"
    RECYCLE = "recycle"
    KEEP = "keep"


class FollowUpKind(StrEnum):
    """How a rep was in touch."""

    CALL = "call"
    VISIT = "visit"
    MEETING = "meeting"
    EMAIL = "email"
    MESSAGE = "message"
    NOTE = "note"


class ConfirmationDefault(StrEnum):
    """What becomes of a lead in doubt when nobody has said who it is in time."""

    NEW = "new"
    BEST_CANDIDATE = "best_candidate"
    KEEP_WAITING = "keep_waiting"


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentityRules(_Rules):
    """Which keys in common make a lead the same customer, and which only make it possible."""

    certain: dict[KeyKind, Share]
    possible: dict[KeyKind, Share]
    conflict_on: tuple[KeyKind, ...] = ()
    placeholders: tuple[Annotated[str, AfterValidator(fold)], ...] = ()


class AssignmentRule(_Rules):
    """How customers of one type get their owner, and what may change it."""

    methods: tuple[Method, ...]
    queue: Reference
    changes_when: tuple[ChangeCondition, ...] = ()
    clock: Reference | None = None
    skip_off_duty: bool = False
    """Whether rotation passes over reps outside the hours of their calendar."""


class ClockRule(_Rules):
    """A follow-up clock, in days from the moment of ownership or of the last effective follow-up."""

    days: Annotated[int, Field(ge=1, le=3650)]
    warn_days_before: tuple[Annotated[int, Field(ge=0)], ...] = ()
    escalate_days_before: Annotated[int, Field(ge=0)] | None = None
    on_expiry: OnExpiry
    exclude_previous_owner: bool = True
    no_owner_found: OnExpiry = OnExpiry.RECYCLE
    calendar: Reference | None = None
    """The calendar in whose hours everything falls due; without one, days are calendar days at any hour."""
    working_days: bool = True
    """With a calendar: whether days are its working days. If not, only warnings and escalation wait for its hours."""

    @model_validator(mode="after")
    def _stages_lie_within(self) -> "ClockRule":
        stages = [*self.warn_days_before, self.escalate_days_before or 0]
        faults = {
            f"warnings and escalation must come less than {self.days} days before the end": max(stages) >= self.days,
            "warn_days_before must not repeat a day": len(set(self.warn_days_before)) < len(self.warn_days_before),
            "on_expiry must be reassign or recycle": self.on_expiry is OnExpiry.KEEP,
            "no_owner_found must be recycle or keep": self.no_owner_found is OnExpiry.REASSIGN,
        }
        return _sound(self, [fault for fault, found in faults.items() if found])


Hours = Annotated[int, Field(ge=1, le=87_600)]


class ConfirmationRules(_Rules):
    """How long a lead in doubt waits for a person, in hours from when it began to wait, and what becomes of it then."""

    remind_after_hours: Hours = 24
    escalate_after_hours: Hours = 48
    decide_after_hours: Hours = 120
    default: ConfirmationDefault = ConfirmationDefault.KEEP_WAITING

    @model_validator(mode="after")
    def _one_after_another(self) -> "ConfirmationRules":
        rising = self.remind_after_hours < self.escalate_after_hours < self.decide_after_hours
        return _sound(self, [] if rising else ["a lead is reminded of first, then escalated, then decided"])


class EffectiveFollowUp(_Rules):
    """What a logged contact must have to restart the clock."""

    kinds: tuple[FollowUpKind, ...]
    minimum_characters: Annotated[int, Field(ge=0)]
    customer_answered: bool


class QueueName(_Rules):
    """A queue's name in both languages."""

    zh: ShortText
    en: ShortText


class Policy(_Rules):
    """One version of all rules."""

    version: ShortText
    identity: IdentityRules
    matching: MatchingRules = Field(default_factory=shipped_rules)
    confirmation: ConfirmationRules = Field(default_factory=ConfirmationRules)
    assignment: dict[CustomerType, AssignmentRule]
    clocks: dict[Reference, ClockRule]
    effective_follow_up: EffectiveFollowUp
    pool: Reference
    queues: dict[Reference, QueueName]
    calendars: dict[Reference, Calendar] = Field(default_factory=dict)
    default_calendar: Reference | None = None
    """The calendar of reps who name none of their own."""

    @model_validator(mode="after")
    def _names_resolve(self) -> "Policy":
        faults = [f"assignment: no rule for {missing}" for missing in sorted(set(CustomerType) - set(self.assignment))]
        for customer_type, rule in self.assignment.items():
            if rule.queue not in self.queues:
                faults.append(f"assignment.{customer_type}.queue: {rule.queue!r} is not among the queues")
            if rule.clock is not None and rule.clock not in self.clocks:
                faults.append(f"assignment.{customer_type}.clock: {rule.clock!r} is not among the clocks")
        named = {f"clocks.{name}.calendar": clock.calendar for name, clock in self.clocks.items()}
        for place, name in {**named, "default_calendar": self.default_calendar}.items():
            if name is not None and name not in self.calendars:
                faults.append(f"{place}: {name!r} is not among the calendars")
        return _sound(self, faults)

    def calendar(self, name: str | None) -> Calendar | None:
        """The calendar of this name; None for no name, and for one that an earlier policy had."""
        return self.calendars.get(name) if name is not None else None

    def duty_calendar(self, name: str | None) -> Calendar | None:
        """The hours of a rep who names this calendar: its own, else the default one. None is any hour."""
        return self.calendar(name) or self.calendar(self.default_calendar)

    @cached_property
    def fingerprint(self) -> str:
        """The version with the first 8 hex digits of its content's SHA-256: two different rules never share one."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()
        return f"{self.version}+{hashlib.sha256(content).hexdigest()[:8]}"


def _sound(rules: R, faults: list[str]) -> R:
    if faults:
        raise ValueError("; ".join(faults))
    return rules


class PolicyError(ValueError):
    """The policy file breaks a rule; the text names each place."""


def parse_policy(text: str) -> Policy:
    """Read a policy from YAML text.

    Raises:
        PolicyError: when it is no YAML or breaks the schema, naming every fault; whether names resolve is
            looked at once the schema holds.
    """
    try:
        rules = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist, such as 2026-13-01
        raise PolicyError(f"not YAML: {error}") from error
    try:
        return Policy.model_validate(rules)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'policy'}: {fault['msg']}" for fault in error.errors()
        )
        raise PolicyError(faults) from error
