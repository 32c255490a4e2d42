"""What an assignment says of itself: the rules passed over, the methods tried, and for each rep why or why not."""

from enum import StrEnum

from pydantic import Field

from domain.case import Plain
from domain.rules.methods import Dimension, Method
from domain.rules.rulebook import Unmet


class Reason(StrEnum):
    """The closed list of reasons why a method gave an owner or did not, and why a rep was passed over."""

    CHOSEN = "chosen"
    NOT_NAMED = "not_named"
    UNKNOWN_REP = "unknown_rep"
    INACTIVE = "inactive"
    ON_LEAVE = "on_leave"
    OFF_DUTY = "off_duty"
    EXCLUDED = "excluded"
    AT_DAILY_CAP = "at_daily_cap"
    AT_TOTAL_CAP = "at_total_cap"
    NO_REFERRER = "no_referrer"
    REFERRER_HAS_NO_OWNER = "referrer_has_no_owner"
    REFERRAL_CYCLE = "referral_cycle"
    NO_EARLIER_OWNER = "no_earlier_owner"
    NO_REGION = "no_region"
    NO_TERRITORY = "no_territory"
    NO_INDUSTRY = "no_industry"
    NO_SPECIALIST = "no_specialist"
    POOL_EMPTY = "pool_empty"
    NOBODY_ON_DUTY = "nobody_on_duty"
    ALL_AT_CAP = "all_at_cap"
    SCORE_TOO_LOW = "score_too_low"
    NEEDS_DESIGNATION = "needs_designation"


class Trial(Plain):
    """One method tried: whom it looked at, and why it did or did not apply."""

    method: Method
    reason: Reason
    rep_id: str | None = None
    considered: tuple[str, ...] = ()
    passed_over: dict[str, Reason] = Field(default_factory=dict)
    """Who of them could not get the customer, and why."""
    scores: dict[str, dict[Dimension, float]] = Field(default_factory=dict)
    """Of best match: what each who could have got it scored in each dimension, from 0 to 1."""
    pool: str | None = None
    """Among whom: a region, or ``pool:``, ``territory:`` or ``vertical:`` with its name."""


class Assignment(Plain):
    """The decision: an owner, or a queue with the reason. Never both, never neither."""

    owner_id: str | None
    queue: str | None
    reason: Reason
    method: Method | None
    rotation_pool: str | None = None
    """The pool in which the owner's turn must be recorded, when turns decided."""
    rule: str = ""
    """The rule that applied."""
    rules_passed: tuple[Unmet, ...] = ()
    """The rules before it, each with the test that did not hold."""
    trials: tuple[Trial, ...]
