"""How alike two texts are, for texts of any script: the measures that the features are built from."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from rapidfuzz.distance import OSA, LCSseq

_ALIKE = 0.7
_ABBREVIATION, _CONTRACTION = 0.9, 0.8
_INITIALS = 2
"""Letters of a word that are too few for a slip to leave it recognisable."""
_MOST_STARTS = 3
_MOST_SOFT_WORDS = 12
"""Past so many words that differ, near words are no longer looked for: the texts are not alike anyway."""


class Overlap(NamedTuple):
    """What two sets of words share, weighed by how rare the words are.

    Attributes:
        both: the share of all the weight that is common, 0 to 1.
        smaller: the share of the smaller side's weight that is common, 0 to 1.
        weight: the common weight itself: two rare words in common are more than one frequent one.
        apart: the weight that each side has for itself, that of the lesser: "cafe" and "dining room" of one hotel.
    """

    both: float
    smaller: float
    weight: float
    apart: float


NO_OVERLAP = Overlap(0.0, 0.0, 0.0, 0.0)


def overlap(a: frozenset[str], b: frozenset[str], weight: Mapping[str, float]) -> Overlap:
    """Returns what two texts have in common; words with a typo or cut short count for a part."""
    of = weight.get
    shared = a & b
    common = sum([of(word, 1.0) for word in shared])
    left, right = a - shared, b - shared
    total_a = common + sum([of(word, 1.0) for word in left])
    total_b = common + sum([of(word, 1.0) for word in right])
    if left and right and len(left) <= _MOST_SOFT_WORDS and len(right) <= _MOST_SOFT_WORDS:
        common += _nearly(left, right, weight)
    least = min(total_a, total_b)
    if least <= 0.0:
        return NO_OVERLAP
    return Overlap(2 * common / (total_a + total_b), min(1.0, common / least), common, max(0.0, least - common))


def _nearly(left: Collection[str], right: Collection[str], weight: Mapping[str, float]) -> float:
    """Returns the weight of the words that meet nearly, each with its best partner."""
    free = [word for word in right if _spelled(word)]
    if not free:
        return 0.0
    common = 0.0
    for word in sorted(filter(_spelled, left)):
        best, score = "", 0.0
        for other in free:
            if other[0] != word[0] and other[-1] != word[-1]:
                continue  # one slip leaves one end alone, and this is the hottest loop of all
            likeness = near(word, other)
            if likeness > score or (likeness == score and other < best):
                best, score = other, likeness
        if score:
            common += score * min(weight.get(word, 1.0), weight.get(best, 1.0))
            free.remove(best)
    return common


def _spelled(word: str) -> bool:
    """Whether a slip in a word leaves it recognisable, or it may stand for one: numbers and letters never do."""
    return len(word) > 1 and "a" <= word[0] <= "z"


def near(a: str, b: str) -> float:
    """Returns how likely one word is the other with a typo, cut short (serv) or drawn together (ctr), 0 when not."""
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    if full.startswith(short):
        return _ABBREVIATION
    if len(full) - len(short) > 1 and full[0] == short[0] and full[-1] == short[-1] and _fits(short, full, 0):
        return _CONTRACTION
    if len(short) <= _INITIALS or len(full) - len(short) > 3:
        return 0.0
    return OSA.normalized_similarity(a, b, score_cutoff=_ALIKE)


def short_for(short: str, full: str) -> float:
    """Returns how well a Chinese short name fits a full one, 0 when its characters do not stand there in this order.

    1 where it begins the full name in one piece; less for every gap between its characters, and a little for what is
    left over ("中石化" in "中国石油化工": two gaps).
    """
    at = full.find(short)
    if at >= 0:
        return 1.0 - 0.05 * min(at, 4) / 4
    starts = [at for at, character in enumerate(full) if character == short[0]][:_MOST_STARTS]
    return max((_fit(short, full, start) for start in starts), default=0.0)


def _fit(short: str, full: str, start: int) -> float:
    runs, position, left = 0, start, short
    first = -1
    while left:
        length, found = _longest_head(left, full, position)
        if not length:
            return 0.0
        first = found if first < 0 else first
        runs, position, left = runs + 1, found + length, left[length:]
    spread = (position - first - len(short)) / len(full)
    return max(0.1, 1.0 - 0.12 * (runs - 1) - 0.2 * spread - 0.1 * min(first, 4) / 4)


def _longest_head(text: str, full: str, start: int) -> tuple[int, int]:
    """Returns the length and place of the longest beginning of ``text`` in ``full`` after which the rest still fits."""
    for length in range(len(text), 0, -1):
        found = full.find(text[:length], start)
        if found >= 0 and _fits(text[length:], full, found + length):
            return length, found
    return 0, -1


def part_of(short: str, full: str) -> float:
    """Returns the share of a Chinese short name's characters that stand in the full one in their order, 0 to 1.

    Half of it where the beginning is missing: who somebody is stands first, and what they do is said of many.
    """
    share = LCSseq.normalized_similarity(short, full) * max(len(short), len(full)) / len(short)
    return share if _fits(short[:2], full, 0) else share / 2


def _fits(text: str, full: str, start: int) -> bool:
    for character in text:
        start = full.find(character, start) + 1
        if not start:
            return False
    return True
