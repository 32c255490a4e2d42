"""Imports and their lines: begun, looked at, listed, and moved from stage to stage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from domain.change import Refused
from domain.identity import Outcome
from domain.importing.batch import Batch, Confirm, Doubtful, Stage
from domain.importing.columns import Field, Mistake, check_columns
from domain.importing.row import Verdict
from store.database import Database
from store.errors import NotFound
from store.import_files import Kept
from store.keyset import page_of
from store.tables import ImportLineRow, ImportRow, LeadRow


@dataclass(frozen=True)
class LineFilter:
    """What a list of lines is narrowed to; None means any."""

    verdict: Verdict | None = None
    state: str | None = None


@dataclass(frozen=True)
class AskedLead:
    """What became of the lead as which a row in doubt was submitted, and whose it is once somebody has said so."""

    id: str
    outcome: Outcome
    customer_id: str | None


class Imports:
    """One per process; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, import_id: str, kept: Kept, filename: str, by: str, at: datetime) -> tuple[ImportRow, bool]:
        """The import of a file, and whether it must be started: a file that came before has one already.

        One that was discarded or undone gets another go.

        Args:
            import_id: made from the file's digest.
            kept: the file.
            filename: what the sender calls it.
            by: who sends it.
            at: now.
        """
        with self._database.write() as session:
            self._database.lock(session, import_id)
            row = session.get(ImportRow, import_id)
            if row is None:
                row = _first(import_id, kept, filename, by, at)
                session.add(row)
            elif row.stage in (Stage.UNDONE, Stage.DISCARDED):
                _again(row, filename, at)
            session.flush()
            session.refresh(row)
            session.expunge(row)
            return row, row.stage == Stage.ANALYSING

    def get(self, import_id: str) -> ImportRow:
        """An import.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.get(ImportRow, import_id)
            if row is None:
                raise NotFound
            return row

    def page(self, after: tuple[datetime, str] | None, limit: int) -> Sequence[ImportRow]:
        """A page of imports, newest first, and one more when there are more."""
        by = (col(ImportRow.created_at), col(ImportRow.id))
        with self._database.read() as session:
            return session.exec(page_of(select(ImportRow), by, after, limit, descending=True)).all()

    def lines(self, row: ImportRow, only: LineFilter, after: int | None, limit: int) -> Sequence[ImportLineRow]:
        """A page of an import's lines in the file's order, and one more when there are more."""
        wanted = {name: value for name, value in vars(only).items() if value is not None}
        statement = select(ImportLineRow).filter_by(import_id=row.id, analysis=row.analysis, **wanted)
        place = None if after is None else (after,)
        with self._database.read() as session:
            return session.exec(page_of(statement, (col(ImportLineRow.line),), place, limit)).all()

    def leads_of(self, lines: Iterable[ImportLineRow]) -> Mapping[int, AskedLead]:
        """What became of those of an import's lines about which a person was asked, by the line's number."""
        asked = {line.lead_id: line.line for line in lines if line.lead_id}
        wanted = select(LeadRow.id, LeadRow.outcome, LeadRow.customer_id).where(col(LeadRow.id).in_(asked))
        with self._database.read() as session:
            return {asked[id_]: AskedLead(id_, Outcome(outcome), whose) for id_, outcome, whose in session.exec(wanted)}

    def asked(self, rows: Iterable[ImportRow]) -> Mapping[str, Mapping[Outcome, int]]:
        """How many leads of each import's rows in doubt have each outcome, of those imports that asked about them."""
        line = ImportLineRow
        asking = [row.id for row in rows if row.doubtful == Doubtful.ASK]
        statement = (
            select(line.import_id, LeadRow.outcome, func.count())
            .join(LeadRow, col(line.lead_id) == LeadRow.id)
            .where(col(line.import_id).in_(asking))
            .group_by(line.import_id, LeadRow.outcome)
        )
        counts: dict[str, dict[Outcome, int]] = {import_id: {} for import_id in asking}
        with self._database.read() as session:
            for import_id, outcome, count in session.exec(statement):
                counts[import_id][Outcome(outcome)] = count
        return counts

    def remap(self, batch: Batch, columns: Mapping[str, Field], at: datetime) -> None:
        """Take another mapping over, for the next analysis.

        Raises:
            Refused: ``import_mapping_unusable``.
        """
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            try:
                check_columns(columns, row.headings)
            except Mistake as mistake:
                raise Refused("import_mapping_unusable") from mistake
            row.columns = {column: str(field) for column, field in columns.items()}
            _move(row, Stage.ANALYSING, at)

    def move(self, batch: Batch, stage: Stage, at: datetime, *, confirm: Confirm | None = None) -> None:
        """Write down how far an import has come, and who confirmed it in what way.

        Raises:
            Refused: ``import_not_ready`` when another dry run was confirmed than the one that is there.
        """
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            if confirm is not None and confirm.analysis not in (None, row.analysis):
                raise Refused("import_not_ready")
            _move(row, stage, at)
            if confirm is not None:
                row.confirmed_by, row.doubtful = confirm.by, confirm.doubtful

    def tell(self, batch: Batch, phase: str, done: int, total: int | None) -> None:
        """Write down the progress within a stage."""
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            row.progress = {"phase": phase, "done": done, "total": total}


def heads(session: Session, row: ImportRow, states: Iterable[str], limit: int) -> Sequence[ImportLineRow]:
    """The next lines that stand for a customer that is loaded, those in one of these states, in order."""
    statement = (
        select(ImportLineRow)
        .where(
            ImportLineRow.import_id == row.id,
            ImportLineRow.analysis == row.analysis,
            col(ImportLineRow.verdict).in_((Verdict.NEW, Verdict.KNOWN)),
            col(ImportLineRow.state).in_(tuple(states)),
        )
        .order_by(col(ImportLineRow.line))
        .limit(limit)
    )
    return session.exec(statement).all()


def storable(value: Any) -> Any:
    """Texts that PostgreSQL can keep, too: without NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def _first(import_id: str, kept: Kept, filename: str, by: str, at: datetime) -> ImportRow:
    return ImportRow(
        id=import_id,
        digest=kept.digest,
        filename=filename,
        size=kept.size,
        stage=Stage.ANALYSING,
        headings=[],
        columns={},
        progress={},
        counts={},
        failure={},
        created_by=by,
        created_at=at,
        updated_at=at,
    )


def _again(row: ImportRow, filename: str, at: datetime) -> None:
    """Another go: what the last one did keeps its ids, so this one gets a number of its own."""
    row.attempt += 1
    row.filename = filename
    row.failure, row.columns = {}, {}
    _move(row, Stage.ANALYSING, at)


def _move(row: ImportRow, stage: Stage, at: datetime) -> None:
    row.stage = stage
    row.progress = {}
    row.updated_at = at
