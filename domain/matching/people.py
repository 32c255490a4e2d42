"""Two persons compared, and the persons of two records."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA, JaroWinkler

from domain.matching.names import falling, rising
from domain.matching.record import Record
from domain.normalise.person import PersonName, formal_names

PERSON_FEATURES = (
    "person_equal",
    "person_rare",
    "family",
    "family_conflict",
    "given",
    "given_conflict",
    "names_swapped",
    "birth_date",
    "birth_date_near",
    "birth_date_conflict",
)
_NO_PEOPLE = (0.0,) * 7
_MOST_PEOPLE = 4
_SAME_SOUND = 0.9
_NICKNAME = 0.92
_INITIAL = 0.8
_UNKNOWN = -1.0


def compare_people(a: Record, b: Record, weights: Mapping[str, float]) -> tuple[float, ...]:
    """Returns the values of ``PERSON_FEATURES`` for the two persons that are most alike; 0 where there is none."""
    dates = _birth_dates(a.birth_date, b.birth_date)
    if not a.people or not b.people:
        return (*_NO_PEOPLE, *dates)
    if len(a.people) == len(b.people) == 1:
        return (*_compare(a.people[0], b.people[0], weights), *dates)
    pairs = (_compare(one, other, weights) for one in a.people[:_MOST_PEOPLE] for other in b.people[:_MOST_PEOPLE])
    return (*max(pairs, key=lambda found: found[2] + found[4] - found[3] - found[5]), *dates)


def _compare(a: PersonName, b: PersonName, weights: Mapping[str, float]) -> tuple[float, ...]:
    family, given = _likeness(a.family, b.family), _given(a.given, b.given)
    if a.normal == b.normal:
        family = given = 1.0
    elif a.pinyin_full and a.pinyin_full == b.pinyin_full:
        family, given = max(family, _SAME_SOUND), max(given, _SAME_SOUND)
    crossed = _crossed(a, b)
    swapped = crossed > max(family, given, 0.85)
    if swapped:
        family = given = crossed
    rare = weights.get(a.given or "", 1.0) * given + weights.get(a.family or "", 1.0) * family
    return (
        float(a.normal == b.normal),
        rare / 2 if min(family, given) > _NICKNAME - 0.02 else 0.0,
        *_graded(family),
        *_graded(given),
        float(swapped),
    )


def _crossed(a: PersonName, b: PersonName) -> float:
    """How alike two names are when one was written the other way round, by the part that is less alike."""
    if not (a.family and a.given and b.family and b.given):
        return 0.0
    return min(_likeness(a.family, b.given), _likeness(a.given, b.family))


def _graded(likeness: float) -> tuple[float, float]:
    return (0.0, 0.0) if likeness == _UNKNOWN else (rising(likeness), falling(likeness))


def _likeness(a: str | None, b: str | None) -> float:
    if not a or not b:
        return _UNKNOWN
    return 1.0 if a == b else JaroWinkler.similarity(a, b)


def _given(a: str | None, b: str | None) -> float:
    if not a or not b or a == b:
        return _likeness(a, b)
    if not formal_names(a).isdisjoint(formal_names(b)):
        return _NICKNAME
    if (len(a) == 1 or len(b) == 1) and a[0] == b[0]:
        return _INITIAL
    return JaroWinkler.similarity(a, b)


def _birth_dates(a: str | None, b: str | None) -> tuple[float, float, float]:
    """Equal, or with one slip of the keyboard, or with day and month exchanged; else by how many parts differ."""
    if not a or not b:
        return 0.0, 0.0, 0.0
    if a == b:
        return 1.0, 0.0, 0.0
    slips = OSA.distance(a, b, score_cutoff=2)
    if slips == 1 or (a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]):
        return 0.0, 1.0, 0.0
    equal = (a[:4] == b[:4]) + (a[4:6] == b[4:6]) + (a[6:] == b[6:])
    if slips == 2 or equal == 2:
        return 0.0, 0.5, 0.0
    return 0.0, 0.0, 1.0 - 0.3 * equal
