"""Sets the two lines of the decision from labelled pairs and from what people answered when they were asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
PRECISION = 0.995
MISS_RATE = 0.005
_NEVER = 1.0
"""The line that nothing passes: too little is known to be certain of anything."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair whose truth is known.

    Attributes:
        score: what the model said, 0 to 1.
        same: whether the two are one customer.
        weight: how many pairs it stands for. People are only asked about doubtful pairs; a pair of the random audit
            sample, of which one in n was drawn, stands for n, so that the lines are not set on doubtful pairs alone.
    """

    score: float
    same: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Lines:
    """The two lines, with what they rest on.

    Attributes:
        certain_above: the lowest score from which precision is at least 99.5 % at its lower confidence bound.
        certain_precision: that bound, 0 where no line reaches it.
        new_below: the highest score below which at most 0.5 % of the matches lie.
        miss_rate: the share of matches below it, estimated.
        pairs: how many pairs were judged.
    """

    certain_above: float
    certain_precision: float
    new_below: float
    miss_rate: float
    pairs: int


def calibrate(judged: Sequence[Judged]) -> Lines:
    """Returns the lines that held-out pairs justify.

    With fewer than about 600 pairs above a line no mistake is too few for 99.5 %: then ``certain_above`` is 1, and all
    but the rules ask.

    Args:
        judged: pairs that no model was trained on.
    """
    certain_above, bound = _certain_line(judged)
    new_below, missed = _new_line(judged)
    return Lines(certain_above, bound, min(new_below, certain_above), missed, len(judged))


def precision_bound(right: int, called: int, confidence: float = CONFIDENCE) -> float:
    """Returns the one-sided lower Clopper-Pearson bound of a precision: ``right`` of ``called`` pairs are matches."""
    if not right:
        return 0.0
    low, high = 0.0, right / called
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(called - right, called, 1 - middle) <= 1 - confidence else (low, middle)
    return low


def _at_most(mistakes: int, trials: int, rate: float) -> float:
    """Returns how likely at most so many mistakes are when each of the trials is one with the chance ``rate``."""
    if rate <= 0:
        return 1.0
    return sum(
        exp(
            lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
            + count * log(rate) + (trials - count) * log1p(-rate)
        )
        for count in range(mistakes + 1)
    )  # fmt: skip


def _certain_line(judged: Sequence[Judged]) -> tuple[float, float]:
    """Walks down from the highest score, and keeps the lowest line at which the bound still holds."""
    ranked = sorted(judged, key=lambda pair: -pair.score)
    line, kept, mistakes = _NEVER, 0, 0
    for called, pair in enumerate(ranked, start=1):
        mistakes += not pair.same
        ends = called == len(ranked) or ranked[called].score < pair.score
        hopeful = mistakes <= (1 - PRECISION) * called
        if ends and hopeful and _at_most(mistakes, called, 1 - PRECISION) <= 1 - CONFIDENCE:
            line, kept = pair.score, called
    right = sum(pair.same for pair in ranked[:kept])
    return line, precision_bound(right, kept) if kept else 0.0


def _new_line(judged: Sequence[Judged]) -> tuple[float, float]:
    """Walks up from the lowest score until more than half a percent of the matches, weighed, lies below."""
    total = sum(pair.weight for pair in judged if pair.same)
    missed = 0.0
    for pair in sorted((pair for pair in judged if pair.same), key=lambda pair: pair.score):
        if missed + pair.weight > MISS_RATE * total:
            return pair.score, missed / total
        missed += pair.weight
    return 0.0, 0.0
