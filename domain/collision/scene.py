"""What stands around an event, as far as detectors look at it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.ownership import Ownership
from domain.policy import FollowUpKind
from domain.touch import TouchKind

CONTACTS = frozenset(map(str, FollowUpKind)) - {FollowUpKind.NOTE} | frozenset(map(str, TouchKind)) - {
    TouchKind.FORM,
    TouchKind.CAMPAIGN,
    TouchKind.ADDRESS_BOOK,
}
"""The kinds of follow-ups and touches in which a rep spoke or wrote to a customer."""


@dataclass(frozen=True)
class Known:
    """A live customer as it stands, and who manages its owner."""

    ownership: Ownership
    manager_id: str | None = None

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.ownership.customer_id

    @property
    def owner_id(self) -> str | None:
        """Who owns it, if anybody does."""
        return self.ownership.owner_id

    def entitled(self, rep_id: str, at: datetime) -> bool:
        """Whether a rep may deal with the customer: its owner, the owner's manager, and whom it is shared with."""
        shared = any(share.rep_id == rep_id and share.until > at for share in self.ownership.shares)
        return shared or rep_id in (self.owner_id, self.manager_id)

    def strangers(self, rep_ids: Iterable[str | None], at: datetime) -> tuple[str, ...]:
        """Which of these reps meet the owner there, sorted; nobody, where nobody owns it."""
        if self.owner_id is None:
            return ()
        return tuple(sorted({rep_id for rep_id in rep_ids if rep_id and not self.entitled(rep_id, at)}))


@dataclass(frozen=True)
class Contact:
    """Somebody was in touch with the customer."""

    id: str
    rep_id: str
    at: datetime


@dataclass(frozen=True)
class Met:
    """A lead from a trade show: where and when, and by whose record."""

    lead_id: str
    name: str
    on: date
    contact: str | None


@dataclass(frozen=True)
class Review:
    """A lead that waits for a person: who submitted it, and the customers that it may be, the likeliest first."""

    lead_id: str
    reps: tuple[str, ...]
    candidates: tuple[str, ...]
    shares: tuple[str, ...] = ()
    """The kinds of keys that it has in common with the lead that is looked at."""


@dataclass(frozen=True)
class Merger:
    """A merge: who owned which side before."""

    merge_id: str
    survivor_owner_id: str | None
    absorbed_owner_id: str | None


@dataclass(frozen=True)
class Territory:
    """A territory in which the customer lies."""

    name: str
    precedence: int
    reps: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """What one event is looked at with. What no detector of the event looks at is left out."""

    customer: Known | None = None
    """Whoever stands now for the customer that it happened to."""
    others: dict[str, Known] = field(default_factory=dict)
    """Other customers that it names, by the ids by which it does, and what stands for them now."""
    group: tuple[Known, ...] = ()
    """Customers of the same group, those of the longest standing first."""
    contacts: tuple[Contact, ...] = ()
    """Who was in touch within the detector's quiet period before."""
    warned: bool = False
    """Whether the owner has been warned since the follow-up clock started."""
    shows: tuple[Met, ...] = ()
    """Earlier leads of the customer from trade shows."""
    review: Review | None = None
    """The lead that it happened to, while it waits."""
    reviews: tuple[Review, ...] = ()
    """Other leads that wait and hold one of its keys."""
    merger: Merger | None = None
    territories: tuple[Territory, ...] = ()
