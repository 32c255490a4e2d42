"""Two addresses compared, and the regions of two records."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA, Indel

from domain.matching.likeness import overlap
from domain.matching.names import falling, rising
from domain.matching.place import Place
from domain.matching.record import Record
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
_NO_PLACES = (0.0,) * (len(PLACE_FEATURES) - 2)


def compare_places(a: Record, b: Record, weights: Mapping[str, float]) -> tuple[float, ...]:
    """Returns the values of ``PLACE_FEATURES``, 0 for each part that a side does not tell."""
    return (*_places(a.place, b.place, weights), *_regions(a, b))


def _places(a: Place | None, b: Place | None, weights: Mapping[str, float]) -> tuple[float, ...]:
    if a is None or b is None:
        return _NO_PLACES
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
        *_localities(a, b),
        *_postcodes(a.postcode, b.postcode),
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


def _localities(a: Place, b: Place) -> tuple[float, float]:
    """Suburb and city in columns, else the Chinese division: 440300 (深圳) holds 440305 (南山)."""
    if a.locality and b.locality:
        return _told_elsewhere(a, b) or _towns(a.locality, b.locality)
    if a.locality or b.locality:
        return _told_elsewhere(a, b) or (0.0, 0.0)
    if a.division and b.division:
        mine, theirs = a.division.rstrip("0"), b.division.rstrip("0")
        return (1.0, 0.0) if mine.startswith(theirs) or theirs.startswith(mine) else (0.0, 1.0)
    return 0.0, 0.0


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
