"""The policy file as typed data. One file holds every rule; a decision names the version it followed."""

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from domain.approval.rules import ApprovalRules
from domain.calendar.calendar import Calendar
from domain.collision.rules import CollisionRules
from domain.commitment import CommitmentKind
from domain.kpi.rules import SurveyRules, TargetRules
from domain.matching.decision import MatchingRules, shipped_rules
from domain.merging_rules import MergingRules
from domain.normalise.text import fold
from domain.rules.pool import PublicPool, Queue
from domain.rules.rule import AssignmentRule, RotationPool, SalesTerritory
from domain.rules.rulebook import Rulebook
from domain.text import Reference, ShortText

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


class Running(StrEnum):
    """What a new version does to processes that run: customers' clocks and leads that wait."""

    KEEP = "keep"
    MOVE = "move"


class Onward(StrEnum):
    """Whether something goes on when a customer changes hands."""

    KEEP = "keep"
    END = "end"


class TransferredClock(StrEnum):
    """What the follow-up clock does when a customer is transferred."""

    RESTART = "restart"
    KEEP = "keep"


class MoveKind(StrEnum):
    """How a rep moves: out of the company, to other regions, to another team."""

    LEAVES = "leaves"
    CHANGES_REGION = "changes_region"
    CHANGES_TEAM = "changes_team"


class Handover(StrEnum):
    """What becomes of the customers of a rep who moves."""

    REASSIGN = "reassign"
    SUCCESSOR = "successor"
    KEEP = "keep"


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("time_zone_unknown", "must be an IANA time zone") from error
    return name


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class IdentityRules(_Rules):
    """Which keys in common make a lead the same customer, and which only make it possible."""

    certain: dict[KeyKind, Share]
    possible: dict[KeyKind, Share]
    conflict_on: tuple[KeyKind, ...] = ()
    placeholders: tuple[Annotated[str, AfterValidator(fold)], ...] = ()


def _no_day_twice(days: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(days)) < len(days):
        raise PydanticCustomError("day_twice", "must not repeat a day")
    return days


def _never(forbidden: OnExpiry) -> AfterValidator:
    """Refuses one of the things that may be done when a clock runs out."""

    def check(value: OnExpiry) -> OnExpiry:
        if value is forbidden:
            allowed = ", ".join(repr(it.value) for it in OnExpiry if it is not forbidden)
            raise PydanticCustomError("enum", "must be one of {expected}", {"expected": allowed})
        return value

    return AfterValidator(check)


class ClockRule(_Rules):
    """A follow-up clock, in days from the moment of ownership or of the last effective follow-up."""

    days: Annotated[int, Field(ge=1, le=3650)]
    warn_days_before: Annotated[tuple[Annotated[int, Field(ge=0)], ...], AfterValidator(_no_day_twice)] = ()
    escalate_days_before: Annotated[int, Field(ge=0)] | None = None
    on_expiry: Annotated[OnExpiry, _never(OnExpiry.KEEP)]
    exclude_previous_owner: bool = True
    no_owner_found: Annotated[OnExpiry, _never(OnExpiry.REASSIGN)] = OnExpiry.RECYCLE
    calendar: Reference | None = None
    """The calendar in whose hours everything falls due; without one, days are calendar days at any hour."""
    working_days: bool = True
    """With a calendar: whether days are its working days. If not, only warnings and escalation wait for its hours."""

    @model_validator(mode="after")
    def _stages_lie_within(self) -> "ClockRule":
        if max([*self.warn_days_before, self.escalate_days_before or 0]) >= self.days:
            raise PydanticCustomError(
                "stage_before_the_clock", "must come less than {days} days before the end", {"days": self.days}
            )
        return self


Hours = Annotated[int, Field(ge=1, le=87_600)]


class ConfirmationRules(_Rules):
    """How long a lead in doubt waits for a person, in hours from when it began to wait, and what becomes of it then."""

    remind_after_hours: Hours = 24
    escalate_after_hours: Hours = 48
    decide_after_hours: Hours = 120
    default: ConfirmationDefault = ConfirmationDefault.KEEP_WAITING

    @model_validator(mode="after")
    def _one_after_another(self) -> "ConfirmationRules":
        if not self.remind_after_hours < self.escalate_after_hours < self.decide_after_hours:
            raise PydanticCustomError("hours_not_rising", "a lead is reminded of first, then escalated, then decided")
        return self


class EffectiveFollowUp(_Rules):
    """What a logged contact must have to restart the clock."""

    kinds: tuple[FollowUpKind, ...]
    minimum_characters: Annotated[int, Field(ge=0)]
    customer_answered: bool


class TransferRules(_Rules):
    """What a transfer that was approved does beside giving the customer to its new owner."""

    clock: TransferredClock = TransferredClock.RESTART
    """A clock that is held restarts in any case: what held it was between the customer and its previous owner, too."""
    shares: Onward = Onward.KEEP
    previous_owner_reads_days: Annotated[int, Field(ge=0, le=3650)] = 14
    """For so many days the previous owner may still see the customer, to hand it over."""


class SharingRules(_Rules):
    """What collaborators are to a customer."""

    collaborator_follow_up_counts: bool = True
    """Whether what a rep with COLLABORATE logs can be an effective follow-up."""
    in_pool: Onward = Onward.END
    """What becomes of share grants when the customer goes to a public pool."""


