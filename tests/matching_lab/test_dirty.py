"""The dirty organisations: the same each time, with gaps and lookalikes, and matched as well as measured."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from domain.matching.decision import shipped_rules
from matching_lab import dirty, vocabulary
from matching_lab.evaluate import evaluate


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_seed_makes_the_same_rows_every_time(language: str) -> None:
    assert dirty.rows(language, 30, 5) == dirty.rows(language, 30, 5) != dirty.rows(language, 30, 6)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_are_repeats_lookalikes_and_gaps_and_every_row_has_a_name(language: str) -> None:
    rows = dirty.rows(language, 200)
    entities = Counter(entity for entity, _row in rows)
    assert max(entities.values()) >= 3
    assert sum(entity.endswith("-1") for entity in entities) > 50
    assert all(row["name"].strip() for _entity, row in rows)
    assert any(not row["phone"] for _entity, row in rows)
    assert any(any(digit in row["city"] for digit in "123456789") for _entity, row in rows)


def test_its_words_are_not_those_of_the_training() -> None:
    assert len(set(dirty.words("EN_NAMES")) & {*vocabulary.EN_BRANDS}) < 10
    assert not {*dirty.words("ZH_NAMES")} & {*vocabulary.FAMOUS_STYLE_BRANDS}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_matched_as_well_as_measured(language: str, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    dirty.main(language, str(path), 300)
    with path.open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["id", "entity", *dirty.COLUMNS]
    report = evaluate(path, "entity", {}, shipped_rules())
    assert report.certain.precision >= 0.995
    assert report.best.f1 >= 0.97
    assert report.candidate_recall >= 0.995
    assert report.recall_at_99 >= 0.9
