"""The shipped matching on made-up customers of another seed, kind by kind: ``python -m matching_lab.report``."""

from collections.abc import Sequence
from random import Random

from domain.matching.decision import MatchingRules, Verdict, match, shipped_rules
from domain.matching.model import shipped_models
from domain.matching.record import record_from_fields
from domain.matching.statistics import Statistics
from matching_lab.blocking import candidate_pairs
from matching_lab.calibrate import Judged, calibrate
from matching_lab.customers import RELATIVES, Fields, Kind, Language, population, relative
from matching_lab.noise import KINDS, noised
from matching_lab.samples import made_up_samples

HELD_OUT_SEED = 4
CUSTOMERS = 80
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


def kinds_of_noise(language: Language, kind: Kind, customers: int, seed: int) -> dict[str, dict[str, float]]:
    """Returns for each kind of noise how its pairs are decided, and for each relation how often it is kept apart.

    ``certain``, ``possible`` and ``new`` are shares of the pairs, ``candidates`` is the share that a key brings
    together. The records have a name, an address and a phone: with identifiers the rules would decide all of it.
    """
    rng = Random(f"{seed} {language} {kind}")
    base = [customer.fields for customer in population(language, kind, customers, 0.0, rng)]
    changed = {name: [noised(fields, [name], language, kind, rng) for fields in base] for name in KINDS[language, kind]}
    others = list(reversed(base))
    for relation in dict.fromkeys(RELATIVES[language, kind]):
        pairs = zip(base, others, strict=True)
        changed[f"not: {relation}"] = [relative(fields, other, relation, language, rng) for fields, other in pairs]
    rules = shipped_rules()
    return {name: _shares(base, rows, _COUNTRY[language], rules) for name, rows in changed.items()}


def _shares(base: Sequence[Fields], rows: Sequence[Fields], country: str, rules: MatchingRules) -> dict[str, float]:
    known, asked = (
        [record_from_fields({name: fields[name] for name in _COLUMNS if name in fields}, country) for fields in side]
        for side in (base, rows)
    )
    statistics, models = Statistics.of(known), shipped_models()
    verdicts = [match(a, b, statistics, models, rules).verdict for a, b in zip(known, asked, strict=True)]
    pairs = candidate_pairs([*known, *asked])
    found = sum((at, at + len(known)) in pairs for at in range(len(known)))
    shares = {verdict.value: verdicts.count(verdict) / len(verdicts) for verdict in Verdict}
    return {**shares, "candidates": found / len(known)}


def main() -> None:
    """Prints both lines and the table of kinds."""
    lines = calibrate(held_out_pairs(CUSTOMERS, HELD_OUT_SEED))
    print(lines)
    for language, kind in _SORTS:
        for name, shares in kinds_of_noise(language, kind, CUSTOMERS, HELD_OUT_SEED).items():
            print(f"| {language} {kind} | {name} | " + " | ".join(f"{share:.2f}" for share in shares.values()) + " |")


if __name__ == "__main__":
    main()
