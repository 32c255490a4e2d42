"""Candidate pairs of a file in memory: records that share a blocking key which not too many share."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from domain.matching.keys import BlockingKeys, blocking_keys
from domain.matching.record import Record

LARGEST_BLOCK = 60


def candidate_pairs(records: Sequence[Record]) -> set[tuple[int, int]]:
    """Returns the pairs of positions, the lower first, of records of which looking for one may find the other."""
    kept: dict[int, list[int]] = defaultdict(list)
    found = [blocking_keys(record) for record in records]
    for at, keys in enumerate(found):
        for key in {*keys.shared, *keys.kept}:
            kept[key].append(at)
    blocks = {key: held for key, held in kept.items() if len(held) <= LARGEST_BLOCK}
    alike = {pair for held in blocks.values() for pair in combinations(held, 2)}
    return alike | set(_short_and_full(found, kept))


def _short_and_full(found: Sequence[BlockingKeys], kept: dict[int, list[int]]) -> set[tuple[int, int]]:
    return {
        (min(at, other), max(at, other))
        for at, keys in enumerate(found)
        if keys.is_short
        for other in _holding_all(keys, kept)
        if other != at
    }


def _holding_all(keys: BlockingKeys, kept: dict[int, list[int]]) -> set[int]:
    """The full names that hold every pair of a short name's characters."""
    return set.intersection(*(set(kept.get(key, ())) for key in keys.asked)) if keys.asked else set()
