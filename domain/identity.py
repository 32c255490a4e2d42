"""Is this somebody we know? Exact keys of a profile, and the decision over who already holds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.lead import Company
from domain.matching.decision import Match, Reason, Verdict
from domain.normalise.company import parse_company
from domain.normalise.email import parse_email
from domain.normalise.phone import parse_phones
from domain.normalise.text import fold
from domain.normalise.uscc import parse_tax_id, parse_uscc
from domain.normalise.web import registrable_domain
from domain.policy import IdentityRules, KeyKind
from domain.profile import Profile

STRONG = frozenset({KeyKind.USCC, KeyKind.TAX_ID, KeyKind.MOBILE, KeyKind.EMAIL})
"""Identifiers of which the database itself allows one live holder only (invariant one_customer)."""


_EVIDENCE_SHOWN = 6
_WAITING_SHOWN = 10
"""Of so many leads that wait for the same answer the best are named; of customers all are."""


@dataclass(frozen=True, slots=True)
class Key:
    """One exact key in its normal form."""

    kind: KeyKind
    value: str

    @property
    def strong(self) -> bool:
        """Whether no two live customers may share it."""
        return self.kind in STRONG

    def __hash__(self) -> int:
        """By the value alone, which two kinds seldom share: an import hashes millions."""
        return hash(self.value)


class Outcome(StrEnum):
    """What became of a lead."""

    NEW_CUSTOMER = "new_customer"
    DUPLICATE = "duplicate"
    NEEDS_CONFIRMATION = "needs_confirmation"
    REJECTED = "rejected"


class Evidence(BaseModel):
    """What one thing compared adds to the log-odds that two are one customer: above 0 it speaks for it."""

    model_config = ConfigDict(frozen=True)
    feature: str
    adds: float


class Candidate(BaseModel):
    """A holder (a customer, or a lead that waits for confirmation) that may be the lead's customer."""

    model_config = ConfigDict(frozen=True)
    id: str
    matched_on: tuple[KeyKind, ...]
    """The kinds of exact keys that both hold; none where they are only alike."""
    conflicts_on: tuple[KeyKind, ...] = ()
    confidence: float
    certain: bool
    reasons: tuple[Reason, ...] = ()
    """The rules of likeness that applied."""
    evidence: tuple[Evidence, ...] = ()
    """What spoke for and against, the strongest first."""
    probability: float | None = None
    """The model's own, whatever keys and rules made of it; None where nothing was compared."""


class Identification(BaseModel):
    """The decision, with all candidates, best first."""

    model_config = ConfigDict(frozen=True)
    outcome: Outcome
    reason: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()

    @property
    def matched_on(self) -> tuple[KeyKind, ...]:
        """The keys that the best candidate shares with the lead."""
        return self.candidates[0].matched_on if self.candidates else ()


def keys_of(profile: Profile) -> tuple[Key, ...]:
    """Every exact key of a profile, sorted, without repeats. The profile's fields have passed their own checks."""
    keys = {*_company_keys(profile), *_phone_keys(profile), *_email_keys(profile)}
    return tuple(sorted(keys, key=lambda key: (key.kind, key.value)))


def _company_keys(profile: Profile) -> Iterable[Key]:
    company = profile.company
    if company is None:
        return
    if company.uscc:
        yield Key(kind=KeyKind.USCC, value=parse_uscc(company.uscc))
    if company.tax_id:
        yield Key(kind=KeyKind.TAX_ID, value=parse_tax_id(company.tax_id))
    domain = registrable_domain(company.website) if company.website else None
    if domain:
        yield Key(kind=KeyKind.DOMAIN, value=domain)
    name = parse_company(company.name) if company.name else None
    if name and name.normal:
        yield Key(kind=KeyKind.NAME, value=name.normal)
        region = name.region or profile.region
        if region:
            yield Key(kind=KeyKind.NAME_REGION, value=f"{name.normal}|{region}")


def _phone_keys(profile: Profile) -> Iterable[Key]:
    """A mobile is one person's; a fixed line is shared by a house; 400 and 800 numbers tell nothing."""
    for raw in profile.phones:
        for phone in parse_phones(raw):
            if phone.strong:
                yield Key(kind=KeyKind.MOBILE, value=phone.e164)
            elif phone.kind in ("fixed", "other"):
                yield Key(kind=KeyKind.PHONE, value=phone.e164)


def _email_keys(profile: Profile) -> Iterable[Key]:
    for raw in profile.emails:
        email = parse_email(raw)
        yield Key(kind=KeyKind.EMAIL, value=email.key)
        domain = registrable_domain(email.domain) if profile.company and not email.free else None
        if domain:
            yield Key(kind=KeyKind.DOMAIN, value=domain)


