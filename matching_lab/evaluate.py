"""The shipped matching judged on any labelled file, as it is: nothing is trained or tuned on the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from time import perf_counter

from domain.matching.clusters import clusters
from domain.matching.decision import HELD_BACK, MatchingRules, Verdict, match
from domain.matching.features import compare
from domain.matching.model import Models, shipped_models
from domain.matching.record import Record, record_from_fields
from domain.matching.statistics import Statistics, shipped_statistics
from domain.normalise.text import has_han
from matching_lab.blocking import candidate_pairs
from matching_lab.calibrate import Judged
from matching_lab.columns import check_columns, guess_columns, guess_country
from matching_lab.metrics import Quality, best, matching_pairs, pairs_within, quality, recall_at, sweep
from store.import_csv import read_csv

_CLUSTER_LINES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99)
_SAMPLED = 200
"""Rows that are looked at to guess a column that its heading does not tell."""
_HELD_BACK_SHARE = 0.5
_CONTRADICTION = 0.001
"""Two records less likely one customer than this keep their groups apart."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled file, read and normalised.

    Attributes:
        columns: the column of each field.
        country: as whose phone numbers and addresses the rows without Chinese characters were read.
        records: one for each row.
        entities: equal for rows of one customer, in the same order.
    """

    columns: dict[str, str]
    country: str
    records: list[Record]
    entities: list[str]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate pair: positions of the two records, what the product says, and the truth."""

    a: int
    b: int
    score: float
    verdict: Verdict
    same: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What the evaluation found.

    Attributes:
        records: how many rows.
        matches: how many pairs of rows are one customer.
        candidates: how many pairs were compared.
        columns: the column of each field.
        country: as whose phone numbers and addresses the file was read.
        certain: quality of what is decided without a person.
        best: quality at the score with the best F1.
        recall_at_99: highest recall with a precision of 99 %.
        clusters_certain: quality of the groups that the certain pairs make.
        clusters_best: quality of the groups at the best of eleven lines.
        asked: share of the compared pairs that a person is asked about.
        asked_records: the same as pairs for each record.
        missed_as_new: share of the matches that are called new without asking, those never compared included.
        candidate_recall: share of the matches that were compared at all.
        records_per_second: rows normalised, compared and decided, on one core.
    """

    records: int
    matches: int
    candidates: int
    columns: dict[str, str]
    country: str
    certain: Quality
    best: Quality
    recall_at_99: float
    clusters_certain: Quality
    clusters_best: Quality
    asked: float
    asked_records: float
    missed_as_new: float
    candidate_recall: float
    records_per_second: float


def evaluate(path: Path, entity_column: str, mapping: Mapping[str, str], rules: MatchingRules) -> Report:
    """Runs the shipped pipeline over a labelled CSV file and reports how well it did.

    Args:
        path: CSV with a heading row, in any of the usual encodings and with any of the usual separators.
        entity_column: the column that is equal for rows of one customer.
        mapping: columns by field where the guess from the headings is wrong or silent.
        rules: the lines and rules in force.

    Raises:
        matching_lab.columns.ColumnUnknown: when a column does not exist or none says who the customer is.
        domain.importing.table.Unreadable: when the file is no CSV.
    """
    started = perf_counter()
    labelled = read_labelled(path, entity_column, mapping)
    models, statistics = shipped_models(), shipped_statistics()
    scored = score_pairs(labelled, statistics, models, rules)
    seconds = perf_counter() - started
    return _report(labelled, scored, partial(_contradict, labelled.records, statistics, models), seconds)


def judged_pairs(path: Path, entity_column: str, mapping: Mapping[str, str], rules: MatchingRules) -> list[Judged]:
    """Returns the candidate pairs of a labelled file with their scores and the truth, to calibrate with.

    Raises:
        matching_lab.columns.ColumnUnknown: see ``evaluate``.
    """
    labelled = read_labelled(path, entity_column, mapping)
    scored = score_pairs(labelled, shipped_statistics(), shipped_models(), rules)
    return [Judged(pair.score, pair.same) for pair in scored]


def read_labelled(path: Path, entity_column: str, mapping: Mapping[str, str]) -> Labelled:
    """Reads and normalises a labelled file.

    Raises:
        matching_lab.columns.ColumnUnknown: see ``evaluate``.
    """
    headings, *lines = [line.cells for line in read_csv(path) if any(line.cells)] or [[]]
    rows = [dict(zip_longest(headings, cells[: len(headings)], fillvalue="")) for cells in lines]
    columns = {**guess_columns(headings, entity_column, rows[:_SAMPLED]), **mapping}
    check_columns(columns, headings)
    check_columns({"company": entity_column}, headings)
    fields = [{field: row[column] for field, column in columns.items()} for row in rows]
    country = guess_country(row.get("phone", "") for row in fields if not _in_chinese(row))
    records = [record_from_fields(row, "CN" if _in_chinese(row) else country) for row in fields]
    return Labelled(columns, country, records, [row[entity_column] for row in rows])


def _in_chinese(fields: Mapping[str, str]) -> bool:
    return has_han("".join(fields.values()))


def score_pairs(labelled: Labelled, statistics: Statistics, models: Models, rules: MatchingRules) -> list[Scored]:
    """Returns what the product says of each candidate pair. One that a rule keeps from being certain ranks lower."""
    records, entities = labelled.records, labelled.entities
    found = []
    for a, b in candidate_pairs(records):
        said = match(records[a], records[b], statistics, models, rules)
        held_back = said.reasons[0] in HELD_BACK
        score = said.probability * (_HELD_BACK_SHARE if held_back else 1.0)
        found.append(Scored(a, b, score, said.verdict, entities[a] == entities[b]))
    return found


def _contradict(records: Sequence[Record], statistics: Statistics, models: Models, a: int, b: int) -> bool:
    one, other = records[a], records[b]
    if one.uscc and other.uscc and one.uscc != other.uscc:
        return True
    return models.of(one, other).probability(compare(one, other, statistics)) < _CONTRADICTION


def _report(labelled: Labelled, scored: Sequence[Scored], conflict: "partial[bool]", seconds: float) -> Report:
    matches = matching_pairs(labelled.entities)
    lines = sweep([pair.score for pair in scored], [pair.same for pair in scored], matches)
    certain = [pair for pair in scored if pair.verdict is Verdict.CERTAIN]
    asked = sum(pair.verdict is Verdict.POSSIBLE for pair in scored)
    found = sum(pair.same for pair in scored)
    new = sum(pair.same for pair in scored if pair.verdict is Verdict.NEW)
    pairs = [(pair.a, pair.b, pair.score) for pair in scored]

    def grouped(pairs: Sequence[tuple[int, int, float]], line: float) -> Quality:
        groups = clusters(pairs, line, conflict)
        true = sum(matching_pairs(labelled.entities[at] for at in group) for group in groups)
        return quality(true, pairs_within(groups), matches, line)

    return Report(
        records=len(labelled.records),
        matches=matches,
        candidates=len(scored),
        columns=labelled.columns,
        country=labelled.country,
        certain=quality(sum(pair.same for pair in certain), len(certain), matches),
        best=best(lines),
        recall_at_99=recall_at(0.99, lines),
        clusters_certain=grouped([(pair.a, pair.b, pair.score) for pair in certain], 0.0),
        clusters_best=best(grouped(pairs, line) for line in _CLUSTER_LINES),
        asked=asked / len(scored) if scored else 0.0,
        asked_records=asked / len(labelled.records) if labelled.records else 0.0,
        missed_as_new=(new + matches - found) / matches if matches else 0.0,
        candidate_recall=found / matches if matches else 1.0,
        records_per_second=len(labelled.records) / seconds,
    )
