"""What survives when two profiles become one: field by field, by rule, and with the reason (invariant explained)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.lead import Company, Person
from domain.merging_rules import MergingRules, ProfileField, Survivorship
from domain.profile import MAX_CONTACTS, Profile

CORRECTION = "correction"
"""The source of what a person wrote into a profile."""

LISTS = (ProfileField.PEOPLE, ProfileField.PHONES, ProfileField.EMAILS)
SINGLE = tuple(field for field in ProfileField if field not in LISTS)
_COMPANY = frozenset({ProfileField.NAME, ProfileField.USCC, ProfileField.TAX_ID, ProfileField.WEBSITE})


class Side(StrEnum):
    """Whose value it is."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"
    BOTH = "both"


class Why(StrEnum):
    """Why a side's value lives on."""

    SAME = "same"
    ONLY_VALUE = "only_value"
    KEPT = "kept"
    MORE_RECENT = "more_recent"
    MORE_COMPLETE = "more_complete"
    MORE_TRUSTED = "more_trusted"
    UNDECIDED = "undecided"
    """The rule tells the two not apart: the survivor's counts."""


class Choice(BaseModel):
    """How one field was decided. It names no value, so that it may be kept when the values are erased."""

    model_config = ConfigDict(frozen=True)
    field: ProfileField
    rule: Survivorship
    side: Side
    why: Why


class Said(BaseModel):
    """When a value was last given, and by which source."""

    model_config = ConfigDict(frozen=True)
    at: datetime
    source: str | None


class Statement(BaseModel):
    """What one source once said of a customer."""

    model_config = ConfigDict(frozen=True)
    profile: Profile
    said: Said


class Known(BaseModel):
    """A profile with where and when each of its values was last given."""

    model_config = ConfigDict(frozen=True)
    profile: Profile
    said: Mapping[ProfileField, Said]


def value_of(profile: Profile, field: ProfileField) -> Any:
    """A field's value: a text or None, or a tuple for one of ``LISTS``."""
    if field in _COMPANY:
        return getattr(profile.company, field, None)
    return getattr(profile, field)


def profile_with(values: Mapping[ProfileField, Any]) -> Profile:
    """The profile that has these values; a company of which nothing is known is none."""
    company = Company.model_validate({field: values.get(field) for field in _COMPANY})
    rest = {field.value: value for field, value in values.items() if field not in _COMPANY}
    return Profile.model_validate({**rest, "company": company if company != Company() else None})


def known_of(profile: Profile, statements: Sequence[Statement], otherwise: Said) -> Known:
    """Where each value of a profile comes from: the latest statement that gave it.

    Args:
        profile: what is known.
        statements: what sources said of the customer.
        otherwise: what counts for a value that none of them gave: a correction, or the registration.
    """
    latest = sorted(statements, key=lambda statement: statement.said.at, reverse=True)
    return Known(
        profile=profile,
        said={
            field: next((each.said for each in latest if _gives(each.profile, profile, field)), otherwise)
            for field in ProfileField
        },
    )


def _gives(stated: Profile, profile: Profile, field: ProfileField) -> bool:
    said, known = value_of(stated, field), value_of(profile, field)
    return bool(set(said) & set(known)) if field in LISTS else said is not None and said == known


def merged(
    survivor: Known, absorbed: Known, rules: MergingRules, instead: Mapping[ProfileField, Survivorship]
) -> tuple[Profile, tuple[Choice, ...]]:
    """The profile that two become, and how each field that either has was decided.

    Which of the two survives makes a difference only where a rule names a side or a choice is ``undecided``.

    Args:
        survivor: the customer that lives on.
        absorbed: the other.
        rules: the policy's rules.
        instead: rules of this merge alone, which come first.
    """
    values: dict[ProfileField, Any] = {}
    choices: list[Choice] = []
    for field in ProfileField:
        rule = instead.get(field, rules.rule_for(field))
        own, other = value_of(survivor.profile, field), value_of(absorbed.profile, field)
        if not own and not other:
            continue
        side, why = _decided(field, rule, survivor, absorbed, rules)
        values[field] = {Side.SURVIVOR: own, Side.ABSORBED: other}.get(side) or _both(own, other)
        choices.append(Choice(field=field, rule=rule, side=side, why=why))
    return profile_with(values), tuple(choices)


def _decided(
    field: ProfileField, rule: Survivorship, survivor: Known, absorbed: Known, rules: MergingRules
) -> tuple[Side, Why]:
    own, other = value_of(survivor.profile, field), value_of(absorbed.profile, field)
    if own == other:
        return Side.BOTH, Why.SAME
    if not own or not other:
        return (Side.SURVIVOR if own else Side.ABSORBED), Why.ONLY_VALUE
    match rule:
        case Survivorship.KEEP_SURVIVOR:
            return Side.SURVIVOR, Why.KEPT
        case Survivorship.KEEP_ABSORBED:
            return Side.ABSORBED, Why.KEPT
        case Survivorship.MOST_COMPLETE if field in LISTS:
            return Side.BOTH, Why.MORE_COMPLETE
        case Survivorship.MOST_COMPLETE:
            return _larger(len(own), len(other), Why.MORE_COMPLETE)
        case Survivorship.MOST_RECENT:
            return _larger(survivor.said[field].at, absorbed.said[field].at, Why.MORE_RECENT)
        case Survivorship.VERIFIED_SOURCE:
            ranks = (-_rank(survivor.said[field], rules), -_rank(absorbed.said[field], rules))
            return _larger(*ranks, Why.MORE_TRUSTED)


def _rank(said: Said, rules: MergingRules) -> int:
    sources = rules.verified_sources
    return sources.index(said.source) if said.source in sources else len(sources)


def _larger(own: Any, other: Any, why: Why) -> tuple[Side, Why]:
    if own == other:
        return Side.SURVIVOR, Why.UNDECIDED
    return (Side.SURVIVOR if own > other else Side.ABSORBED), why


def _both(own: Any, other: Any) -> Any:
    """The values of both, the survivor's first; a single value that both have."""
    return together(own, other) if isinstance(own, tuple) else own


def together(*lists: Iterable[Any]) -> tuple[Any, ...]:
    """The entries of several lists, each once; a person by the name, with the title that anybody gave."""
    found: dict[Any, Any] = {}
    for entry in (entry for entries in lists for entry in entries):
        name = entry.name if isinstance(entry, Person) else entry
        known = found.setdefault(name, entry)
        if isinstance(entry, Person) and known.title is None:
            found[name] = entry
    return tuple(found.values())[:MAX_CONTACTS]
