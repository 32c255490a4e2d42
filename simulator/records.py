"""Which records of OneOwner are about which real customers: what only the simulator knows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.change import Asked, MergeInto
from domain.merge_order import MergeOrder
from simulator.system import System
from simulator.truth import Meeting
from simulator.year import Approach


class Records:
    """Records by real customer, and real customers by record."""

    def __init__(self, system: System, steward_id: str) -> None:
        self._system = system
        self._steward_id = steward_id
        self.companies: dict[int, list[str]] = defaultdict(list)
        """The records of each real customer, in the order in which they were made."""
        self._real: dict[str, set[int]] = defaultdict(set)
        self._groups: dict[int, set[int]] = defaultdict(set)
        self._latest: dict[int, Approach] = {}
        self._doubled: dict[int, list[Meeting]] = defaultdict(list)
        self._good_faith: dict[tuple[int, str], list[datetime]] = defaultdict(list)
        self._leads: dict[str, int] = {}

    def note(self, approach: Approach, customer_id: str) -> None:
        """A lead about a real customer came to a record."""
        number = approach.company.number
        if customer_id not in self.companies[number]:
            self.companies[number].append(customer_id)
        self._real[customer_id].add(number)
        self._groups[approach.company.group].add(number)
        self._latest[number] = approach

    def all(self, number: int) -> Sequence[str]:
        """The live records of a real customer, the oldest first."""
        return [*dict.fromkeys(self._system.live(it).customer_id for it in self.companies.get(number, ()))]

    def of(self, number: int) -> str | None:
        """The oldest live record of a real customer, if there is one."""
        return next(iter(self.all(number)), None)

    def real(self, customer_ids: Sequence[str]) -> frozenset[int]:
        """The real customers that these records are about, merged ones by themselves."""
        return frozenset(number for id_ in customer_ids for number in self._real_now(id_))

    def _real_now(self, customer_id: str) -> set[int]:
        live = self._system.live(customer_id).customer_id
        return {
            number for id_, own in self._real.items() if self._system.live(id_).customer_id == live for number in own
        }

    def latest(self, number: int) -> Approach:
        """The last approach about a real customer that came to a record."""
        return self._latest[number]

    def of_group(self, group: int, but: int) -> Sequence[int]:
        """The other real customers of a group that are known."""
        return sorted(self._groups[group] - {but})

    def wrote(self, lead_id: str, approach: Approach) -> None:
        """A lead was written about a real customer."""
        self._leads[lead_id] = approach.company.number
        if not approach.covets:
            self.in_good_faith(approach.company.number, approach.person.id, approach.at)

    def about(self, lead_ids: Iterable[str]) -> frozenset[int]:
        """The real customers that these leads are about."""
        return frozenset(self._leads[it] for it in lead_ids if it in self._leads)

    def in_good_faith(self, number: int, rep_id: str, at: datetime) -> None:
        """A colleague does something about a customer, and is not after it."""
        self._good_faith[number, rep_id].append(at)

    def acted_in_good_faith(self, number: int, rep_id: str, since: datetime, until: datetime) -> bool:
        """Whether a colleague did so within a time."""
        return any(since <= at <= until for at in self._good_faith.get((number, rep_id), ()))

    def doubled(self, number: int, meeting: Meeting | None) -> None:
        """There are two records of one real customer: as long as that is so, two reps do not know of each other."""
        if meeting is not None:
            self._doubled[number].append(meeting)
            meeting.until = datetime.max.replace(tzinfo=meeting.at.tzinfo)

    def tidy(self, number: int, at: datetime) -> None:
        """Somebody finds the records of one real customer, and merges them."""
        first, *others = self.all(number)
        for other in others:
            change = MergeInto(survivor_id=first, by=self._steward_id, reason="同一家公司", force=True)
            id_ = self._system.ids.make("mrg", first, other)
            asked = Asked(id=id_, actor=self._steward_id, change=change)
            self._system.merge(MergeOrder(absorbed_id=other, survivor_id=first, asked=asked), at)
        for meeting in self._doubled.pop(number, ()):
            meeting.until = at
