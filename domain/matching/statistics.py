"""How telling a word is: the rarer among the customers, the more two records that share it have in common."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import log
from typing import Self

from domain.matching.record import Record

_FIRST_CUSTOMERS = 1000
"""So many customers are thought to be there from the start, so that a base of ten does not make every word common."""


@dataclass(frozen=True)
class Statistics:
    """How many records hold a word: of company names (pairs of Chinese characters count as words) and of addresses.

    Attributes:
        names: the weight of each word of company names that is known, 0 (in every name) to 1 (in one at most).
        places: the same of addresses.
        people: the same of family and given names.
    """

    names: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)
    people: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """Counts the words of a customer base; a word is as telling as the shipped counts or these say, the lower."""
        names, places, people = Counter[str](), Counter[str](), Counter[str]()
        total = 0
        for record in records:
            total += 1
            names.update(record.company.tokens if record.company else ())
            places.update(record.place.tokens if record.place else ())
            people.update({part for person in record.people for part in (person.family, person.given) if part})
        shipped = shipped_statistics()
        return cls(
            _lower(shipped.names, weights(names, total)),
            _lower(shipped.places, weights(places, total)),
            _lower(shipped.people, weights(people, total)),
        )


def weights(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """Returns the weight of each word held by more than one of ``total`` records: 1 - log(holders) / log(records)."""
    scale = log(total + _FIRST_CUSTOMERS)
    return {word: 1 - log(count) / scale for word, count in counts.items() if count > 1}


def _lower(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {**one, **{word: min(weight, one.get(word, 1.0)) for word, weight in other.items()}}


@cache
def shipped_statistics() -> Statistics:
    """Returns the counts that ship with the product (origin: docs/matching.md)."""
    packed = files("domain.matching").joinpath("model", "words.json.gz").read_bytes()
    shipped: dict[str, dict[str, int]] = json.loads(gzip.decompress(packed))
    return Statistics(
        **{kind: {word: weight / 100 for word, weight in known.items()} for kind, known in shipped.items()}
    )
