"""What belongs to whom when a merge is undone: the two profiles, and everything that came since."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import reduce
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.identity import Key, keys_of, without_keys
from domain.matching.decision import Match, Verdict
from domain.merging_rules import ProfileField
from domain.profile import Profile, enriched
from domain.survivorship import LISTS, SINGLE, Choice, Side, profile_with, together, value_of

_IDENTIFYING = (ProfileField.USCC, ProfileField.TAX_ID, ProfileField.PHONES, ProfileField.EMAILS)


class Thing(StrEnum):
    """What may have come after a merge."""

    LEAD = "lead"
    FOLLOW_UP = "follow_up"
    FIELD = "field"
    OWNERSHIP = "ownership"


class Because(StrEnum):
    """Why it was put where it is."""

    SAME_IDENTIFIER = "same_identifier"
    SAME_KEY = "same_key"
    ALIKE = "alike"
    BY_ITS_OWNER = "by_its_owner"
    CORRECTED_ITS_VALUE = "corrected_its_value"
    FITS_BOTH_OR_NONE = "fits_both_or_none"
    """Nothing tells: it stays with the survivor until a person says otherwise."""
    TAKEN = "taken"
    """An identifier that another customer has by now; it is given back to neither."""


class Placement(BaseModel):
    """Where something that came after the merge went. A field's ``id`` is its name."""

    model_config = ConfigDict(frozen=True)
    thing: Thing
    id: str
    side: Side
    because: Because
    values: dict[ProfileField, Any] = Field(default_factory=dict, exclude=True)
    """Of a field that a person is asked about: what is in question. Never written into a trace."""

    @property
    def asked(self) -> bool:
        """Whether a person should say where it belongs."""
        return self.because in (Because.FITS_BOTH_OR_NONE, Because.TAKEN)


class Merged(BaseModel):
    """The two profiles before a merge, the one after it, and how each field was decided."""

    model_config = ConfigDict(frozen=True)
    survivor: Profile
    absorbed: Profile
    after: Profile
    choices: tuple[Choice, ...]


class Separated(BaseModel):
    """The two profiles after a merge was undone, and where each later correction went."""

    model_config = ConfigDict(frozen=True)
    survivor: Profile
    absorbed: Profile
    placed: tuple[Placement, ...]


def side_of_lead(
    keys: Iterable[Key], held: Mapping[Side, frozenset[Key]], alike: Mapping[Side, Match]
) -> tuple[Side, Because]:
    """Whose lead it is: by strong identifiers, else by any exact key, else by being certainly alike one only.

    Args:
        keys: the lead's exact keys.
        held: the keys that each of the two had before the merge.
        alike: how the lead compares with each of the two.
    """
    mine = frozenset(keys)
    strong = frozenset(key for key in mine if key.strong)
    certain = {side for side, like in alike.items() if like.verdict is Verdict.CERTAIN}
    for because, fits in (
        (Because.SAME_IDENTIFIER, {side for side, theirs in held.items() if strong & theirs}),
        (Because.SAME_KEY, {side for side, theirs in held.items() if mine & theirs}),
        (Because.ALIKE, certain),
    ):
        if len(fits) == 1:
            return fits.pop(), because
        if fits:
            break
    return Side.SURVIVOR, Because.FITS_BOTH_OR_NONE


class LaterLead(BaseModel):
    """A lead that came after a merge, as what it is told apart by."""

    model_config = ConfigDict(frozen=True)
    id: str
    keys: tuple[Key, ...]
    alike: dict[Side, Match]


def place_leads(leads: Iterable[LaterLead], held: Mapping[Side, frozenset[Key]]) -> list[Placement]:
    """Whose each lead is, oldest first: what a lead brought tells of those after it.

    Args:
        leads: the leads since the merge, oldest first.
        held: the keys that each of the two had before the merge.
    """
    known, placed = dict(held), []
    for lead in leads:
        side, because = side_of_lead(lead.keys, known, lead.alike)
        placed.append(Placement(thing=Thing.LEAD, id=lead.id, side=side, because=because))
        if because is not Because.FITS_BOTH_OR_NONE:
            others = known[Side.ABSORBED if side is Side.SURVIVOR else Side.SURVIVOR]
            known[side] |= frozenset(lead.keys) - others
    return placed


def side_of_follow_up(rep_id: str, survivors_owner: str | None, absorbeds_owner: str | None) -> tuple[Side, Because]:
    """Whose follow-up it is: of the one whose owner, before the merge, was in touch."""
    if survivors_owner != absorbeds_owner and rep_id in (survivors_owner, absorbeds_owner):
        return (Side.SURVIVOR if rep_id == survivors_owner else Side.ABSORBED), Because.BY_ITS_OWNER
    return Side.SURVIVOR, Because.FITS_BOTH_OR_NONE


