"""What happened in a period, as a back-test reads it: a state to begin with, then one happening after the other.

Ids, times and the facts that rules look at; no names, numbers or addresses of customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.assignment import Case, Reason, Rep


@dataclass(frozen=True, slots=True)
class Seen:
    """What a recorded decision tells of who was there at that moment."""

    available: frozenset[str]
    """Of those within its reach, everybody to whom something could be given."""
    on_leave: frozenset[str]
    group_looked_at: bool
    """Whether the members of some group were told of, those on leave among them."""


@dataclass(frozen=True, slots=True)
class Born:
    """A lead that became a new customer, with the owner or the reason for none that the policy of then gave it."""

    at: datetime
    customer_id: str
    case: Case
    owner_id: str | None
    reason: Reason
    stakes: tuple[str, ...]
    """Reps who have a stake in the lead: who submitted it, stood on the stand, was asked for by name."""
    seen: Seen
    policy_version: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A known customer that changed hands later, or was brought in from elsewhere, by people, clocks or the policy."""

    at: datetime
    customer_id: str
    owner_id: str | None
    assigned: bool = False
    """Whether assignment gave it, which counts for the day's cap."""
    pool: str | None = None
    """Where the new owner took a turn for it."""


@dataclass(frozen=True, slots=True)
class CameAgain:
    """A further lead of a known customer, in which these reps have a stake."""

    at: datetime
    customer_id: str
    stakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Won:
    """An effective follow-up by the owner."""

    at: datetime
    customer_id: str


@dataclass(frozen=True, slots=True)
class LeaveTurned:
    """A leave that began or ended."""

    at: datetime
    rep_id: str
    away: bool


@dataclass(frozen=True, slots=True)
class Present:
    """What is known from now on of a rep's presence."""

    rep_id: str
    active: bool
    on_leave: bool


Happening = Born | Moved | CameAgain | Won | LeaveTurned


@dataclass(frozen=True)
class Opening:
    """How things stood when the period began."""

    reps: tuple[Rep, ...]
    """Everybody there is now, with their latest turns and whether on leave then."""
    owners: Mapping[str, str]
    """Who owned which customer."""
    industries: Mapping[str, str]
    """The industry of those customers that have one."""
    won: frozenset[str]
    """Customers with an effective follow-up of that owner."""
