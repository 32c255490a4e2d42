"""The policy file as typed data. One file holds every rule; a decision names the version it followed."""

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

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


class ProfileField(StrEnum):
    """The fields of a profile that survive a merge each for itself."""

    NAME = "name"
    USCC = "uscc"
    TAX_ID = "tax_id"
    WEBSITE = "website"
    REGION = "region"
    ADDRESS = "address"
    INDUSTRY = "industry"
    PEOPLE = "people"
    PHONES = "phones"
    EMAILS = "emails"


class Survivorship(StrEnum):
    """Whose value of a field lives on when two customers become one."""

    MOST_RECENT = "most_recent"
    MOST_COMPLETE = "most_complete"
    VERIFIED_SOURCE = "verified_source"
    KEEP_SURVIVOR = "keep_survivor"
    KEEP_ABSORBED = "keep_absorbed"


class MergedOwner(StrEnum):
    """Who owns the one customer that two became."""

    SURVIVOR = "survivor"
    LONGEST = "longest"


class MergedClock(StrEnum):
    """Which of two running follow-up clocks goes on."""

    SURVIVOR = "survivor"
    SOONER = "sooner"


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


class ClockRule(_Rules):
    """A follow-up clock, in calendar days from the moment of ownership or of the last effective follow-up."""

    days: Annotated[int, Field(ge=1, le=3650)]
    warn_days_before: tuple[Annotated[int, Field(ge=0)], ...] = ()
    escalate_days_before: Annotated[int, Field(ge=0)] | None = None
    on_expiry: OnExpiry
    exclude_previous_owner: bool = True
    no_owner_found: OnExpiry = OnExpiry.RECYCLE

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


class EffectiveFollowUp(_Rules):
    """What a logged contact must have to restart the clock."""

    kinds: tuple[FollowUpKind, ...]
    minimum_characters: Annotated[int, Field(ge=0)]
    customer_answered: bool


class QueueName(_Rules):
    """A queue's name in both languages."""

    zh: ShortText
    en: ShortText


class MergingRules(_Rules):
    """What two customers that turn out to be one keep of each."""

    survivorship: dict[ProfileField, Survivorship] = Field(default_factory=dict)
    otherwise: Survivorship = Survivorship.MOST_COMPLETE
    """The rule of every field that ``survivorship`` does not name."""
    verified_sources: tuple[ShortText, ...] = ()
    """Sources whose word counts most for ``verified_source``, the most trusted first."""
    owner: MergedOwner = MergedOwner.SURVIVOR
    clock: MergedClock = MergedClock.SURVIVOR

    def rule_for(self, field: ProfileField) -> Survivorship:
        """The field's own rule, else the one for all."""
        return self.survivorship.get(field, self.otherwise)


class Policy(_Rules):
    """One version of all rules."""

    version: ShortText
    identity: IdentityRules
    matching: MatchingRules = Field(default_factory=shipped_rules)
    assignment: dict[CustomerType, AssignmentRule]
    clocks: dict[Reference, ClockRule]
    effective_follow_up: EffectiveFollowUp
    merging: MergingRules = Field(default_factory=MergingRules)
    pool: Reference
    queues: dict[Reference, QueueName]

    @model_validator(mode="after")
    def _names_resolve(self) -> "Policy":
        faults = [f"assignment: no rule for {missing}" for missing in sorted(set(CustomerType) - set(self.assignment))]
        for customer_type, rule in self.assignment.items():
            if rule.queue not in self.queues:
                faults.append(f"assignment.{customer_type}.queue: {rule.queue!r} is not among the queues")
            if rule.clock is not None and rule.clock not in self.clocks:
                faults.append(f"assignment.{customer_type}.clock: {rule.clock!r} is not among the clocks")
        return _sound(self, faults)

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
