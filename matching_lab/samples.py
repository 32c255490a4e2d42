"""Labelled pairs to train and judge on: made-up files with the columns that real ones have, noise in every row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from domain.matching.features import compare
from domain.matching.record import record_from_fields
from domain.matching.statistics import shipped_statistics
from matching_lab.blocking import candidate_pairs
from matching_lab.customers import Fields, Kind, Language, population
from matching_lab.metrics import matching_pairs
from matching_lab.noise import KINDS, noised

_ALL = (
    "company",
    "family",
    "given",
    "birth_date",
    "national_id",
    "address",
    "street_number",
    "street",
    "city",
    "state",
    "postcode",
    "phone",
    "email",
    "website",
    "person",
    "region",
)
_ADDRESS = ("address", "street_number", "street", "city", "state", "postcode")
_NAME = ("company", "family", "given")
COLUMNS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "company": (
        _ALL,
        (*_NAME, *_ADDRESS),
        (*_NAME, *_ADDRESS, "phone"),
        (*_NAME, *_ADDRESS, "phone"),
        (*_NAME, "phone", "email"),
        (*_NAME, "address", "street_number", "street", "postcode", "phone"),
        (*_NAME, "address", "street_number", "street", "city"),
        _NAME,
    ),
    "person": (
        _ALL,
        (*_NAME, *_ADDRESS, "birth_date", "national_id"),
        (*_NAME, *_ADDRESS, "birth_date"),
        (*_NAME, "birth_date", "city", "email"),
        (*_NAME, *_ADDRESS, "phone"),
        (*_NAME, "phone", "email"),
        (*_NAME, *_ADDRESS, "birth_date", "phone", "email"),
    ),
}
"""The columns of the made-up files; one has everything, one nothing but names."""


@dataclass(frozen=True)
class Sample:
    """The compared candidate pairs of one made-up file.

    Attributes:
        name: language, kind and number of the file.
        features: one row for each pair, one column for each of ``FEATURES``.
        same: whether the two are one customer.
        missed: matching pairs that no key brought together.
    """

    name: str
    features: NDArray[np.float64]
    same: NDArray[np.int64]
    missed: int


def made_up_rows(
    language: Language, kind: Kind, columns: Sequence[str], size: int, rng: Random
) -> Iterator[tuple[str, Fields]]:
    """Yields (entity, fields) rows: every customer once as it is and up to three times with one to three noises."""
    kinds = list(KINDS[language, kind])
    for customer in population(language, kind, size, 0.35, rng):
        for copy in range(rng.choice((1, 2, 2, 3, 4))):
            chosen = rng.sample(kinds, rng.choice((1, 1, 2, 3))) if copy else []
            fields = noised(customer.fields, chosen, language, kind, rng)
            yield (
                customer.entity,
                {
                    name: value
                    for name, value in fields.items()
                    if name in columns and (name in _NAME or rng.random() > 0.04)
                },
            )


def sample(name: str, rows: Sequence[tuple[str, Fields]], country: str) -> Sample:
    """Compares the candidate pairs of a labelled file."""
    records = [record_from_fields(fields, country) for _entity, fields in rows]
    entities = [entity for entity, _fields in rows]
    statistics = shipped_statistics()
    pairs = candidate_pairs(records)
    same = np.array([entities[a] == entities[b] for a, b in pairs], dtype=np.int64)
    features = np.array([compare(records[a], records[b], statistics) for a, b in pairs])
    return Sample(name, features, same, matching_pairs(entities) - int(same.sum()))


def made_up_samples(kind: Kind, size: int, seed: int) -> list[Sample]:
    """Returns one sample for each language and set of columns."""
    found = []
    languages: tuple[tuple[Language, str], ...] = (("zh", "CN"), ("en", "US"))
    for language, country in languages:
        for number, columns in enumerate(COLUMNS[kind]):
            rng = Random(f"{seed} {language} {kind} {number}")
            rows = list(made_up_rows(language, kind, columns, size, rng))
            found.append(sample(f"{language} {kind} {number}", rows, country))
    return found
