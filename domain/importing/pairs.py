"""Which rows of a file may be one customer: those that share enough telling blocking keys, found in bounded memory.

The limits were set on 20,000 made-up rows with 3,961 pairs of one customer: they find every pair that matching calls
certain or possible, and compare 0.6 pairs for each row instead of 17 (``matching_lab.blocking`` takes all).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from domain.matching.keys import BlockingKeys

_ENOUGH = 2.5
"""What two rows must share to be compared; a shared key counts for less, the more rows share it."""
_LARGEST: Mapping[int, int] = {4: 60, 2: 20, 1: 6}
"""How many rows may share a key of each weight: a family name that hundreds have in common tells nothing."""
_PARTS = 16


class PairFinder:
    """Collects the keys of each row and pairs the rows that share them, one part of all keys after the other."""

    def __init__(self) -> None:
        self._parts = [(array("q"), array("l"), array("b")) for _ in range(_PARTS)]

    def add(self, row: int, keys: BlockingKeys) -> None:
        """Enter a row, by its number."""
        for key, weight in keys.shared.items():
            numbers, rows, weights = self._parts[key % _PARTS]
            numbers.append(key)
            rows.append(row)
            weights.append(int(weight))

    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of rows worth comparing, the lower number first, in order."""
        scores: dict[tuple[int, int], float] = defaultdict(float)
        for part in self._parts:
            for rows, weight in _blocks(*part):
                share = weight / (1 + len(rows)) ** 0.25
                for pair in combinations(rows, 2):
                    scores[pair] += share
        return sorted(pair for pair, score in scores.items() if score >= _ENOUGH)


def _blocks(numbers: Sequence[int], rows: Sequence[int], weights: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """The rows that share a key, with its weight, for each key that enough and not too many share."""
    first: dict[int, int] = {}
    shared: dict[int, list[int]] = {}
    for at, key in enumerate(numbers):
        before = first.setdefault(key, at)
        if before != at:
            shared.setdefault(key, [before]).append(at)
    for places in shared.values():
        weight = weights[places[0]]
        if len(places) <= _LARGEST[weight]:
            yield [rows[at] for at in places], weight
