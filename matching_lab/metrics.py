"""How well scored pairs agree with the truth."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairwise quality at one line: 0 to 1 each.

    Attributes:
        line: the score from which a pair counts as a match; None where a rule decides.
        precision: of the pairs called matches, how many are.
        recall: of the matches in the file, those that no key brought together included, how many were found.
        f1: the harmonic mean of the two.
    """

    line: float | None
    precision: float
    recall: float
    f1: float


def quality(true: int, called: int, matches: int, line: float | None = None) -> Quality:
    """Returns the quality where ``true`` of ``called`` pairs are among the file's ``matches``."""
    precision = true / called if called else 1.0
    recall = true / matches if matches else 1.0
    total = precision + recall
    return Quality(line, precision, recall, 2 * precision * recall / total if total else 0.0)


def sweep(scores: Sequence[float], same: Sequence[bool], matches: int) -> list[Quality]:
    """Returns the quality at every score that occurs, the highest first."""
    found: list[Quality] = []
    ranked = sorted(zip(scores, same, strict=True), key=lambda pair: -pair[0])
    true = 0
    for called, (score, is_same) in enumerate(ranked, start=1):
        true += is_same
        if called == len(ranked) or ranked[called][0] < score:
            found.append(quality(true, called, matches, score))
    return found


def best(qualities: Iterable[Quality]) -> Quality:
    """Returns the quality with the highest F1."""
    return max(qualities, key=lambda found: found.f1, default=quality(0, 0, 0))


def recall_at(precision: float, qualities: Iterable[Quality]) -> float:
    """Returns the highest recall at which the precision still holds, 0 when it never does."""
    return max((found.recall for found in qualities if found.precision >= precision), default=0.0)


def pairs_within(groups: Iterable[Iterable[Hashable]]) -> int:
    """Returns how many pairs have both members in one group."""
    return sum(size * (size - 1) // 2 for size in (sum(1 for _ in group) for group in groups))


def matching_pairs(entities: Iterable[Hashable]) -> int:
    """Returns how many pairs of rows belong to one entity."""
    return sum(count * (count - 1) // 2 for count in Counter(entities).values())
