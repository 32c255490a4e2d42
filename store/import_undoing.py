"""Taking an import back: customers that it made and to whom nothing has happened since, and the gaps that it filled.

What somebody has worked with stays, and the lines that stay are listed. Decision traces stay, too: they were made.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from domain.event import EventKind
from domain.importing.batch import Done, Step
from domain.importing.effect import Effect
from domain.importing.row import Verdict
from domain.kpi.completeness import known_fields
from domain.profile import Profile
from store.candidates import forget, keep, lock_out_leads
from store.database import Database
from store.identification import Subject
from store.identity_index import let_go
from store.import_loading import AT_ONCE, LOADED, TOLD
from store.journal import record_event
from store.outbox import ONE_AT_A_TIME
from store.rows import add, table_of
from store.tables import (
    ChangeRow,
    CustomerRow,
    EventRemovalRow,
    EventRow,
    FollowUpRow,
    IdentityKeyRow,
    ImportLineRow,
    ImportRow,
    KpiFactRow,
    LeadRow,
)

UNDONE, LEFT = "undone", "left"
"""The states of a line afterwards: taken back, or left because somebody has worked with the customer since."""


@dataclass(frozen=True)
class Undone:
    """What a step took back, and which customers' workflows have nobody to watch any more."""

    done: Done
    unwatched: tuple[str, ...]


class Undoing:
    """Takes imports back. One per process; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def undo_some(self, step: Step) -> Undone:
        """Take back the last lines that were loaded, in one transaction: first filled gaps, then new customers.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        with self._database.write() as session:
            # No case is opened about a customer that is being removed.
            self._database.lock(session, ONE_AT_A_TIME)
            lock_out_leads(self._database, session)
            row = session.get_one(ImportRow, step.batch.import_id, with_for_update=True)
            lines = session.exec(
                select(ImportLineRow)
                .where(
                    ImportLineRow.import_id == row.id,
                    ImportLineRow.analysis == row.analysis,
                    col(ImportLineRow.state).in_((LOADED, TOLD)),
                )
                .order_by(col(ImportLineRow.verdict), col(ImportLineRow.line).desc())
                .limit(AT_ONCE)
            ).all()
            unwatched = [line.customer_id for line in lines if self._undo(session, line, step.at) and line.customer_id]
            done = row.progress.get("done", 0) + len(lines)
            row.progress = {"phase": "undoing", "done": done, "total": None}
            return Undone(Done(count=len(lines), finished=len(lines) < AT_ONCE), tuple(unwatched))

    def _undo(self, session: Session, line: ImportLineRow, at: datetime) -> bool:
        """Take one line back; whether that leaves a workflow without its customer."""
        effect = Effect.model_validate(line.effect)
        customer = session.get(CustomerRow, line.customer_id, with_for_update=True)
        line.state = LEFT
        if customer is None or Profile.model_validate(customer.profile) != effect.after:
            return False
        if line.verdict == Verdict.KNOWN:
            if effect.before is not None:
                _empty_gaps(session, customer, effect, effect.before, at)
            line.state = UNDONE
            return False
        if customer.seq != effect.seq or _worked_with(session, customer.id, line.import_id):
            return False
        _remove(session, customer.id, effect.after, line.import_id, at)
        line.state = UNDONE
        return effect.watch


def _worked_with(session: Session, customer_id: str, import_id: str) -> bool:
    """Whether anything but this import has had to do with a customer."""
    changes = session.exec(select(ChangeRow.result).where(ChangeRow.customer_id == customer_id))
    if any(result["event"] for result in changes):  # another try out of a queue that changed nothing is no work
        return True
    traces = (
        select(FollowUpRow.id).where(FollowUpRow.customer_id == customer_id),
        select(CustomerRow.id).where(CustomerRow.referrer_id == customer_id),
        select(LeadRow.id).where(
            LeadRow.customer_id == customer_id, ~col(LeadRow.fingerprint).startswith(f"{import_id}.")
        ),
    )
    if any(session.exec(trace.limit(1)).first() is not None for trace in traces):
        return True
    # Touches, collisions, requests: whatever has happened to it that no row of the file has brought about.
    events = session.exec(select(EventRow.id).where(EventRow.customer_id == customer_id))
    leads = set(session.exec(select(LeadRow.id).where(LeadRow.customer_id == customer_id)))
    return any(event_id.partition(":")[0] not in leads for event_id in events)


def _remove(session: Session, customer_id: str, profile: Profile, import_id: str, at: datetime) -> None:
    forget(session, customer_id, Subject.of(profile).blocking, waiting=False)
    let_go(session, customer_id)
    connection = session.connection()
    whose = {"customer_id": customer_id, "cause": import_id, "at": at, "recorded_at": datetime.now(UTC)}
    for event_id in session.exec(select(EventRow.id).where(EventRow.customer_id == customer_id)).all():
        add(session, EventRemovalRow, {"event_id": event_id, **whose})
    for model in (LeadRow, EventRow, KpiFactRow):
        connection.execute(delete(table_of(model)).where(table_of(model).c.customer_id == customer_id))
    session.delete(session.get_one(CustomerRow, customer_id))


def _empty_gaps(session: Session, customer: CustomerRow, effect: Effect, before: Profile, at: datetime) -> None:
    _take_keys(session, customer.id, effect.keys)
    if before == effect.after:
        return
    customer.profile = before.model_dump(mode="json")
    customer.name = before.name
    customer.industry = before.industry
    customer.version += 1
    customer.updated_at = at
    subject = Subject.of(before)
    keep(session, customer.id, subject.record, subject.blocking)
    record_event(
        session,
        id=f"{effect.lead_id}:{EventKind.PROFILE_CHANGED}",
        customer_id=customer.id,
        kind=EventKind.PROFILE_CHANGED,
        at=at,
        actor="system",
        decision_id=effect.decision_id,
        data={"lead_id": effect.lead_id, "known": known_fields(before)},
    )
    session.flush()


def _take_keys(session: Session, holder: str, keys: Collection[tuple[str, str]]) -> None:
    held = table_of(IdentityKeyRow)
    if keys:
        pairs = tuple_(held.c.kind, held.c.value).in_([tuple(key) for key in keys])
        session.connection().execute(delete(held).where(held.c.holder == holder, pairs))
