"""The dry run of an import: the file read, cleaned, grouped and looked up in the base. Only its own lines are written.

It may run in a process of its own, and one that was given up may still run beside its successor: each has a number, and
only the last one begun is shown in the end.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, exists
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlmodel import Session, select

from domain.identity import Outcome, is_placeholder
from domain.importing.batch import Batch, Stage, Step
from domain.importing.cleaning import Cleaner, Reps
from domain.importing.columns import Field, Mistake, check_columns, guess_columns
from domain.importing.completeness import present
from domain.importing.completion import CodeNames, completed
from domain.importing.country import guess_country
from domain.importing.counts import counted
from domain.importing.grouping import Group, Subject, group_rows
from domain.importing.row import Fault, Row, Verdict, Why
from domain.importing.table import Unreadable
from domain.normalise.text import fold
from domain.policy import Policy
from domain.profile import Profile
from store.database import Database
from store.identification import Subject as LookedFor
from store.identification import identified
from store.import_files import ImportFiles, Table, read_table
from store.imports import Imports, storable
from store.policies import Policies
from store.rows import add, table_of
from store.tables import ImportLineRow, ImportRow, MatchableRow, RepRow

_AT_ONCE = 1_000
"""Lines written in one transaction: nobody waits long for their turn."""


@dataclass(slots=True)
class _Line:
    """A row with what becomes of it. A hundred thousand are kept at once, so what is large is kept as JSON."""

    line: int
    cells: Sequence[str]
    lead: bytes | None
    subject: Subject | None
    faults: tuple[Fault, ...]
    completed: tuple[str, ...]
    verdict: Verdict = Verdict.BAD
    head: int = 0
    why: Why | None = None
    beside: int | None = None
    customer_id: str | None = None
    candidates: tuple[str, ...] = ()
    told: bytes | None = None
    """The profile of the customer for whom it stands."""
    present: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: Row, cells: Sequence[str], policy: Policy) -> "_Line":
        """A cleaned and completed row, at once, while the normal forms of its cells are still remembered."""
        if row.lead is None:
            return cls(row.line, cells, None, None, row.faults, row.completed, head=row.line)
        lead = row.lead.model_dump_json(exclude_defaults=True).encode()
        subject = Subject.of(row.profile)
        if is_placeholder(row.profile, subject.keys, policy.identity):
            nobody = (Fault("", "placeholder", row.profile.name),)
            return cls(row.line, cells, lead, None, nobody, row.completed, head=row.line)
        return cls(row.line, cells, lead, subject, row.faults, row.completed, head=row.line)


class Analysis:
    """Analyses files. Safe to use from any process."""

    def __init__(
        self, database: Database, policies: Policies, files: ImportFiles, imports: Imports, max_rows: int
    ) -> None:
        self._database = database
        self._policies = policies
        self._files = files
        self._imports = imports
        self._max_rows = max_rows

    def analyse(self, step: Step) -> Stage:
        """Bring an import to its dry run, or to the reason why the file cannot be imported; repeated, do it again.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; the step may be repeated.
        """
        number = self._begin(step.batch)
        policy = self._in_force()
        row = self._imports.get(step.batch.import_id)
        try:
            table = read_table(self._files.path(row.digest), self._max_rows)
            columns = self._columns(row, table, number)
            lines, came = self._read(step.batch, table, columns, policy)
        except Unreadable as error:
            return self._end(step, number, Stage.FAILED, failure={"code": error.code, **error.facts})
        except Mistake as mistake:
            return self._end(step, number, Stage.FAILED, failure={"code": mistake.code, "column": mistake.column})
        self._judge(step.batch, lines, policy)
        loaded = (line.present for line in lines if line.told and line.verdict in (Verdict.NEW, Verdict.KNOWN))
        counts = counted((line.completed for line in lines), came, [line.verdict for line in lines], loaded)
        self._write(step.batch, number, lines)
        return self._end(step, number, Stage.READY, counts=counts.model_dump(mode="json"))

    def _in_force(self) -> Policy:
        """The rules of now; when it is loaded those of then decide."""
        with self._database.read() as session:
            return self._policies.in_force(session, datetime.now(UTC))

    def _begin(self, batch: Batch) -> int:
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            row.begun += 1
            row.progress = {"phase": "reading", "done": 0, "total": None}
            return row.begun

    def _columns(self, row: ImportRow, table: Table, number: int) -> dict[str, Field]:
        """The mapping that a person gave, else the one that the headings and the first rows suggest."""
        columns = {column: Field(field) for column, field in row.columns.items()}
        if not columns:
            columns = guess_columns(table.headings, table.sample)
        with self._database.write() as session:
            row = session.get_one(ImportRow, row.id, with_for_update=True)
            if row.begun == number:
                row.headings = table.headings
                row.columns = {column: str(field) for column, field in columns.items()}
        check_columns(columns, table.headings)
        return columns

    def _read(
        self, batch: Batch, table: Table, columns: dict[str, Field], policy: Policy
    ) -> tuple[list[_Line], list[frozenset[str]]]:
        with self._database.read() as session:
            reps = known_reps(session)
        country = _country(table, columns)
        cleaner = Cleaner(table.headings, columns, reps, policy, batch.workflow_id, country)
        lines: list[_Line] = []
        came: list[frozenset[str]] = []
        names, nameless = CodeNames(), dict[int, Row]()
        for read in table.lines:
            row = cleaner.clean(read.number, read.cells)
            if row is None:
                continue
            if row.lead:
                came.append(present(row.profile))
            row = completed(row, country)
            if names.learn(row):
                nameless[len(lines)] = row
            lines.append(_Line.of(row, read.cells, policy))
            self._tell(batch, "reading", len(lines), None)
        for at, row in nameless.items():
            lines[at] = _Line.of(names.named(row), lines[at].cells, policy)
        return lines, came

    def _judge(self, batch: Batch, lines: Sequence[_Line], policy: Policy) -> None:
        """Say of every line what becomes of it."""
        readable = [line for line in lines if line.subject]
        self._tell(batch, "grouping", 0, len(readable), always=True)
        groups = group_rows([line.subject for line in readable if line.subject], policy)
        with self._database.read() as session:
            known = bool(session.exec(select(exists(select(MatchableRow.id)))).one())
            for done, group in enumerate(groups):
                self._tell(batch, "comparing", done, len(groups))
                _spread(group, readable)
                if known and group.why is None:
                    self._look_up(session, readable[group.rows[0]], policy)

    def _look_up(self, session: Session, line: _Line, policy: Policy) -> None:
        """Look for a customer in the base, by the very rules by which leads are identified."""
        if line.told is None:
            return
        found = identified(session, LookedFor.of(Profile.model_validate_json(line.told)), policy)
        customers = tuple(it.id for it in found.found.candidates if it.id not in found.waiting)
        if found.found.outcome is Outcome.DUPLICATE:
            line.verdict, line.customer_id = Verdict.KNOWN, customers[0]
        elif found.found.outcome is Outcome.NEEDS_CONFIRMATION:
            line.verdict, line.candidates = Verdict.DOUBT, customers
            line.why = Why.POSSIBLE_CUSTOMER if customers else Why.WAITING_LEAD

    def _write(self, batch: Batch, number: int, lines: Sequence[_Line]) -> None:
        for start in range(0, len(lines), _AT_ONCE):
            rows = [_as_row(batch.import_id, number, line) for line in lines[start : start + _AT_ONCE]]
            with self._database.write() as session:
                add(session, ImportLineRow, *rows)

    def _end(self, step: Step, number: int, stage: Stage, **found: dict[str, Any]) -> Stage:
        """Show this analysis, unless a later one was begun; the lines of all others go."""
        lines = table_of(ImportLineRow).c
        with self._database.write() as session:
            row = session.get_one(ImportRow, step.batch.import_id, with_for_update=True)
            if row.begun == number:
                row.analysis, row.stage, row.updated_at, row.progress = number, stage, step.at, {}
                row.counts, row.failure = found.get("counts", {}), found.get("failure", {})
            others = (lines.import_id == row.id) & (lines.analysis != row.analysis) & (lines.analysis <= number)
            session.connection().execute(delete(table_of(ImportLineRow)).where(others))
            return Stage(row.stage)

    def _tell(self, batch: Batch, phase: str, done: int, total: int | None, *, always: bool = False) -> None:
        """Now and then; a database that is busy is not asked again for it."""
        if always or done % _AT_ONCE == 0:
            with suppress(DatabaseBusy):
                self._imports.tell(batch, phase, done, total)


def known_reps(session: Session) -> Reps:
    """Everybody whom a file may name as owner, by id, name and e-mail."""
    named: dict[str, set[str]] = {}
    unavailable = set()
    for rep in session.exec(select(RepRow)):
        for name in (rep.id, rep.name, rep.email):
            if name:
                named.setdefault(fold(name), set()).add(rep.id)
        if not rep.active or rep.on_leave:
            unavailable.add(rep.id)
    return Reps({name: tuple(sorted(ids)) for name, ids in named.items()}, frozenset(unavailable))


def _country(table: Table, columns: dict[str, Field]) -> str:
    def cells_of(*fields: Field) -> Iterator[str]:
        places = [at for at, heading in enumerate(table.headings) if columns.get(heading) in fields]
        return (cells[at] for cells in table.sample for at in places if at < len(cells))

    return guess_country(cells_of(Field.PHONE), cells_of(Field.REGION, Field.CITY, Field.ADDRESS))


def _spread(group: Group, lines: Sequence[_Line]) -> None:
    """Tell the lines of a group what the group is."""
    head, *others = (lines[row] for row in group.rows)
    head.told, head.present = group.told, group.present
    head.verdict = Verdict.NEW if group.why is None else Verdict.DOUBT
    head.why = group.why
    head.beside = None if group.beside is None else lines[group.beside].line
    for line in others:
        line.head, line.verdict = head.line, Verdict.SAME_ROW


def _as_row(import_id: str, number: int, line: _Line) -> dict[str, Any]:
    left_out = line.verdict in (Verdict.BAD, Verdict.DOUBT)
    return {
        "import_id": import_id,
        "analysis": number,
        "line": line.line,
        "verdict": line.verdict,
        "head": line.head,
        "why": line.why,
        "beside": line.beside,
        "customer_id": line.customer_id,
        "candidates": list(line.candidates),
        "lead": json.loads(line.lead) if line.lead else {},
        "profile": json.loads(line.told) if line.told else {},
        "faults": [_as_kept(fault) for fault in line.faults],
        "completed": list(line.completed),
        "cells": storable(line.cells) if left_out else [],
        "state": "pending",
        "effect": {},
    }


def _as_kept(fault: Fault) -> dict[str, Any]:
    return {name: storable(value) for name, value in asdict(fault).items()}
