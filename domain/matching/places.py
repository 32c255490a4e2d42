"""Two addresses compared, and the regions of two records."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA, Indel

from domain.matching.likeness import overlap
from domain.matching.names import falling, rising
from domain.matching.place import Place
from domain.matching.record import Record
from domain.normalise.divisions import city_of, lies_in
from domain.normalise.text import has_han

PLACE_FEATURES = (
    "address_equal",
    "address_words",
    "address_words_conflict",
    "address_contained",
    "road",
    "road_conflict",
    "house_number",
    "house_number_conflict",
    "rest_conflict",
    "locality",
    "locality_conflict",
    "postcode",
    "postcode_near",
    "postcode_conflict",
    "region",
    "region_conflict",
)
_ANOTHER_DISTRICT = 0.3
_NO_ADDRESSES = (0.0,) * PLACE_FEATURES.index("locality")
_NO_POSTCODES = (0.0,) * 3


def compare_places(a: Record, b: Record, weights: Mapping[str, float]) -> tuple[float, ...]:
    """Returns the values of ``PLACE_FEATURES``, 0 for each part that a side does not tell."""
    mine, theirs = a.place, b.place
    if mine is None or theirs is None:
        return (*_NO_ADDRESSES, *_divisions(a, b), *_NO_POSTCODES, *_regions(a, b))
    return (
        *_addresses(mine, theirs, weights),
        *(_localities(mine, theirs) or _divisions(a, b)),
        *_postcodes(mine.postcode, theirs.postcode),
        *_regions(a, b),
    )


def _addresses(a: Place, b: Place, weights: Mapping[str, float]) -> tuple[float, ...]:
    words = overlap(a.tokens, b.tokens, weights)
    told = bool(a.tokens and b.tokens)
    return (
        float(told and a.text == b.text),
        rising(words.both) if told else 0.0,
        falling(words.both) if told else 0.0,
        words.smaller,
        *_texts(a.road, b.road),
        *_house_numbers(a, b),
        float(bool(a.rest and b.rest) and a.rest != b.rest and a.road == b.road and bool(a.road)),
    )


def _texts(a: str, b: str) -> tuple[float, float]:
    if not a or not b:
        return 0.0, 0.0
    if a == b:
        return 1.0, 0.0
    likeness = max(Indel.normalized_similarity(a, b), OSA.normalized_similarity(a, b))
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(short) > 1 and full.find(short) >= 0:
        likeness = max(likeness, 0.9)
    return rising(likeness), falling(likeness)


def _house_numbers(a: Place, b: Place) -> tuple[float, float]:
    """The number on the road, or any number in common where the address was not understood."""
    if a.number and b.number:
        if a.number == b.number:
            return 1.0, 0.0
        if a.number in b.numbers or b.number in a.numbers or a.number.split("-")[0] == b.number.split("-")[0]:
            return 0.6, 0.0
        return (0.2, 0.2) if OSA.distance(a.number, b.number, score_cutoff=1) == 1 else (0.0, 1.0)
    if a.numbers and b.numbers:
        return (0.5, 0.0) if set(a.numbers) & set(b.numbers) else (0.0, 0.5)
    return 0.0, 0.0


def _localities(a: Place, b: Place) -> tuple[float, float] | None:
    """Suburb and city from columns of their own, None where they tell nothing."""
    if a.locality and b.locality:
        return _told_elsewhere(a, b) or _towns(a.locality, b.locality)
    return _told_elsewhere(a, b) if a.locality or b.locality else None


def _divisions(a: Record, b: Record) -> tuple[float, float]:
    """440300 (深圳) holds 440305 (南山); another district of one city is where people move to."""
    mine, theirs = division_of(a), division_of(b)
    if not mine or not theirs:
        return 0.0, 0.0
    if lies_in(mine, theirs) or lies_in(theirs, mine):
        return 1.0, 0.0
    return (0.0, _ANOTHER_DISTRICT) if lies_in(mine, city_of(theirs)) else (0.0, 1.0)


def division_of(record: Record) -> str:
    """Returns where in China a record is, by its address, else by its company's name; empty when neither says."""
    return (record.place and record.place.division) or (record.company and record.company.parsed.division) or ""


def _towns(a: str, b: str) -> tuple[float, float]:
    """Names of places share many letters by chance, so that half alike is another town already."""
    agreement, conflict = _texts(a, b)
    return agreement, min(1.0, 2 * conflict)


def _told_elsewhere(a: Place, b: Place) -> tuple[float, float] | None:
    """One address in columns and one in a single piece agree where the words of the one's town stand in the other."""
    for one, other in ((a, b), (b, a)):
        town = one.locality
        if (
            town
            and town != other.locality
            and (f" {town} " in f" {other.text} " or (has_han(town) and town in other.text))
        ):
            return 0.8, 0.0
    return None


def _postcodes(a: str, b: str) -> tuple[float, float, float]:
    if not a or not b:
        return 0.0, 0.0, 0.0
    if a == b:
        return 1.0, 0.0, 0.0
    return (0.0, 1.0, 0.0) if OSA.distance(a, b, score_cutoff=1) == 1 else (0.0, 0.0, 1.0)


def _regions(a: Record, b: Record) -> tuple[float, float]:
    """The region in the company's name counts before the record's own: it is part of who they are."""
    mine = (a.company and a.company.parsed.region) or a.region
    theirs = (b.company and b.company.parsed.region) or b.region
    if not mine or not theirs:
        return 0.0, 0.0
    if mine == theirs:
        return 1.0, 0.0
    return (0.0, 0.0) if mine.startswith(theirs) or theirs.startswith(mine) else (0.0, 1.0)
