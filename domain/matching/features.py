"""Two records compared: each thing they may have in common as agreement or conflict from 0 to 1, 0 where missing."""

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

_AT = {name: at for at, name in enumerate(FEATURES)}


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
    name = max(
        known[_AT["name_words"]],
        known[_AT["name_letters"]],
        0.7 * known[_AT["name_contained"]],
        known[_AT["short_name"]],
    )
    person = min(known[_AT["family"]], known[_AT["given"]])
    who = max(name, person)
    address = max(
        min(known[_AT["road"]], known[_AT["house_number"]]), known[_AT["address_words"]], known[_AT["address_equal"]]
    )
    other = max(
        known[_AT["name_words_conflict"]], known[_AT["name_letters_conflict"]], known[_AT["name_apart_conflict"]]
    )
    elsewhere = any(
        known[_AT[feature]]
        for feature in ("phone", "phone_conflict", "email", "domain", "road", "road_conflict", "address_words")
    )
    moved = max(known[_AT[f"{part}_conflict"]] for part in ("locality", "house_number", "postcode"))
    by_phone = who * known[_AT["phone"]]
    return who * address, by_phone, by_phone * moved, address * other, 0.0 if elsewhere else who
