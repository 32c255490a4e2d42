"""Queries of the read model: leads, customers, their timeline and their decisions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.answer import Answer, Settlement
from domain.identity import Outcome
from domain.ownership import Owner, Ownership, Place
from domain.profile import Profile
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.lineage import absorbed_by, family, live_id, live_ids
from store.rows import table_of
from store.tables import CustomerRow, DecisionRow, EventRow, LeadAskedRow, LeadEventRow, LeadRow, RepRow
from store.visibility import Reach, Viewer, Visibility, customers_within, leads_within


@dataclass(frozen=True)
class KnownLead:
    """A lead with its answer as it would be given now: under the customer's present owner."""

    fingerprint: str
    answer: Answer
    received_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class CustomerFilter:
    """What a list of customers is narrowed to; None means any."""

    owner_id: str | None = None
    queue: str | None = None
    place: Place | None = None
    region: str | None = None
    customer_type: str | None = None


@dataclass(frozen=True)
class LeadFilter:
    """What a list of leads is narrowed to; None means any."""

    outcome: Outcome | None = None
    source: str | None = None
    customer_id: str | None = None
    asked: str | None = None
    """A rep who is asked about it now."""


_lead = table_of(LeadRow).c
_KNOWN = select_columns(_lead.id).where(_lead.id == bindparam("lead_id"))


