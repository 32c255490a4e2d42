"""Which rows of a file may be one customer: those that share enough telling blocking keys, found in bounded memory.

The limits were set on 20,000 made-up rows with 3,961 pairs of one customer: they find every pair that matching calls
certain or possible, and compare 0.6 pairs for each row instead of 17 (``matching_lab.blocking`` takes all).
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, compress

_UNIT = 2**20
"""Shares are whole numbers of it, so that their sum is the same in whatever order they are added."""
_ENOUGH = 2.5 * _UNIT
"""What two rows must share to be compared; a shared key counts for less, the more rows share it."""
_LARGEST: Mapping[int, int] = {4: 60, 2: 20, 1: 6}
"""How many rows may share a key of each weight: a family name that hundreds have in common tells nothing."""
_PARTS = 16
_ROW_BITS = 32
_ROW = 2**_ROW_BITS - 1
_WEIGHT_BITS = 3
_WEIGHT = 2**_WEIGHT_BITS - 1


class PairFinder:
    """Collects the keys of each row and pairs the rows that share them, one part of all keys after the other."""

    def __init__(self) -> None:
        self._parts = [(array("q"), array("i")) for _ in range(_PARTS)]

    def add(self, row: int, keys: Mapping[str, float]) -> None:
        """Enter a row, by its number, with its blocking keys, each with its weight (0 to 4)."""
        for text, weight in keys.items():
            key = hash(text)  # of this process alone, as the pairs are
            numbers, entries = self._parts[key % _PARTS]
            numbers.append(key)
            entries.append(row << _WEIGHT_BITS | int(weight))

    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of rows worth comparing, the lower number first, in order."""
        scores: dict[int, int] = defaultdict(int)  # a pair is one number here, at a third of the memory
        for part in self._parts:
            for rows, weight in _blocks(*part):
                share = round(_UNIT * weight / (1 + len(rows)) ** 0.25)
                for one, other in combinations(rows, 2):
                    scores[one << _ROW_BITS | other] += share
        return [(pair >> _ROW_BITS, pair & _ROW) for pair in sorted(scores) if scores[pair] >= _ENOUGH]


def _blocks(numbers: Sequence[int], entries: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """The rows that share a key, with its weight, for each key that enough and not too many share."""
    most = max(_LARGEST.values())
    shared = {key for key, count in Counter(numbers).items() if 1 < count <= most}
    blocks: dict[int, list[int]] = defaultdict(list)
    for key, entry in compress(zip(numbers, entries, strict=True), map(shared.__contains__, numbers)):
        blocks[key].append(entry)
    for found in blocks.values():
        weight = found[0] & _WEIGHT
        if len(found) <= _LARGEST[weight]:
            yield [entry >> _WEIGHT_BITS for entry in found], weight
