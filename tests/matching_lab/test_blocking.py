"""Candidate pairs of a file: those that the product's own index finds."""

from domain.matching.record import record_from_fields
from matching_lab.blocking import candidate_pairs, empty_database

NAMES = (
    "深圳市远航科技有限公司",
    "上海青禾农业有限公司",
    "远航科技",
    "Harbour Lights Trading, Inc.",
    "Harbor Lights Trading",
)


def test_a_later_row_finds_the_earlier_ones_of_its_customer() -> None:
    assert candidate_pairs([record_from_fields({"company": name}) for name in NAMES]) == [(0, 2), (3, 4)]


def test_an_empty_database_leaves_no_folder() -> None:
    with empty_database() as database:
        path = database.engine.url.database
    assert path is not None
    assert candidate_pairs([]) == []