class Reading:
    """Reads with somebody's eyes; never writes. Safe to share between threads."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        """Read as ``viewer``: what they may not see is not there, and of a list they get the part that is theirs."""
        self._database = database
        self._viewer = viewer

    def lead(self, lead_id: str) -> KnownLead | None:
        """A lead with its answer, or None while it is unknown here."""
        with self._database.read() as session:
            # Nearly every lead that is asked for here is new: without the ORM that is known at half the price.
            if session.connection().execute(_KNOWN, {"lead_id": lead_id}).first() is None:
                return None
            row = session.exec(self._leads(Reach.SIGHT).where(LeadRow.id == lead_id)).first()
            if row is None:
                return None
            answer = _of_today(session, row)
            customer = session.get(CustomerRow, answer.customer_id) if answer.customer_id else None
            if customer is not None:
                owner = session.get(RepRow, customer.owner_id) if customer.owner_id else None
                answer = answer.under(Ownership.model_validate(customer.ownership), named(owner))
            return KnownLead(row.fingerprint, answer, row.received_at, row.settled_at)

    def leads(
        self, only: LeadFilter, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[str, datetime, datetime | None, Answer]]:
        """A page of leads (id, received, settled, the answer given), newest first, and one more when there are more."""
        apart = ("asked", "customer_id")
        wanted = {name: value for name, value in vars(only).items() if value is not None and name not in apart}
        statement = self._leads(Reach.SIGHT).filter_by(**wanted)
        if only.asked is not None:
            asked = select(LeadAskedRow.lead_id).where(LeadAskedRow.rep_id == only.asked)
            statement = statement.where(col(LeadRow.id).in_(asked))
        by = (col(LeadRow.received_at), col(LeadRow.id))
        with self._database.read() as session:
            if only.customer_id is not None:
                theirs = family(session, live_id(session, only.customer_id))
                statement = statement.where(col(LeadRow.customer_id).in_(theirs))
            rows = session.exec(page_of(statement, by, after, limit, descending=True)).all()
            return [(row.id, row.received_at, row.settled_at, _of_today(session, row)) for row in rows]

    def lead_timeline(self, lead_id: str, after: int | None, limit: int) -> Sequence[LeadEventRow]:
        """A page of what happened to a lead, in the order of recording, and one more when there are more.

        Raises:
            NotFound: when there is no such lead.
        """
        statement = select(LeadEventRow).where(LeadEventRow.lead_id == lead_id)
        by = (col(LeadEventRow.position),)
        with self._database.read() as session:
            if session.exec(self._leads(Reach.FULL).where(LeadRow.id == lead_id)).first() is None:
                raise NotFound
            return session.exec(page_of(statement, by, None if after is None else (after,), limit)).all()

    def customer(self, customer_id: str) -> tuple[CustomerRow, Owner | None]:
        """A customer with its owner; for one that was merged, the customer that stands for it.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.exec(
                self._customers(Reach.SIGHT).where(CustomerRow.id == live_id(session, customer_id))
            ).first()
            if row is None:
                raise NotFound
            owner = session.get(RepRow, row.owner_id) if row.owner_id else None
            return row, named(owner)

    def customers(
        self, only: CustomerFilter, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[CustomerRow, Owner | None]]:
        """A page of customers, newest first, and one more when there are more."""
        wanted = {name: value for name, value in vars(only).items() if value is not None}
        statement = self._customers(Reach.SIGHT).filter_by(**wanted).where(col(CustomerRow.merged_into).is_(None))
        by = (col(CustomerRow.created_at), col(CustomerRow.id))
        with self._database.read() as session:
            rows = session.exec(page_of(statement, by, after, limit, descending=True)).all()
            owners = {row.owner_id for row in rows if row.owner_id}
            reps = {rep.id: rep for rep in session.exec(select(RepRow).where(col(RepRow.id).in_(owners)))}
        return [(row, named(reps.get(row.owner_id or ""))) for row in rows]

    def timeline(self, customer_id: str, after: int | None, limit: int) -> Sequence[EventRow]:
        """A page of what happened to a customer and to those whom it stands for, in the order of recording.

        There is one more when there are more.

        Raises:
            NotFound: when there is no such customer.
        """
        by = (col(EventRow.position),)
        with self._database.read() as session:
            live = live_id(session, customer_id)
            if session.exec(self._customers(Reach.FULL).where(CustomerRow.id == live)).first() is None:
                raise NotFound
            theirs = family(session, live)
            statement = select(EventRow).where(col(EventRow.customer_id).in_(theirs))
            return session.exec(page_of(statement, by, None if after is None else (after,), limit)).all()

    def merged_from(self, customer_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """For each of these customers the ids that lead to it, because it absorbed them."""
        with self._database.read() as session:
            return absorbed_by(session, customer_ids)

    def decision(self, decision_id: str) -> DecisionRow:
        """A stored decision trace.

        Raises:
            NotFound: when there is none.
        """
        if (Visibility(self._database, self._viewer).decision(decision_id) or Reach.NOTHING) < Reach.FULL:
            raise NotFound
        with self._database.read() as session:
            return session.get_one(DecisionRow, decision_id)

    def _leads(self, reach: Reach) -> SelectOfScalar[LeadRow]:
        return select(LeadRow).where(leads_within(self._viewer, reach))

    def _customers(self, reach: Reach) -> SelectOfScalar[CustomerRow]:
        return select(CustomerRow).where(customers_within(self._viewer, reach))


def _of_today(session: Session, row: LeadRow) -> Answer:
    """The answer that was given, with customers that were merged meanwhile under their survivors' ids."""
    answer = Settlement.model_validate(row.settlement).answer
    named = {row.customer_id} if row.customer_id else {candidate.id for candidate in answer.candidates}
    live = live_ids(session, named) if named else {}
    best = {live.get(candidate.id, candidate.id): candidate for candidate in reversed(answer.candidates)}
    candidates = [candidate.model_copy(update={"id": id_}) for id_, candidate in reversed(best.items())]
    customer_id = live.get(row.customer_id, row.customer_id) if row.customer_id else None
    return answer.model_copy(update={"customer_id": customer_id, "candidates": tuple(candidates)})


def named(rep: RepRow | None) -> Owner | None:
    """A rep as others see them."""
    return Owner(id=rep.id, name=rep.name) if rep else None


def profile_in(row: CustomerRow) -> Profile:
    """The profile that a row holds."""
    return Profile.model_validate(row.profile)
