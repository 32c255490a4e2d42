"""Two records compared: each thing they may have in common as agreement or conflict from 0 to 1, 0 where missing."""

from collections.abc import Callable
from operator import itemgetter

from domain.matching.contacts import CONTACT_FEATURES, compare_contacts
from domain.matching.names import NAME_FEATURES, compare_names
from domain.matching.people import PERSON_FEATURES, compare_people
from domain.matching.places import PLACE_FEATURES, compare_places
from domain.matching.record import Record
from domain.matching.statistics import Statistics

Features = tuple[float, ...]
"""The values in the order of ``FEATURES``."""

_TOGETHER = ("name_and_address", "name_and_phone", "name_and_phone_elsewhere", "address_and_other_name", "name_alone")
FEATURES = (*NAME_FEATURES, *PERSON_FEATURES, *CONTACT_FEATURES, *PLACE_FEATURES, *_TOGETHER)
"""The names of all features. ``…_conflict`` speaks against a match, every other for one."""


def _values_of(*names: str) -> Callable[[Features], Features]:
    return itemgetter(*(FEATURES.index(name) for name in names))


_PHONE = FEATURES.index("phone")
_who = _values_of("name_words", "name_letters", "name_contained", "short_name", "family", "given")
_address = _values_of("road", "house_number", "address_words", "address_equal")
_other_name = _values_of("name_words_conflict", "name_letters_conflict", "name_apart_conflict")
_elsewhere = _values_of("phone", "phone_conflict", "email", "domain", "road", "road_conflict", "address_words")
_moved = _values_of("locality_conflict", "house_number_conflict", "postcode_conflict")


def compare(a: Record, b: Record, statistics: Statistics) -> Features:
    """Returns how two records agree and conflict; the order of the two does not matter."""
    names = compare_names(a.company, b.company, statistics.names)
    people = compare_people(a, b, statistics.people)
    contacts = compare_contacts(a, b)
    places = compare_places(a, b, statistics.places)
    known = (*names, *people, *contacts, *places)
    return (*known, *_together(known))


def _together(known: tuple[float, ...]) -> tuple[float, ...]:
    """What counts more, or less, side by side than one by one."""
    words, letters, contained, short, family, given = _who(known)
    who = max(words, letters, 0.7 * contained, short, min(family, given))
    road, number, address_words, address_equal = _address(known)
    address = max(min(road, number), address_words, address_equal)
    by_phone = who * known[_PHONE]
    return (
        who * address,
        by_phone,
        by_phone * max(_moved(known)),
        address * max(_other_name(known)),
        0.0 if any(_elsewhere(known)) else who,
    )
