"""Records grouped into customers from the pairs that match, with a check that nobody ends up beside their opposite."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)
Pair = tuple[Id, Id, float]
"""Two records and how likely they are one customer."""


def clusters(pairs: Iterable[Pair[Id]], line: float, conflict: Callable[[Id, Id], bool]) -> list[frozenset[Id]]:
    """Returns the groups of two records and more that are one customer.

    The likeliest pairs join first. Two groups are joined only when no record of one contradicts one of the other, so
    that A = B and B = C do not make a customer of A and C that have different credit codes.

    Args:
        pairs: candidate pairs, each once.
        line: the probability from which a pair joins.
        conflict: whether two records cannot be one customer, whatever stands between them.
    """
    group: dict[Id, list[Id]] = defaultdict(list)
    for a, b, _probability in sorted((pair for pair in pairs if pair[2] >= line), key=lambda pair: -pair[2]):
        mine, theirs = group.setdefault(a, [a]), group.setdefault(b, [b])
        if mine is theirs or any(conflict(one, other) for one in mine for other in theirs):
            continue
        small, large = sorted((mine, theirs), key=len)
        large.extend(small)
        for member in small:
            group[member] = large
    return [
        frozenset(members) for members in {id(members): members for members in group.values()}.values() if members[1:]
    ]
