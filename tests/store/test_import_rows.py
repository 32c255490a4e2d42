"""Imports and their lines as they are kept, on both databases."""

from datetime import timedelta

import pytest

from domain.change import Refused
from domain.importing.batch import Batch, Confirm, Stage
from domain.importing.columns import Field
from domain.importing.row import Verdict
from store.database import Database
from store.errors import NotFound
from store.import_files import Kept
from store.imports import Imports, LineFilter, heads, storable
from store.rows import add
from store.tables import ImportLineRow, ImportRow
from tests.databases import at_once
from tests.examples import AT

ONE = Kept("digest", 10)
BATCH = Batch(import_id="imp_1", attempt=1)


@pytest.fixture
def imports(database: Database) -> Imports:
    return Imports(database)


def begin(imports: Imports, import_id: str = "imp_1", *, later: int = 0) -> tuple[ImportRow, bool]:
    """Send a file."""
    return imports.begin(import_id, ONE, "客户.csv", "admin", AT + timedelta(minutes=later))


def keep(database: Database, *verdicts: str, analysis: int = 0, states: str = "pending") -> None:
    """Lines 2, 3, ... of the import, one of each verdict."""
    texts: dict[str, object] = {
        "why": None,
        "beside": None,
        "customer_id": None,
        "candidates": [],
        "lead": {},
        "profile": {},
    }
    lists: dict[str, object] = {"faults": [], "completed": [], "cells": [], "effect": {}}
    rows = [
        {"import_id": "imp_1", "analysis": analysis, "line": line, "verdict": verdict, "head": line, "state": states}
        | texts
        | lists
        for line, verdict in enumerate(verdicts, start=2)
    ]
    with database.write() as session:
        add(session, ImportLineRow, *rows)


def test_a_file_that_came_before_has_its_import(imports: Imports) -> None:
    row, start = begin(imports)
    assert (row.stage, row.attempt, start) == ("analysing", 1, True)
    imports.move(BATCH, Stage.READY, AT)
    again, start = begin(imports, later=5)
    assert (again.id, again.created_at, start) == (row.id, row.created_at, False)


@pytest.mark.parametrize("stage", [Stage.UNDONE, Stage.DISCARDED])
def test_what_was_given_up_gets_another_go(imports: Imports, stage: Stage) -> None:
    begin(imports)
    imports.move(BATCH, stage, AT)
    row, start = begin(imports, later=5)
    assert (row.attempt, row.stage, row.columns, start) == (2, "analysing", {}, True)


@pytest.mark.parametrize("stage", [it for it in Stage if it not in (Stage.UNDONE, Stage.DISCARDED)])
def test_nothing_else_is_begun_again(imports: Imports, stage: Stage) -> None:
    begin(imports)
    imports.move(BATCH, stage, AT)
    assert begin(imports)[0].attempt == 1


def test_a_file_that_is_sent_twice_at_once_is_one_import(imports: Imports) -> None:
    """Invariant once."""
    at_once([lambda: begin(imports)] * 6)
    assert [row.attempt for row in imports.page(None, 10)] == [1]


def test_an_unknown_import_is_not_found(imports: Imports) -> None:
    with pytest.raises(NotFound):
        imports.get("imp_none")


def test_pages_go_from_the_newest_on(imports: Imports) -> None:
    for at in range(5):
        begin(imports, f"imp_{at}", later=at)
    first = imports.page(None, 2)
    assert [row.id for row in first] == ["imp_4", "imp_3", "imp_2"], "one more tells that there are more"
    rest = imports.page((first[1].created_at, first[1].id), 3)
    assert [row.id for row in rest] == ["imp_2", "imp_1", "imp_0"]


def test_lines_are_narrowed_and_those_of_another_analysis_are_not_shown(imports: Imports, database: Database) -> None:
    row, _ = begin(imports)
    keep(database, "new", "bad", "bad", "doubt")
    keep(database, "new", "new", analysis=1)

    def found(only: LineFilter, after: int | None = None) -> list[int]:
        return [line.line for line in imports.lines(row, only, after, 10)]

    assert found(LineFilter()) == [2, 3, 4, 5]
    assert found(LineFilter(verdict=Verdict.BAD)) == [3, 4]
    assert found(LineFilter(verdict=Verdict.BAD), after=3) == [4]
    assert found(LineFilter(state="left")) == []


def test_only_lines_that_stand_for_a_customer_are_loaded(imports: Imports, database: Database) -> None:
    row, _ = begin(imports)
    keep(database, *Verdict)
    with database.read() as session:
        loaded = [line.verdict for line in heads(session, row, ("pending",), 10)]
        assert loaded == ["new", "known"]
        assert heads(session, row, ("loaded",), 10) == []
        assert len(heads(session, row, ("pending",), 1)) == 1


def test_the_mapping_of_a_person_is_kept_and_a_wrong_one_changes_nothing(imports: Imports, database: Database) -> None:
    begin(imports)
    with database.write() as session:
        session.get_one(ImportRow, "imp_1").headings = ["甲", "乙"]
    imports.move(BATCH, Stage.READY, AT)
    with pytest.raises(Refused, match="import_mapping_unusable"):
        imports.remap(BATCH, {"丙": Field.COMPANY}, AT)
    assert (imports.get("imp_1").stage, imports.get("imp_1").columns) == ("ready", {})
    imports.remap(BATCH, {"乙": Field.COMPANY}, AT)
    assert (imports.get("imp_1").stage, imports.get("imp_1").columns) == ("analysing", {"乙": "company"})


def test_progress_goes_with_its_stage_and_who_confirmed_stays(imports: Imports) -> None:
    begin(imports)
    imports.tell(BATCH, "reading", 1_000, None)
    assert imports.get("imp_1").progress == {"phase": "reading", "done": 1_000, "total": None}
    imports.move(BATCH, Stage.LOADING, AT, confirm=Confirm(by="li.wei"))
    imports.move(BATCH, Stage.DONE, AT)
    assert (imports.get("imp_1").progress, imports.get("imp_1").confirmed_by) == ({}, "li.wei")


@pytest.mark.parametrize(
    ("value", "kept"),
    [("a\x00b", "a\ufffdb"), ("\ud83d", "?"), (["x\x00", ("y",)], ["x\ufffd", ["y"]]), (3, 3), ("远航🚀", "远航🚀")],
)
def test_what_databases_cannot_hold_is_written_otherwise(value: object, kept: object) -> None:
    assert storable(value) == kept
