"""What is really the case: who is on which real customer, and where two reps chased one, whatever any system knows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.collision.detector import Detector

FRESH = timedelta(days=60)
"""A rep who was in touch within this time is still on a customer."""
ONCE = timedelta(days=90)
"""Two reps who chase one customer are counted again after this time."""


@dataclass
class Stand:
    """A rep on a customer."""

    since: datetime
    last: datetime
    contacted: datetime | None = None


@dataclass(frozen=True)
class Chase:
    """Two reps really chased one customer."""

    at: datetime
    company: int
    reps: frozenset[str]
    why: str
    """By what the second came to it: a ``Way``, ``double_record``, or ``reassigned``."""


@dataclass
class Meeting:
    """Two reps are really on one customer, or are about to be, by an act that a detector ought to see."""

    at: datetime
    way: Detector
    companies: frozenset[int]
    reps: frozenset[str]
    until: datetime

    def overlaps(self, companies: frozenset[int], reps: frozenset[str]) -> bool:
        """Whether something else is about one of its customers and two of its reps."""
        return bool(self.companies & companies) and len(self.reps & reps) > 1


@dataclass
class Ledger:
    """Who is on what, and what came of it."""

    chases: list[Chase] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    known: dict[int, datetime] = field(default_factory=dict)
    """Since when each real customer is one."""
    _on: dict[int, dict[str, Stand]] = field(default_factory=lambda: defaultdict(dict))
    _why: dict[tuple[int, str], str] = field(default_factory=dict)
    _partners: set[tuple[int, str]] = field(default_factory=set)
    _counted: dict[tuple[int, frozenset[str]], datetime] = field(default_factory=dict)

    def begin(self, company: int, rep_id: str, at: datetime, why: str) -> None:
        """A rep takes a customer for theirs from now on."""
        self.known.setdefault(company, at)
        if not self.active(company, rep_id, at):
            self._why[company, rep_id] = why
            self._on[company][rep_id] = Stand(at, at)

    def contact(self, company: int, rep_id: str, at: datetime, why: str) -> None:
        """A rep speaks with a customer, for business of their own: with whom else it is being dealt, is a chase."""
        self.begin(company, rep_id, at, why)
        stand = self._on[company][rep_id]
        stand.last = stand.contacted = at
        for other in self.others(company, rep_id, at):
            pair = frozenset({rep_id, other})
            together = all((company, it) in self._partners for it in pair)
            before = self._counted.get((company, pair))
            if together or self._on[company][other].contacted is None:
                continue
            if before is None or at - before > ONCE:
                newer = max(sorted(pair), key=lambda it: self._on[company][it].since)
                self.chases.append(Chase(at, company, pair, self._why[company, newer]))
            self._counted[company, pair] = at

    def end(self, company: int, rep_id: str) -> None:
        """A rep lets a customer go."""
        self._on[company].pop(rep_id, None)

    def share(self, company: int, *rep_ids: str) -> None:
        """These work on a customer together, and know it."""
        self._partners.update((company, rep_id) for rep_id in rep_ids)

    def active(self, company: int, rep_id: str, at: datetime) -> bool:
        """Whether a rep is on a customer."""
        stand = self._on[company].get(rep_id)
        return stand is not None and at - stand.last <= FRESH

    def others(self, company: int, rep_id: str, at: datetime) -> list[str]:
        """Everybody else who is on a customer, sorted."""
        return sorted(it for it in self._on[company] if it != rep_id and self.active(company, it, at))

    def last_contact(self, company: int, rep_id: str) -> datetime | None:
        """When a rep was last in touch with a customer whom they have not let go."""
        stand = self._on[company].get(rep_id)
        return stand.contacted if stand else None

    def meet(
        self,
        way: Detector,
        at: datetime,
        company: int,
        rep_id: str,
        *others: int,
        rivals: Iterable[str] | None = None,
    ) -> Meeting | None:
        """Write down that a rep meets those who are on a customer, if there are any who do not work with them.

        Args:
            way: which detector ought to see it.
            at: when.
            company: the customer.
            rep_id: who comes to it.
            others: further customers that it is about, such as those of the group.
            rivals: whom they meet; those who are on the customer unless given.
        """
        met = rivals if rivals is not None else self.others(company, rep_id, at)
        met = [it for it in met if not {(company, it), (company, rep_id)} <= self._partners and it != rep_id]
        if not met:
            return None
        meeting = Meeting(at, way, frozenset({company, *others}), frozenset({rep_id, *met}), at)
        self.meetings.append(meeting)
        return meeting
