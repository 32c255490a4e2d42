"""Rows in doubt about which a person is asked: submitted as leads, and what became of each.

A row and its lead are tied by the lead's id, which is made from the row's: asked about twice, it is one lead.
"""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from domain.confirmation import WITHDRAWN
from domain.ids import IdMaker
from domain.importing.batch import Batch
from domain.importing.row import Verdict
from domain.lead import Lead
from domain.profile import Profile
from domain.submission import Submission
from store.database import Database
from store.import_loading import PENDING, lead_of
from store.import_undoing import LEFT, UNDONE
from store.lead_row import settlement_of
from store.tables import ImportLineRow, ImportRow

AT_ONCE = 50
ASKED = "asked"
"""The state of a line while its lead waits, and after it was answered."""


class Asking:
    """One per process; safe to share between threads."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._database = database
        self._ids = ids

    def next(self, batch: Batch) -> Mapping[int, Submission]:
        """The next rows in doubt as the leads that they are submitted as, by line, ``AT_ONCE`` at most."""
        with self._database.read() as session:
            return {line.line: self._submission(line) for line in _next(session, batch, PENDING)}

    def asked(self, batch: Batch, submissions: Mapping[int, Submission]) -> None:
        """Write down which leads these lines became."""
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            for line in _next(session, batch, PENDING):
                if line.line in submissions:
                    line.state, line.lead_id = ASKED, submissions[line.line].lead_id
            _count(row, "asking", len(submissions))

    def next_asked(self, batch: Batch) -> Mapping[int, str]:
        """The next lines about which a person was asked, with their leads, ``AT_ONCE`` at most."""
        with self._database.read() as session:
            return {line.line: line.lead_id or "" for line in _next(session, batch, ASKED)}

    def withdrawn(self, batch: Batch, lines: Mapping[int, str]) -> None:
        """Write down of each line whether its lead was withdrawn, or answered before and therefore left."""
        with self._database.write() as session:
            row = session.get_one(ImportRow, batch.import_id, with_for_update=True)
            for line in _next(session, batch, ASKED):
                if line.line in lines:
                    settlement = settlement_of(session, line.lead_id or "")
                    line.state = UNDONE if settlement and settlement.answer.reason == WITHDRAWN else LEFT
            _count(row, "undoing", len(lines))

    def _submission(self, line: ImportLineRow) -> Submission:
        profile = Profile.model_validate(line.profile)
        lead = lead_of(Lead.model_validate(line.lead), profile)
        return Submission(
            lead_id=self._ids.lead_id(lead.source, lead.external_id),
            fingerprint=f"{ASKED}.{line.import_id}.{line.line}",
            lead=lead,
            profile=profile,
            doubted=True,
            imported=True,
        )


def _next(session: Session, batch: Batch, state: str) -> list[ImportLineRow]:
    row = session.get_one(ImportRow, batch.import_id)
    statement = (
        select(ImportLineRow)
        .filter_by(import_id=row.id, analysis=row.analysis, verdict=Verdict.DOUBT, state=state)
        .order_by(col(ImportLineRow.line))
    )
    return list(session.exec(statement.limit(AT_ONCE)))


def _count(row: ImportRow, phase: str, count: int) -> None:
    before = row.progress.get("done", 0) if row.progress.get("phase") == phase else 0
    total = row.counts.get("verdicts", {}).get(Verdict.DOUBT) if phase == "asking" else None
    row.progress = {"phase": phase, "done": before + count, "total": total}
