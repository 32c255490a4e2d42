"""Loading an import: each customer of the file through the atomic step of intake, a hundred in one transaction.

While such a transaction runs, no lead is decided on; what became known since the dry run is seen, and whatever is no
longer clear is left out for a person instead of being loaded. A line that was loaded is never loaded again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from domain.answer import Settlement
from domain.identity import Outcome
from domain.ids import IdMaker
from domain.importing.batch import Done, Step
from domain.importing.effect import Effect
from domain.importing.row import Verdict, Why
from domain.lead import Lead
from domain.ownership import Place
from domain.profile import Profile
from domain.submission import Registration, Submission
from store.candidates import lock_out_leads
from store.database import Database
from store.identification import Subject
from store.imports import heads
from store.intake import Intake
from store.rows import table_of
from store.tables import CustomerRow, IdentityKeyRow, ImportLineRow, ImportRow

AT_ONCE = 100
"""Customers in one transaction: a lead that comes meanwhile waits for less than its caller does."""

PENDING, LOADED, TOLD = "pending", "loaded", "told"
"""The states of a line: not loaded yet, loaded, and everybody told whom it concerns."""

_held, _line = table_of(IdentityKeyRow).c, table_of(ImportLineRow).c
_KEYS = select(_held.kind, _held.value).where(_held.holder == bindparam("holder"))


class _Unclear(Exception):
    """The row is not clear any more; what was written of it is taken back."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement


@dataclass(frozen=True)
class _Known:
    """A customer as it is before a row fills its gaps."""

    id: str
    profile: Profile
    keys: frozenset[tuple[str, str]]


class Loading:
    """Loads the lines of imports. One per process; safe to share between threads."""

    def __init__(self, database: Database, intake: Intake, ids: IdMaker) -> None:
        self._database = database
        self._intake = intake
        self._ids = ids

    def load_some(self, step: Step) -> Done:
        """Load the next customers of an import in one transaction.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        with self._database.write() as session:
            self._intake.hold_policies(session)
            lock_out_leads(self._database, session)
            row = session.get_one(ImportRow, step.batch.import_id, with_for_update=True)
            lines = heads(session, row, (PENDING,), AT_ONCE)
            # The base's customers first, and then by region: transactions that meet take their locks in one order.
            for line in sorted(lines, key=lambda it: (it.customer_id or "~", it.profile.get("region") or "", it.line)):
                self._load(session, line, step.at)
            done = row.progress.get("done", 0) + len(lines)
            row.progress = {"phase": "loading", "done": done, "total": _to_load(row)}
            finished = len(lines) < AT_ONCE
            if finished:
                row.counts = {**row.counts, "verdicts": _verdicts(session, row)}
            return Done(count=len(lines), finished=finished)

    def _load(self, session: Session, line: ImportLineRow, at: datetime) -> None:
        lead = Lead.model_validate(line.lead)
        profile = Profile.model_validate(line.profile)
        submission = Submission(
            lead_id=self._ids.lead_id(lead.source, lead.external_id),
            fingerprint=f"{line.import_id}.{line.line}",
            lead=lead_of(lead, profile),
            imported=True,
        )
        registration = Registration(submission=submission, at=at)
        subject = Subject.of(profile)
        known = _known(session, line.customer_id)
        try:
            settlement = self._register(session, registration, subject, known)
        except _Unclear as unclear:
            if not unclear.settlement.settled:
                _leave_out(line, unclear.settlement)
                return
            # Not who it was in the dry run, and yet for certain: a lead came meanwhile. How the customer stands before
            # the row fills its gaps is still to be seen.
            found = unclear.settlement.answer
            known = _known(session, found.customer_id if found.outcome is Outcome.DUPLICATE else None)
            settlement = self._register(session, registration, subject, known)
        self._keep(session, line, settlement, known)

    def _register(
        self, session: Session, registration: Registration, subject: Subject, known: _Known | None
    ) -> Settlement:
        """Register a row; one that turns out to be somebody else than expected leaves nothing.

        Raises:
            _Unclear: with what it turned out to be.
        """
        with session.begin_nested():
            settlement = self._intake.register_within(session, registration, subject)
            answer = settlement.answer
            expected = (Outcome.DUPLICATE, known.id) if known else (Outcome.NEW_CUSTOMER, answer.customer_id)
            if (answer.outcome, answer.customer_id) != expected:
                raise _Unclear(settlement)
            return settlement

    def _keep(self, session: Session, line: ImportLineRow, settlement: Settlement, before: _Known | None) -> None:
        answer = settlement.answer
        session.flush()
        customer = session.get_one(CustomerRow, answer.customer_id)
        arrived = settlement.arrived
        if arrived is not None and customer.place == Place.OWNED:
            # Whom a file names is no wish of the customer's: an owner is never changed by it.
            arrived = arrived.model_copy(update={"case": arrived.case.model_copy(update={"named_contact": None})})
            arrived = arrived if customer.region is None and arrived.case.region else None
        keys = _keys(session, customer.id) - before.keys if before else frozenset()
        effect = Effect(
            lead_id=answer.lead_id,
            decision_id=answer.decision_id,
            before=before.profile if before else None,
            keys=tuple(sorted(keys)),
            after=Profile.model_validate(customer.profile),
            seq=customer.seq,
            watch=settlement.watch is not None,
            arrived=arrived,
            recheck=settlement.recheck,
        )
        line.verdict = Verdict.KNOWN if before else Verdict.NEW
        line.customer_id = customer.id
        line.effect = effect.model_dump(mode="json")
        line.state = LOADED if effect.concerns_others else TOLD
        session.flush()


def lead_of(lead: Lead, profile: Profile) -> Lead:
    """A row's lead with every phone and e-mail that its customer's rows name."""
    return lead.model_copy(update={"phones": profile.phones, "emails": profile.emails})


def _leave_out(line: ImportLineRow, settlement: Settlement) -> None:
    candidates = [found.id for found in settlement.answer.candidates if found.id.startswith("cus_")]
    line.verdict = Verdict.DOUBT
    line.why = Why.POSSIBLE_CUSTOMER if candidates else Why.WAITING_LEAD
    line.candidates = candidates
    line.customer_id = None


def _known(session: Session, customer_id: str | None) -> _Known | None:
    row = session.get(CustomerRow, customer_id) if customer_id else None
    return _Known(row.id, Profile.model_validate(row.profile), _keys(session, row.id)) if row else None


def _keys(session: Session, holder: str) -> frozenset[tuple[str, str]]:
    return frozenset((kind, value) for kind, value in session.connection().execute(_KEYS, {"holder": holder}))


def _verdicts(session: Session, row: ImportRow) -> dict[str, int]:
    """How many lines have each verdict now: what was not clear any more was left out."""
    own = (_line.import_id == row.id) & (_line.analysis == row.analysis)
    session.flush()
    found = session.connection().execute(select(_line.verdict, func.count()).where(own).group_by(_line.verdict))
    return {**dict.fromkeys(map(str, Verdict), 0), **dict(found.tuples().all())}


def _to_load(row: ImportRow) -> int:
    verdicts = row.counts.get("verdicts", {})
    return int(verdicts.get(Verdict.NEW, 0)) + int(verdicts.get(Verdict.KNOWN, 0))
