"""Where a file's headings are, and what its columns are called."""

import pytest

from domain.importing.columns import MOST_COLUMNS
from domain.importing.table import LOOKED_AT, Line, Unreadable, find_headings


def lines(*rows: list[str]) -> list[Line]:
    """Rows, numbered from 1."""
    return [Line(number, cells) for number, cells in enumerate(rows, start=1)]


def test_headings_are_the_row_that_names_the_most_fields() -> None:
    at, names = find_headings(lines(["客户"], ["导出时间", "2026"], ["公司名称", "手机"], ["远航", "13800138000"]))
    assert (at, names) == (2, ["公司名称", "手机"])


def test_without_a_known_heading_it_is_the_first_row_that_is_not_empty() -> None:
    assert find_headings(lines(["", " "], ["甲", "乙"], ["丙", "丁"])) == (1, ["甲", "乙"])


def test_headings_further_down_are_not_looked_for() -> None:
    at, _ = find_headings(lines(*(["甲"] for _ in range(LOOKED_AT)), ["公司名称"]))
    assert at == 0


@pytest.mark.parametrize("rows", [[], [[]], [["", " "]] * 3])
def test_nothing_is_an_empty_file(rows: list[list[str]]) -> None:
    with pytest.raises(Unreadable) as refused:
        find_headings(lines(*rows))
    assert refused.value.code == "file_empty"


def test_the_limit_of_columns_is_told_with_its_number() -> None:
    find_headings(lines(["公司名称"] * MOST_COLUMNS))
    with pytest.raises(Unreadable) as refused:
        find_headings(lines(["公司名称"] * (MOST_COLUMNS + 1)))
    assert (refused.value.code, refused.value.facts) == ("too_many_columns", {"limit": MOST_COLUMNS})


def test_every_column_has_a_name_of_its_own() -> None:
    _, names = find_headings(lines(["电话", "", "电话", "\u200b", "电话", "x" * 500]))
    assert names == ["电话", "#2", "电话 (2)", "#4", "电话 (3)", "x" * 100]
    assert len(set(names)) == len(names)
