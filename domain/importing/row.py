"""One row of a file on its way in: what it says, what is wrong with it, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.lead import Lead
from domain.profile import Profile


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    """A customer that nobody knows yet."""
    SAME_ROW = "same_row"
    """The customer of another row of the file, into which it is merged."""
    KNOWN = "known"
    """A customer of the base, whose gaps it fills."""
    DOUBT = "doubt"
    """A person must say; it is left out."""
    BAD = "bad"
    """A cell breaks a rule; it is left out."""


class Why(StrEnum):
    """Why a person must say."""

    POSSIBLE_ROW = "possible_row"
    """It may be the customer of another row."""
    CONFLICTING_ROW = "conflicting_row"
    """It is tied to another row and contradicts it."""
    SHARED_BY_MANY = "shared_by_many"
    """It shares an identifier with more rows than one customer has."""
    POSSIBLE_CUSTOMER = "possible_customer"
    """It may be a customer of the base, or several."""
    WAITING_LEAD = "waiting_lead"
    """It may be a lead that waits for a person."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that breaks a rule.

    Attributes:
        column: the heading of its column; empty when the row as a whole breaks the rule.
        code: the rule, ``rule-<code>`` in the catalogues.
        value: what stands there.
        facts: what the rule's sentence needs, such as its limit.
    """

    column: str
    code: str
    value: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """A row as it was read and cleaned.

    Attributes:
        line: its line in the file (the heading's is 1), or its row in the sheet.
        lead: what it says, in unified formats; None when it is bad.
        profile: the customer that it describes.
        faults: what is wrong with it.
        completed: the fields that were derived from others.
    """

    line: int
    lead: Lead | None = None
    profile: Profile = field(default_factory=Profile)
    faults: tuple[Fault, ...] = ()
    completed: tuple[str, ...] = ()
