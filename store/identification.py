"""Who somebody is, by all that the store knows: who holds an exact key in common, and who is alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from domain.audit import audited, drawn
from domain.identity import Identification, Key, Outcome, identify, is_placeholder, keys_of, without_keys
from domain.matching.decision import Match, Verdict, match
from domain.matching.features import compare
from domain.matching.keys import BlockingKeys, blocking_keys
from domain.matching.model import shipped_models
from domain.matching.record import Record, record_of
from domain.matching.statistics import shipped_statistics
from domain.policy import Policy
from domain.profile import Profile
from store.candidates import candidates
from store.identity_index import Holdings, holders_of


@dataclass(frozen=True)
class Subject:
    """Somebody as they are looked for: the profile, its exact keys, and the record by which alike ones are found."""

    profile: Profile
    keys: Sequence[Key]
    record: Record
    blocking: BlockingKeys

    @classmethod
    def of(cls, profile: Profile) -> "Subject":
        """The subject that a profile describes; its fields have passed their own checks."""
        record = record_of(profile)
        return cls(profile, keys_of(profile), record, blocking_keys(record))

    def without(self, taken: frozenset[Key]) -> "Subject":
        """The same without what gives these keys. It is found as before: what it was called stays said."""
        profile = without_keys(self.profile, taken)
        keys = tuple(key for key in self.keys if key not in taken)
        return Subject(profile, keys, record_of(profile), self.blocking)


@dataclass(frozen=True)
class Identified:
    """Who a subject is, who holds a key in common with it, and which of all those are leads that wait."""

    found: Identification
    holders: Holdings
    waiting: frozenset[str]


def identified(session: Session, subject: Subject, policy: Policy, *, but: str = "") -> Identified:
    """Look for a subject, and leave out a holder: the lead itself, which may wait already. Nothing is written."""
    holders, waiting = holders_of(session, subject.keys, but=but)
    near = candidates(session, subject.blocking, but=but, also=holders.keys() - waiting)
    likeness: dict[str, Match] = {}
    for kept in near:
        like = _like(subject.record, kept.record, policy, shown=kept.holder in holders)
        likeness[kept.holder] = max(likeness.get(kept.holder, like), like, key=_certainty)
    alike = {holder for holder, like in likeness.items() if like.verdict is not Verdict.NEW}
    waiting |= {kept.holder for kept in near if kept.waiting and kept.holder in alike}
    if is_placeholder(subject.profile, subject.keys, policy.identity):
        found = Identification(outcome=Outcome.REJECTED, reason="placeholder", confidence=1.0)
    else:
        found = identify(subject.keys, holders, likeness, waiting, policy.identity)
        if but and drawn(but, policy.matching.audit_share):
            found = audited(found, likeness, waiting | {kept.holder for kept in near if kept.waiting})
    return Identified(found, holders, waiting)


def _certainty(like: Match) -> tuple[bool, float]:
    return like.verdict is Verdict.CERTAIN, like.probability


def _like(lead: Record, other: Record, policy: Policy, *, shown: bool) -> Match:
    """What comparing gave, with what speaks for and against those of whom a person may be shown it.

    However unlike they are: those who share an exact key.
    """
    like = match(lead, other, shipped_statistics(), shipped_models(), policy.matching)
    if like.verdict is not Verdict.NEW or not shown:
        return like
    features = compare(lead, other, shipped_statistics())
    return replace(like, contributions=shipped_models().of(lead, other).contributions(features))
