"""The rows of a file grouped into customers, by the same rules by which leads are identified one by one.

Rows that are one customer for certain make a group, but never two that contradict each other, whatever stands between
them. A group that is only possibly the customer of another waits for a person: the smaller, later one does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce

from domain.identity import Key, Outcome, identify, keys_of
from domain.importing.completeness import present, richness
from domain.importing.pairs import PairFinder
from domain.importing.row import Why
from domain.matching.clusters import clusters
from domain.matching.decision import Match, Reason, Verdict, match
from domain.matching.keys import shared_keys
from domain.matching.model import Models, shipped_models
from domain.matching.record import Record, packed, record_of, unpacked
from domain.matching.statistics import Statistics, shipped_statistics
from domain.normalise.text import fold
from domain.policy import KeyKind, Policy
from domain.profile import Profile, enriched

MOST_SHARING = 1000
"""More rows than this with one identifier are not one customer."""
MOST_NAMES = 3
"""Nor are rows of more names than this with one phone or e-mail: it is a test number, or a mailbox made up."""

_REMEMBERED = 1024
"""Records unpacked lately: pairs are looked at in order, so that one row meets several others in a row."""

_CONTRADICTIONS = frozenset({Reason.DIFFERENT_USCC, Reason.DIFFERENT_BRANCH, Reason.TWIN})
_CONTACTS = frozenset({KeyKind.MOBILE, KeyKind.EMAIL})
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """A row as it is compared; a hundred thousand of them are kept at once."""

    keys: tuple[Key, ...]
    packed: bytes
    told: bytes
    """The profile as JSON."""
    called: str
    """The normal form of the company's name, else the person's name; a row without either has none of its own."""
    richness: int
    present: frozenset[str]
    """The required fields that it has."""

    @classmethod
    def of(cls, profile: Profile) -> "Subject":
        """The subject that a cleaned row's profile describes."""
        keys = keys_of(profile)
        normal = next((key.value for key in keys if key.kind is KeyKind.NAME), None)
        return cls(
            keys=keys,
            packed=packed(record_of(profile)),
            told=profile.model_dump_json(exclude_defaults=True).encode(),
            called=normal or fold(profile.name),
            richness=richness(profile),
            present=present(profile),
        )

    @property
    def profile(self) -> Profile:
        """The row's profile."""
        return Profile.model_validate_json(self.told)

    @property
    def record(self) -> Record:
        """The record that is compared."""
        return unpacked(self.packed)

    def values(self, kinds: Iterable[KeyKind]) -> dict[KeyKind, set[str]]:
        """The keys of these kinds."""
        found: dict[KeyKind, set[str]] = {kind: set() for kind in kinds}
        for key in self.keys:
            if key.kind in found:
                found[key.kind].add(key.value)
        return found


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one customer.

    Attributes:
        rows: their numbers, the one that says the most first.
        told: the profile as JSON, what they say together; where they differ, the row that says the most counts
            (survivorship).
        present: the required fields that it has.
        why: why a person must say, None when nobody needs to.
        beside: the row of another group that it may belong to.
    """

    rows: tuple[int, ...]
    told: bytes
    present: frozenset[str]
    why: Why | None = None
    beside: int | None = None

    @property
    def profile(self) -> Profile:
        """What the rows say together."""
        return Profile.model_validate_json(self.told)


def group_rows(subjects: Sequence[Subject], policy: Policy) -> list[Group]:
    """The groups that the rows make, in the order of their first rows."""
    return _Grouping(subjects, policy).groups()


class _Grouping:
    def __init__(self, subjects: Sequence[Subject], policy: Policy) -> None:
        self._subjects = subjects
        self._record = lru_cache(_REMEMBERED)(lambda row: subjects[row].record)
        self._policy = policy
        self._certain_kinds = frozenset(kind for kind, sure in policy.identity.certain.items() if sure > 0)
        self._certain: dict[Pair, float] = {}
        self._possible: list[Pair] = []
        self._distrusted: set[Key] = set()
        self._too_many: set[int] = set()

    def groups(self) -> list[Group]:
        for pair in sorted({*self._sharing(), *self._alike()}):
            self._judge(pair)
        joined = clusters(((a, b, sure) for (a, b), sure in self._certain.items()), 0.0, self._contradict)
        members = {row: tuple(sorted(group)) for group in joined for row in group}
        alone = ((row,) for row in range(len(self._subjects)) if row not in members)
        ordered = sorted({*members.values(), *alone}, key=lambda group: (-len(group), group))
        doubts = self._doubts(ordered)
        made = [self._group(rows, *doubts.get(at, (None, None))) for at, rows in enumerate(ordered)]
        return sorted(made, key=lambda group: min(group.rows))

    def _sharing(self) -> Iterable[Pair]:
        """Each row that shares an exact key, beside the first one that has it."""
        holders: dict[Key, list[int]] = defaultdict(list)
        for row, subject in enumerate(self._subjects):
            for key in subject.keys:
                holders[key].append(row)
        for key, rows in holders.items():
            if len(rows) == 1:
                continue
            names = {self._subjects[row].called for row in rows} if key.kind in _CONTACTS else set()
            if len(rows) <= MOST_SHARING and len(names) <= MOST_NAMES:
                yield from ((rows[0], row) for row in rows[1:])
            elif key.strong:
                self._distrusted.add(key)
                self._too_many.update(rows)

    def _alike(self) -> list[Pair]:
        finder = PairFinder()
        for row, subject in enumerate(self._subjects):
            finder.add(row, shared_keys(subject.record))
        return finder.pairs()

    def _judge(self, pair: Pair) -> None:
        a, b = (self._subjects[row] for row in pair)
        shared = self._shared(a, b)
        like = None if any(key.kind in self._certain_kinds for key in shared) else self._match(pair)
        if not shared and like and like.verdict is Verdict.NEW:
            return
        likeness = {"": like} if like else {}
        found = identify(
            a.keys, {"": set(b.keys) - self._distrusted} if shared else {}, likeness, frozenset(), self._policy.identity
        )
        if found.outcome is Outcome.DUPLICATE:
            self._certain[pair] = found.confidence
        elif found.outcome is Outcome.NEEDS_CONFIRMATION:
            self._possible.append(pair)

    def _shared(self, a: Subject, b: Subject) -> set[Key]:
        return set(a.keys).intersection(b.keys) - self._distrusted

    def _match(self, pair: Pair) -> Match:
        one, other = map(self._record, pair)
        return match(one, other, self._statistics, self._models, self._policy.matching)

    @cached_property
    def _statistics(self) -> Statistics:
        return shipped_statistics()

    @cached_property
    def _models(self) -> Models:
        return shipped_models()

    def _contradict(self, one: int, other: int) -> bool:
        pair = (min(one, other), max(one, other))
        if pair in self._certain:
            return False
        a, b = (self._subjects[row] for row in pair)
        kinds = self._policy.identity.conflict_on
        mine, theirs = a.values(kinds), b.values(kinds)
        if any(mine[kind] and theirs[kind] and mine[kind].isdisjoint(theirs[kind]) for kind in kinds):
            return True
        if any(key.kind in self._certain_kinds for key in self._shared(a, b)):
            return False
        return not _CONTRADICTIONS.isdisjoint(self._match(pair).reasons)

    def _doubts(self, ordered: Sequence[tuple[int, ...]]) -> dict[int, tuple[Why, int | None]]:
        """For each group in doubt, by its place in the order, why, and the row beside which it waits."""
        place = {row: at for at, rows in enumerate(ordered) for row in rows}
        doubts: dict[int, tuple[Why, int | None]] = {}
        for pairs, why in ((self._certain, Why.CONFLICTING_ROW), (self._possible, Why.POSSIBLE_ROW)):
            for a, b in pairs:
                first, second = sorted((a, b), key=place.__getitem__)
                if place[first] != place[second]:
                    doubts.setdefault(place[second], (why, first))
        for row in self._too_many:
            doubts[place[row]] = (Why.SHARED_BY_MANY, None)
        return doubts

    def _group(self, rows: Sequence[int], why: Why | None, beside: int | None) -> Group:
        if len(rows) == 1:
            alone = self._subjects[rows[0]]
            return Group(tuple(rows), alone.told, alone.present, why, beside)
        best_first = sorted(rows, key=lambda row: (-self._subjects[row].richness, row))
        profile = reduce(enriched, (self._subjects[row].profile for row in best_first))
        told = profile.model_dump_json(exclude_defaults=True).encode()
        return Group(tuple(best_first), told, present(profile), why, beside)
