"""Legal holds: whose histories stay in the archive whatever their age."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from store.database import Database
from store.errors import NotFound
from store.lineage import family, live_id
from store.tables import ApprovalCustomerRow, CollisionCustomerRow, CustomerRow, LeadRow, LegalHoldRow


class LegalHolds:
    """Holds, and which workflows they are about. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, subject: str, reason: str, by: str, at: datetime) -> LegalHoldRow:
        """Keep a customer's or a workflow's histories until the hold is released.

        A customer's are its own workflow's, its leads', and those of the requests and cases about it.
        """
        row = LegalHoldRow(id=f"hold_{uuid4().hex}", subject=subject, reason=reason, held_by=by, held_at=at)
        with self._database.write() as session:
            session.add(LegalHoldRow(**row.model_dump()))
        return row

    def release(self, hold_id: str, by: str, at: datetime) -> None:
        """End a hold; one that ended already stays as it is.

        Raises:
            NotFound: when there is no such hold.
        """
        with self._database.write() as session:
            row = session.get(LegalHoldRow, hold_id)
            if row is None:
                raise NotFound
            if row.released_at is None:
                row.released_by, row.released_at = by, at

    def all(self) -> Sequence[LegalHoldRow]:
        """Every hold that there ever was, the latest first."""
        with self._database.read() as session:
            return session.exec(select(LegalHoldRow).order_by(col(LegalHoldRow.held_at).desc())).all()

    def held(self) -> set[str]:
        """The ids of all workflows whose histories must stay now."""
        in_force = select(LegalHoldRow.subject).where(col(LegalHoldRow.released_at).is_(None))
        with self._database.read() as session:
            subjects = set(session.exec(in_force))
            return subjects.union(*(_about(session, subject) for subject in subjects))


def _about(session: Session, subject: str) -> set[str]:
    """The workflows that are about a customer, and about those it was merged with; none when it is no customer."""
    if session.get(CustomerRow, subject) is None:
        return set()
    theirs = family(session, live_id(session, subject))
    return set(theirs).union(
        session.exec(select(LeadRow.id).where(col(LeadRow.customer_id).in_(theirs))),
        session.exec(select(ApprovalCustomerRow.approval_id).where(col(ApprovalCustomerRow.customer_id).in_(theirs))),
        session.exec(select(CollisionCustomerRow.case_id).where(col(CollisionCustomerRow.customer_id).in_(theirs))),
    )
