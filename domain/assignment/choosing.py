"""Which one of several who could get a customer: by turns, by load, or by fit. Nothing is left to luck."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.assignment.roster import Rep, folded
from domain.case import Case
from domain.rules.methods import Dimension

Scores = dict[str, dict[Dimension, float]]
_DIGITS = 6


def next_in_turn(able: Sequence[Rep], pool: str) -> Rep:
    """Whose turn it is: the one whose turn as many turns ago as their weight lies furthest back.

    A rep of weight w takes part as w equal places in one queue, and whoever was served goes to its end. So over any
    window in which two reps are available all along, their turns divided by their weights differ by one at most,
    whoever joins, leaves or is away meanwhile. Places that never were served come first, each between its release and
    its deadline (proportionate fairness: Baruah et al., Algorithmica 15, 1996), so that in a new pool every rep is
    within one turn of their share from the first customer on, and stays so because the order repeats.
    """
    places = [(rep, min(len(rep.turns.get(pool, ())), rep.weight)) for rep in able]
    total, taken = sum(rep.weight for rep in able), sum(served for _, served in places)
    if taken == total:
        return min(able, key=lambda rep: (rep.turns[pool][rep.weight - 1], rep.id))
    released = [
        (-(-(served + 1) * total // rep.weight), rep.weight, rep.id, rep)
        for rep, served in places
        if served < rep.weight and served * total < rep.weight * (taken + 1)
    ]
    return min(released)[-1]


def least_loaded(able: Sequence[Rep]) -> Rep:
    """Who owns the fewest customers for their weight; then who was given fewer today, then by id."""
    return min(able, key=lambda rep: (rep.load / rep.weight, rep.given_today, rep.id))


def best_match(
    able: Sequence[Rep], case: Case, amount: Decimal | None, weights: Mapping[Dimension, int]
) -> tuple[Rep, float, Scores]:
    """Who fits best, how well from 0 to 1, and what everybody scored in each dimension.

    Ties go to the lesser load, then to who was given fewer today, then by id.
    """
    most_won, most_loaded = max(rep.successes for rep in able), max(rep.load for rep in able)
    scores: Scores = {}
    totals: dict[str, float] = {}
    for rep in able:
        fits = {
            Dimension.REGION: float(case.region is not None and rep.covers(case.region)),
            Dimension.VERTICAL: float(case.industry is not None and _knows(rep, case.industry)),
            Dimension.LANGUAGE: float(case.language in rep.languages),
            Dimension.DEAL_SIZE: float(amount is not None and _suits(rep, amount)),
            Dimension.SUCCESS: rep.successes / most_won if most_won else 0.0,
            Dimension.LOAD: 1 - rep.load / most_loaded if most_loaded else 1.0,
        }
        scores[rep.id] = {dimension: round(fits[dimension], _DIGITS) for dimension in Dimension if dimension in weights}
        weighted = sum(weights[dimension] * score for dimension, score in scores[rep.id].items())
        totals[rep.id] = round(weighted / sum(weights.values()), _DIGITS)
    best = min(able, key=lambda rep: (-totals[rep.id], rep.load, rep.given_today, rep.id))
    return best, totals[best.id], scores


def _knows(rep: Rep, industry: str) -> bool:
    return folded(industry) in map(folded, rep.verticals)


def _suits(rep: Rep, amount: Decimal) -> bool:
    return (rep.deal_min is None or amount >= rep.deal_min) and (rep.deal_max is None or amount <= rep.deal_max)
