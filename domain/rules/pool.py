"""Public pools and queues, as a manager writes them."""

from typing import Annotated

from pydantic import Field, StrictBool

from domain.rules.conditions import Condition, Strict
from domain.text import Reference, ShortText

Days = Annotated[int, Field(ge=0, le=3650)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class ClaimRules(Strict):
    """Who may take customers out of a pool, how many, and what protects whom afterwards. Days are of 24 hours."""

    per_day: Count | None = None
    """So many customers of this pool a rep may claim in a day of the policy's time zone."""
    total: Count | None = None
    """So many customers that a rep claimed from this pool they may own at once."""
    cool_off_days: Days = 0
    """So long the previous owner may not claim the customer again, from when it came into the pool."""
    protection_days: Days = 0
    """So long after a claim a follow-up clock that runs out takes the customer from nobody."""
    covering_only: StrictBool = False
    """Whether only reps may claim who cover the customer's region. A customer without a region is anybody's."""


class PublicPool(Strict):
    """A public pool, its name in both languages, and whose customers come into it."""

    pool: Reference = Field(description="The pool's name, by which customers and decisions speak of it.")
    zh: ShortText
    en: ShortText
    when: Condition = Condition()
    claim: ClaimRules = ClaimRules()


class Queue(Strict):
    """A queue, its name in both languages, and who sees to it that nobody waits there for too long."""

    zh: ShortText
    en: ShortText
    owner: Reference | None = None
    """The rep or manager who is told when a customer has waited too long."""
    sla_hours: Annotated[int, Field(ge=1, le=87_600)] | None = None
    """So long a customer may wait."""
    calendar: Reference | None = None
    """The calendar whose business hours count; without one every hour does."""