class MovesRules(_Rules):
    """What becomes of a rep's customers when the rep moves; of one who changes regions, those no longer covered."""

    leaves: Literal[Handover.REASSIGN, Handover.SUCCESSOR] = Handover.SUCCESSOR
    """Nobody who left keeps a customer."""
    changes_region: Handover = Handover.SUCCESSOR
    changes_team: Handover = Handover.KEEP

    def handover(self, kind: MoveKind) -> Handover:
        """The rule for a kind of move."""
        return {
            MoveKind.LEAVES: self.leaves,
            MoveKind.CHANGES_REGION: self.changes_region,
            MoveKind.CHANGES_TEAM: self.changes_team,
        }[kind]


class Told(StrEnum):
    """What a rep may be told of a customer that they may not see, beside that it is known."""

    OWNER = "owner"
    TEAM = "team"


class ExistenceRules(_Rules):
    """Whom a rep is told to ask who comes upon a customer that they may not see."""

    tell: tuple[Told, ...] = (Told.OWNER, Told.TEAM)


class Policy(_Rules):
    """One version of all rules."""

    version: Annotated[ShortText, Field(pattern="^[^/]+$")]
    """Its name for people. Without a slash, because the fingerprint, which stands in addresses, begins with it."""
    running: Running = Running.KEEP
    """While this version is in force, whether what began under another one keeps that, or goes on by this one."""
    identity: IdentityRules
    matching: MatchingRules = Field(default_factory=shipped_rules)
    confirmation: ConfirmationRules = Field(default_factory=ConfirmationRules)
    assignment: Annotated[tuple[AssignmentRule, ...], Field(min_length=1)]
    rotation_pools: dict[Reference, RotationPool] = Field(default_factory=dict)
    territories: dict[Reference, SalesTerritory] = Field(default_factory=dict)
    time_zone: Annotated[ShortText, AfterValidator(_known_zone)] = "Asia/Shanghai"
    """Where the day of the daily caps begins at midnight (IANA time zone)."""
    currency: Currency = "CNY"
    """In which the rules' amounts and the reps' deal sizes are written (ISO 4217)."""
    exchange_rates: dict[Currency, Annotated[Decimal, Field(gt=0)]] = Field(default_factory=dict)
    """What one unit of another currency is worth in it; amounts without a rate count as unknown."""
    clocks: dict[Reference, ClockRule]
    effective_follow_up: EffectiveFollowUp
    protect: tuple[CommitmentKind, ...] = (CommitmentKind.CONTRACT, CommitmentKind.OPPORTUNITY)
    """While a customer has one of these open, a follow-up clock that runs out is held."""
    merging: MergingRules = Field(default_factory=MergingRules)
    moves: MovesRules = Field(default_factory=MovesRules)
    approvals: ApprovalRules = Field(default_factory=ApprovalRules)
    transfers: TransferRules = Field(default_factory=TransferRules)
    sharing: SharingRules = Field(default_factory=SharingRules)
    existence: ExistenceRules = Field(default_factory=ExistenceRules)
    collisions: CollisionRules = Field(default_factory=CollisionRules)
    targets: TargetRules = Field(default_factory=TargetRules)
    surveys: SurveyRules = Field(default_factory=SurveyRules)
    pools: Annotated[tuple[PublicPool, ...], Field(min_length=1)]
    """The first whose condition holds takes the customer; the last must take everybody."""
    queues: dict[Reference, Queue]
    calendars: dict[Reference, Calendar] = Field(default_factory=dict)
    default_calendar: Reference | None = None
    """The calendar of reps who name none of their own."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The assignment rules, ready to be applied."""
        return Rulebook(self.assignment, self.territories, self.currency, self.exchange_rates, self.pools)

    def day_of(self, at: datetime) -> date:
        """The day that a moment belongs to, for the daily caps."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def next_day(self, at: datetime) -> datetime:
        """The instant at which the day after that of ``at`` begins."""
        midnight = datetime.combine(self.day_of(at) + timedelta(days=1), time(), ZoneInfo(self.time_zone))
        return midnight.astimezone(UTC)

    def pool(self, name: str | None) -> PublicPool | None:
        """The public pool with this name, if there is one."""
        return next((pool for pool in self.pools if pool.pool == name), None)

    def calendar(self, name: str | None) -> Calendar | None:
        """The calendar of this name; None for no name, and for one that an earlier policy had."""
        return self.calendars.get(name) if name is not None else None

    def duty_calendar(self, name: str | None) -> Calendar | None:
        """The hours of a rep who names this calendar: its own, else the default one. None is any hour."""
        return self.calendar(name) or self.calendar(self.default_calendar)

    _stored_as: str | None = PrivateAttr(None)

    def stored_as(self, fingerprint: str) -> "Policy":
        """The same under the fingerprint that it was stored with; a later release, which knows more rules, would give
        it another."""
        named = self.model_copy()
        named._stored_as = fingerprint
        return named

    @property
    def fingerprint(self) -> str:
        """Its version and a digest of its content: two different rules never share one."""
        return self._stored_as or self._own_fingerprint

    @cached_property
    def _own_fingerprint(self) -> str:
        """The version with the first 8 hex digits of its content's SHA-256."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()
        return f"{self.version}+{hashlib.sha256(content).hexdigest()[:8]}"
