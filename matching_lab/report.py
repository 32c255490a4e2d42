"""The shipped matching on made-up customers of another seed, kind by kind: ``python -m matching_lab.report``."""

from collections.abc import Sequence
from random import Random

from domain.matching.decision import MatchingRules, Verdict, match, shipped_rules
from domain.matching.keys import blocking_keys
from domain.matching.model import shipped_models
from domain.matching.record import Record, record_from_fields
from domain.matching.statistics import shipped_statistics
from matching_lab.blocking import empty_database
from matching_lab.calibrate import Judged, calibrate
from matching_lab.customers import RELATIVES, Fields, Kind, Language, population, relative
from matching_lab.lookups import fill
from matching_lab.noise import KINDS, noised
from matching_lab.samples import made_up_samples
from store.candidates import candidates, keep
from store.database import Database

HELD_OUT_SEED = 4
CUSTOMERS = 300
STRANGERS = 10_000
"""Other customers in the index, among whom those written down again are looked for."""
_COUNTRY = {"zh": "CN", "en": "US"}
_COLUMNS = (
    "company",
    "family",
    "given",
    "address",
    "street_number",
    "street",
    "city",
    "state",
    "postcode",
    "phone",
    "birth_date",
)
_SORTS: tuple[tuple[Language, Kind], ...] = (("zh", "company"), ("en", "company"), ("zh", "person"), ("en", "person"))


def held_out_pairs(customers: int, seed: int) -> list[Judged]:
    """Returns candidate pairs of made-up files that no model was trained on, each file weighing the same."""
    models = shipped_models()
    judged: list[Judged] = []
    kinds: tuple[Kind, ...] = ("company", "person")
    for kind in kinds:
        model = models.company if kind == "company" else models.person
        for sample in made_up_samples(kind, customers, seed):
            scores = (model.probability(tuple(map(float, row))) for row in sample.features)
            judged += [Judged(score, bool(same)) for score, same in zip(scores, sample.same, strict=True)]
    return judged


def kinds_of_noise(
    database: Database, language: Language, kind: Kind, customers: int, seed: int
) -> dict[str, dict[str, float]]:
    """Returns for each kind of noise how its pairs are decided, and for each relation how often it is kept apart.

    ``certain``, ``possible`` and ``new`` are shares of the pairs, ``candidates`` is the share that the index finds
    among all that it holds. The records have a name, an address and a phone: with identifiers the rules would decide
    all of it.

    Args:
        database: an index with other customers, to which these are added.
        language: of the customers.
        kind: of the customers.
        customers: how many are made up, and written down again with each kind of noise.
        seed: other than the training's.
    """
    rng = Random(f"{seed} {language} {kind}")
    base = [_told(customer.fields) for customer in population(language, kind, customers, 0.0, rng)]
    changed = {name: [noised(fields, [name], language, kind, rng) for fields in base] for name in KINDS[language, kind]}
    others = list(reversed(base))
    for relation in dict.fromkeys(RELATIVES[language, kind]):
        pairs = zip(base, others, strict=True)
        changed[f"not: {relation}"] = [relative(fields, other, relation, language, rng) for fields, other in pairs]
    known = _records(base, language)
    holders = [f"{language} {kind} {at}" for at in range(len(known))]
    with database.write() as session:
        for holder, record in zip(holders, known, strict=True):
            keep(session, holder, record, blocking_keys(record))
    again = {name: _records(rows, language) for name, rows in changed.items()}
    rules = shipped_rules()
    return {
        name: {**_verdicts(known, records, rules), "candidates": _found(database, holders, records)}
        for name, records in again.items()
    }


def _records(rows: Sequence[Fields], language: Language) -> list[Record]:
    return [record_from_fields(fields, _COUNTRY[language]) for fields in rows]


def _told(fields: Fields) -> Fields:
    return {name: fields[name] for name in _COLUMNS if name in fields}


def _verdicts(known: Sequence[Record], again: Sequence[Record], rules: MatchingRules) -> dict[str, float]:
    statistics, models = shipped_statistics(), shipped_models()
    verdicts = [match(a, b, statistics, models, rules).verdict for a, b in zip(known, again, strict=True)]
    return {verdict.value: verdicts.count(verdict) / len(verdicts) for verdict in Verdict}


def _found(database: Database, holders: Sequence[str], again: Sequence[Record]) -> float:
    with database.read() as session:
        near = [{kept.holder for kept in candidates(session, blocking_keys(record))} for record in again]
    return sum(holder in found for holder, found in zip(holders, near, strict=True)) / len(holders)


def main() -> None:
    """Prints both lines and the table of kinds."""
    print(calibrate(held_out_pairs(CUSTOMERS, HELD_OUT_SEED)))
    with empty_database() as database:
        for _ in fill(database, STRANGERS):
            pass
        for language, kind in _SORTS:
            for name, shares in kinds_of_noise(database, language, kind, CUSTOMERS, HELD_OUT_SEED).items():
                figures = " | ".join(f"{share:.3f}" for share in shares.values())
                print(f"| {language} {kind} | {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