def without_keys(profile: Profile, taken: frozenset[Key]) -> Profile:
    """The profile without the phones, e-mails and numbers that give one of these keys: they are another customer's."""

    def free(part: Profile) -> bool:
        return taken.isdisjoint(keys_of(part))

    company = profile.company
    if company and not free(Profile(company=Company(uscc=company.uscc))):
        company = company.model_copy(update={"uscc": None})
    if company and not free(Profile(company=Company(tax_id=company.tax_id))):
        company = company.model_copy(update={"tax_id": None})
    return profile.model_copy(
        update={
            "company": company,
            "phones": tuple(phone for phone in profile.phones if free(Profile(phones=(phone,)))),
            "emails": tuple(email for email in profile.emails if free(Profile(emails=(email,)))),
        }
    )


def is_placeholder(profile: Profile, keys: Iterable[Key], rules: IdentityRules) -> bool:
    """Whether the profile stands for nobody: no key but the name's, and every name a placeholder of the policy."""
    if profile.phones or any(key.kind not in (KeyKind.NAME, KeyKind.NAME_REGION) for key in keys):
        return False
    names = [profile.company.name if profile.company else None, *(person.name for person in profile.people)]
    normal = [fold(name) for name in names if name]
    return all(not name or name in rules.placeholders for name in normal)


def identify(
    keys: Iterable[Key],
    holders: Mapping[str, Iterable[Key]],
    likeness: Mapping[str, Match],
    waiting: frozenset[str],
    rules: IdentityRules,
) -> Identification:
    """Decide who a lead is.

    Args:
        keys: the lead's keys.
        holders: for each customer or waiting lead that shares a key with it, all the keys that it holds.
        likeness: what comparing the lead with each candidate gave, whether it shares an exact key or not.
        waiting: which of the candidates are leads that still wait for a person; they make the lead wait, too.
        rules: the policy's identity rules.
    """
    mine = frozenset(keys)
    compared = (
        _compare(mine, holder, frozenset(holders.get(holder, ())), likeness.get(holder), rules)
        for holder in {**holders, **likeness}
    )
    candidates = sorted((found for found in compared if found), key=lambda it: _rank(it, waiting))
    outcome, reason = _judge(candidates, waiting)
    shown = {found.id for found in candidates if found.id not in waiting}
    shown |= {found.id for found in [found for found in candidates if found.id in waiting][:_WAITING_SHOWN]}
    candidates = [found for found in candidates if found.id in shown]
    confidence = candidates[0].confidence if candidates else 1.0
    return Identification(outcome=outcome, reason=reason, confidence=confidence, candidates=tuple(candidates))


def _rank(found: Candidate, waiting: frozenset[str]) -> tuple[bool, bool, float, str]:
    """Customers for certain come first: when there is but one, the lead is theirs, and not another lead's."""
    return not found.certain or found.id in waiting, not found.certain, -found.confidence, found.id


def _judge(candidates: Sequence[Candidate], waiting: frozenset[str]) -> tuple[Outcome, str]:
    """One customer for certain is a duplicate, whoever else waits; none at all is new; a person is asked otherwise."""
    certain = [found for found in candidates if found.certain and found.id not in waiting]
    if not candidates:
        return Outcome.NEW_CUSTOMER, "no_match"
    if len(certain) == 1:
        return Outcome.DUPLICATE, "certain_match"
    if certain:
        return Outcome.NEEDS_CONFIRMATION, "several_customers"
    if any(found.id in waiting for found in candidates):
        return Outcome.NEEDS_CONFIRMATION, "waiting_lead"
    if any(found.conflicts_on for found in candidates):
        return Outcome.NEEDS_CONFIRMATION, "conflicting_identifier"
    return Outcome.NEEDS_CONFIRMATION, "possible_match"


def _compare(
    mine: frozenset[Key], holder: str, theirs: frozenset[Key], like: Match | None, rules: IdentityRules
) -> Candidate | None:
    """Exact keys say what the policy says of them; likeness may add a candidate or make one certain, never less."""
    shared = {key.kind for key in mine & theirs}
    weights = {kind: rules.certain.get(kind, rules.possible.get(kind, 0.0)) for kind in shared}
    weights = {kind: weight for kind, weight in weights.items() if weight > 0}
    alike = like if like and like.verdict is not Verdict.NEW else None
    if not weights and not alike:
        return None
    conflicts = tuple(kind for kind in rules.conflict_on if kind not in shared and _differ(mine, theirs, kind))
    matched = tuple(sorted(weights, key=lambda kind: (-weights[kind], kind)))
    surest = max([*weights.values(), *([alike.probability] if alike else ())])
    certain = any(kind in rules.certain for kind in weights) or (alike is not None and alike.verdict is Verdict.CERTAIN)
    return Candidate(
        id=holder,
        matched_on=matched,
        conflicts_on=conflicts,
        confidence=min(surest, 0.5) if conflicts else surest,
        certain=certain and not conflicts,
        reasons=like.reasons if like else (),
        probability=like.probability if like else None,
        evidence=tuple(
            Evidence(feature=said.feature, adds=round(said.adds, 3))
            for said in (like.contributions if like else ())[:_EVIDENCE_SHOWN]
        ),
    )


def _differ(mine: frozenset[Key], theirs: frozenset[Key], kind: KeyKind) -> bool:
    return any(key.kind == kind for key in mine) and any(key.kind == kind for key in theirs)
