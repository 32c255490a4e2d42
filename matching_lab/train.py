"""Trains the models that ship, the same numbers each time: ``python -m matching_lab.train``."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from domain.matching.features import FEATURES
from matching_lab.customers import Kind
from matching_lab.samples import Sample, made_up_samples

SEED = 20261123
CUSTOMERS = 200
"""In each made-up file; half of them again are relatives that must not match."""
_PENALTY = 1.0
_PAIRS = 1000.0
"""Each file weighs as much as so many pairs, however many candidates it has."""
_EITHER_WAY = frozenset(
    {"name_and_address", "name_and_phone", "name_and_phone_elsewhere", "address_and_other_name", "name_alone"}
)
TARGET = Path(__file__).parent.parent / "domain" / "matching" / "model" / "weights.json"


def fit(samples: Sequence[Sample]) -> tuple[float, NDArray[np.float64]]:
    """Returns the intercept and the weights of a logistic regression over the pairs of all samples.

    A conflict never speaks for a match, an agreement never against: made-up noise cannot teach the model absurdities.
    """
    features = np.vstack([sample.features for sample in samples])
    same = np.concatenate([sample.same for sample in samples])
    weight = np.concatenate([np.full(len(sample.same), _PAIRS / len(sample.same)) for sample in samples])
    sign = np.where(same == 1, -1.0, 1.0)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        coefficients, intercept = parameters[:-1], parameters[-1]
        margin = sign * (features @ coefficients + intercept)
        slope = weight * sign / (1 + np.exp(-np.clip(margin, -500, 500)))
        total = (weight * np.logaddexp(0, margin)).sum() + coefficients @ coefficients / 2 / _PENALTY
        return float(total), np.append(features.T @ slope + coefficients / _PENALTY, slope.sum())

    found = minimize(
        loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B", bounds=_bounds(), options={"maxiter": 1000}
    )
    return float(found.x[-1]), found.x[:-1]


def _bounds() -> list[tuple[float | None, float | None]]:
    return [_bound(name) for name in FEATURES] + [(None, None)]


def _bound(name: str) -> tuple[float | None, float | None]:
    if name in _EITHER_WAY:
        return None, None
    return (None, 0.0) if name.endswith("_conflict") or name == "names_swapped" else (0.0, None)


def trained(kind: Kind, customers: int, seed: int) -> dict[str, object]:
    """Returns one model as it is written: the intercept and the weight of each feature."""
    intercept, weights = fit(made_up_samples(kind, customers, seed))
    return {
        "intercept": round(intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)},
    }


def main() -> None:
    """Trains both models and writes them."""
    kinds: tuple[Kind, ...] = ("company", "person")
    content: dict[str, object] = {"version": f"{SEED}"}
    for kind in kinds:
        content[kind] = trained(kind, CUSTOMERS, SEED)
    TARGET.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