def separated(was: Merged, now: Profile, leads: Mapping[Side, Sequence[Profile]], foreign: frozenset[Key]) -> Separated:
    """Both profiles as they were, each with what came since and is its own. Without anything since: exactly as before.

    Args:
        was: the merge.
        now: the one profile as it stands.
        leads: the profiles made from later leads, by whose they are.
        foreign: strong keys that other customers hold by now.
    """
    halves = {Side.SURVIVOR: _values(was.survivor), Side.ABSORBED: _values(was.absorbed)}
    placed = [
        *_single_values(halves, was, now, leads),
        *_lists(halves, was, now, [profile for profiles in leads.values() for profile in profiles]),
    ]
    own, other = (
        reduce(enriched, (_still_known(given, now) for given in leads.get(side, ())), profile_with(halves[side]))
        for side in (Side.SURVIVOR, Side.ABSORBED)
    )
    own, other = without_keys(own, foreign), without_keys(other, foreign)
    own = without_keys(own, _strong(was.absorbed) & _strong(other))
    other = without_keys(other, _strong(own))
    lost = foreign & (_strong(was.survivor) | _strong(was.absorbed))
    both = (was.survivor, was.absorbed)
    placed += [
        _field(key.kind.value, Side.SURVIVOR, Because.TAKEN, _written(key, both))
        for key in sorted(lost, key=lambda key: (key.kind, key.value))
    ]
    return Separated(survivor=own, absorbed=other, placed=tuple(placed))


def _values(profile: Profile) -> dict[ProfileField, Any]:
    return {field: value_of(profile, field) for field in ProfileField}


def _single_values(
    halves: Mapping[Side, dict[ProfileField, Any]], was: Merged, now: Profile, leads: Mapping[Side, Sequence[Profile]]
) -> Iterable[Placement]:
    """A value that was corrected goes to whoever's it was; one that a lead filled in comes back with the lead."""
    sides = {choice.field: choice.side for choice in was.choices}
    given = [profile for profiles in leads.values() for profile in profiles]
    for field in SINGLE:
        before, value = value_of(was.after, field), value_of(now, field)
        if value == before or (before is None and any(value_of(profile, field) == value for profile in given)):
            continue
        side = sides.get(field, Side.BOTH)
        because = Because.FITS_BOTH_OR_NONE if side is Side.BOTH else Because.CORRECTED_ITS_VALUE
        side = Side.SURVIVOR if side is Side.BOTH else side
        halves[side][field] = value
        yield _field(field.value, side, because, {field: value})


def _lists(
    halves: Mapping[Side, dict[ProfileField, Any]], was: Merged, now: Profile, given: Sequence[Profile]
) -> Iterable[Placement]:
    """What was taken out is taken out of both; what no lead brought was put in by hand, and stays with the survivor."""
    for field in LISTS:
        after, value = value_of(was.after, field), value_of(now, field)
        for half in halves.values():
            half[field] = tuple(entry for entry in half[field] if entry in value or entry not in after)
        brought = [entry for profile in given for entry in value_of(profile, field)]
        added = tuple(entry for entry in value if entry not in after and entry not in brought)
        if added:
            halves[Side.SURVIVOR][field] = together(halves[Side.SURVIVOR][field], added)
            yield _field(field.value, Side.SURVIVOR, Because.FITS_BOTH_OR_NONE, {field: added})


def _still_known(given: Profile, now: Profile) -> Profile:
    """What a lead brought, without what was taken out since."""
    lists = {field.value: tuple(it for it in value_of(given, field) if it in value_of(now, field)) for field in LISTS}
    return given.model_copy(update=lists)


def _strong(profile: Profile) -> frozenset[Key]:
    return frozenset(key for key in keys_of(profile) if key.strong)


def _written(key: Key, profiles: Iterable[Profile]) -> dict[ProfileField, Any]:
    """An identifier as a profile had it written."""
    for profile in profiles:
        for field in _IDENTIFYING:
            value = value_of(profile, field)
            for entry in value if field in LISTS else filter(None, [value]):
                said = {field: (entry,) if field in LISTS else entry}
                if key in keys_of(profile_with(said)):
                    return said
    return {}


def _field(name: str, side: Side, because: Because, values: dict[ProfileField, Any]) -> Placement:
    return Placement(thing=Thing.FIELD, id=name, side=side, because=because, values=values)
