"""What two customers' profiles become when a person says that something of the one belongs to the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.identity import Key, keys_of, without_keys
from domain.merging_rules import ProfileField
from domain.profile import Profile, enriched
from domain.survivorship import LISTS, SINGLE, profile_with, together, value_of


def without_what_was_said(giver: Profile, said: Profile, kept: Sequence[Profile]) -> Profile:
    """A profile without what only this said of it.

    Args:
        giver: the profile as it stands.
        said: what a lead brought, or a correction.
        kept: what else is said of the customer, what counts most first; a value that it gives stays or comes back.
    """
    values = {field: value_of(giver, field) for field in ProfileField}
    for field in SINGLE:
        own = [value for value in (value_of(profile, field) for profile in kept) if value is not None]
        if values[field] is not None and values[field] == value_of(said, field) and values[field] not in own:
            values[field] = own[0] if own else None
    for field in LISTS:
        own = [entry for profile in kept for entry in value_of(profile, field)]
        gone = [entry for entry in value_of(said, field) if entry not in own]
        values[field] = tuple(entry for entry in values[field] if entry not in gone)
    return profile_with(values)


def with_lead(receiver: Profile, said: Profile, foreign: frozenset[Key]) -> Profile:
    """A profile whose gaps a lead fills, without the strong identifiers that others have."""
    return enriched(receiver, without_keys(said, foreign))


def with_values(receiver: Profile, put: Mapping[ProfileField, Any]) -> Profile:
    """A profile with these values: a single one replaces what stood there, a list's are added."""
    values = {field: value_of(receiver, field) for field in ProfileField}
    for field, value in put.items():
        values[field] = together(values[field], value) if field in LISTS else value
    return profile_with(values)


def keys_after(held: Sequence[Key], before: Profile, after: Profile, gone: frozenset[Key]) -> tuple[Key, ...]:
    """The keys of a customer whose profile changed: without those given away, and those of identifiers it lost."""
    lost = {key for key in keys_of(before) if key.strong}
    keys = {*(set(held) - lost - gone), *keys_of(after)}
    return tuple(sorted(keys, key=lambda key: (key.kind, key.value)))
