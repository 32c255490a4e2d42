"""The calibrated model: how likely two records are one customer, and what each thing compared adds to it."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from operator import mul
from typing import NamedTuple

from domain.matching.features import FEATURES, Features
from domain.matching.record import Record


class Contribution(NamedTuple):
    """What one feature adds to the log-odds of a match: above 0 it speaks for one, below 0 against."""

    feature: str
    value: float
    adds: float


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression over ``FEATURES``.

    Attributes:
        intercept: the log-odds of two candidates of which nothing is known.
        weights: one for each of ``FEATURES``, in that order.
    """

    intercept: float
    weights: tuple[float, ...]

    def probability(self, features: Features) -> float:
        """Returns how likely the two records are one customer, 0 to 1."""
        odds = self.intercept + sum(map(mul, self.weights, features))
        return 1 / (1 + exp(-odds)) if odds > 0 else exp(odds) / (1 + exp(odds))

    def contributions(self, features: Features) -> tuple[Contribution, ...]:
        """Returns what speaks for and against a match, the strongest first: what a person who confirms is shown."""
        parts = (
            Contribution(name, value, weight * value)
            for name, value, weight in zip(FEATURES, features, self.weights, strict=True)
            if weight * value
        )
        return tuple(sorted(parts, key=lambda part: -abs(part.adds)))


@dataclass(frozen=True, slots=True)
class Models:
    """The models that ship: customers are either companies or persons, and what tells them apart differs.

    Attributes:
        version: names the training run, for decision traces.
        company: for two records of which at least one names a company.
        person: for two records without a company.
    """

    version: str
    company: Model
    person: Model

    def of(self, a: Record, b: Record) -> Model:
        """Returns the model that fits the two records."""
        return self.person if a.company is None and b.company is None else self.company


def parse_models(text: str) -> Models:
    """Reads models from JSON: ``{"version": ..., "company": {"intercept": ..., "weights": {feature: weight}}, ...}``.

    Raises:
        ValueError: when the text is no such JSON or the features are not those of this release.
    """
    content = json.loads(text)
    return Models(content["version"], _model(content["company"]), _model(content["person"]))


def _model(content: dict[str, object]) -> Model:
    weights, intercept = content["weights"], content["intercept"]
    if not isinstance(weights, dict) or not isinstance(intercept, float) or set(weights) != set(FEATURES):
        raise ValueError("the model was trained on other features than this release compares")
    return Model(intercept, tuple(float(weights[name]) for name in FEATURES))


@cache
def shipped_models() -> Models:
    """Returns the models that ship with the product (docs/matching.md tells what they were trained on)."""
    return parse_models(files("domain.matching").joinpath("model", "weights.json").read_text(encoding="utf-8"))
