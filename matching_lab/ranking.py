"""Short names looked up among full ones: ``python -m matching_lab.ranking [FILE]``, its rows short name, tab, full."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlmodel import Session

from domain.matching.features import compare
from domain.matching.keys import blocking_keys
from domain.matching.model import shipped_models
from domain.matching.record import record_from_fields
from domain.matching.statistics import shipped_statistics
from matching_lab import vocabulary as v
from matching_lab.blocking import empty_database
from matching_lab.customers import population
from store.candidates import candidates, entries
from store.rows import add
from store.tables import CandidateKeyRow, MatchableRow

LISTED = Path(__file__).with_name("listed.tsv")
STRANGERS = 5000
"""Made-up companies among whom the full names stand when no file with enough of its own is given."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How far up the right full name stands: shares of the short names asked for.

    Attributes:
        first: where it is the likeliest.
        first_five: where it is among the five likeliest.
        missed: the short names whose full one is not the likeliest.
    """

    first: float
    first_five: float
    missed: tuple[str, ...]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Returns the (short, full) rows of a file; a row that begins with # is a comment.

    Raises:
        ValueError: when a row has not two columns.
    """
    rows = (row for row in path.read_text(encoding="utf-8-sig").splitlines() if row and not row.startswith("#"))
    return [(short.strip(), full.strip()) for short, full in (row.split("\t") for row in rows)]


def rank(pairs: Sequence[tuple[str, str]], strangers: int) -> Ranking:
    """Looks every short name up in an index of all the full ones, as the product does, and ranks by the model."""
    full = [name for _short, name in pairs]
    others = [name for name in _made_up(strangers) if name not in full]
    holders = [(str(at), record_from_fields({"company": name})) for at, name in enumerate([*full, *others])]
    with empty_database() as database:
        with database.write() as session:
            matchables, keys = entries(holders, first=1)
            add(session, MatchableRow, *matchables)
            add(session, CandidateKeyRow, *keys)
        with database.read() as session:
            orders = [_likeliest_first(session, short) for short, _full in pairs]
    places = [order.index(str(at)) if str(at) in order else len(holders) for at, order in enumerate(orders)]
    missed = tuple(short for (short, _full), place in zip(pairs, places, strict=True) if place)
    total = len(pairs)
    return Ranking(1 - len(missed) / total, sum(place < 5 for place in places) / total, missed)


def _likeliest_first(session: Session, short: str) -> list[str]:
    asked, model, statistics = record_from_fields({"company": short}), shipped_models().company, shipped_statistics()
    near = candidates(session, blocking_keys(asked))
    likeness = {kept.holder: model.probability(compare(asked, kept.record, statistics)) for kept in near}
    return sorted(likeness, key=lambda holder: -likeness[holder])


def _made_up(size: int) -> list[str]:
    """Full names as listed companies have them, 上海晨曦新材料股份有限公司, but of no brand that is listed in truth."""
    rng = Random(31)
    names = (customer.fields["company"] for customer in population("zh", "company", 2 * size, 0.0, rng))
    forms = sorted(set(v.ZH_FORMS), key=len, reverse=True)
    stems = (next((name.removesuffix(form) for form in forms if name.endswith(form)), name) for name in names)
    free = (stem for stem in stems if not any(brand in stem for brand in v.FAMOUS_STYLE_BRANDS))
    return list(dict.fromkeys(f"{stem}股份有限公司" for stem in free))[:size]


def main() -> None:
    """Prints the shares and the names missed: of the file given, or of the shipped list among strangers."""
    given = [Path(argument) for argument in sys.argv[1:2]]
    print(rank(read_pairs(given[0]), 0) if given else rank(read_pairs(LISTED), STRANGERS))


if __name__ == "__main__":
    main()
