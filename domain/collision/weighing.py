"""How much what detectors saw weighs together, and what a detector's weight should be after its false alarms."""

from collections.abc import Iterable
from math import prod

_ENOUGH = 10
"""Of fewer sightings nobody can tell how good a detector is."""
_STEP = 0.05
"""Weights are proposed in steps of this; a difference below two of them is none."""


def together(weights: Iterable[float]) -> float:
    """How likely it is that at least one of several independent signs is right, each with its own probability, from
    0 to 1: the noisy-or, 1 - (1 - a)(1 - b)... (Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, 4.3.2)."""
    return round(1 - prod(1 - weight for weight in weights), 9)


def proposed_weight(weight: float, judged: int, false_alarms: int) -> float | None:
    """The lower weight that a detector's record speaks for, or None while its weight may stay.

    The weight is how likely a sighting is a collision, so it is estimated from those whose cases are over by the rule
    of succession (Laplace): one right and one wrong more than there were, so that a short record proves nothing.

    Args:
        weight: the policy's, from 0 to 1.
        judged: how many of its sightings belong to cases that are over.
        false_alarms: how many of those were marked as false alarms.
    """
    if judged < _ENOUGH:
        return None
    estimate = (judged - false_alarms + 1) / (judged + 2)
    proposed = round(round(estimate / _STEP) * _STEP, 2)
    return proposed if weight - proposed >= 2 * _STEP - 1e-9 else None
