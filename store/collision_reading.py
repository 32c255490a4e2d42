"""Queries of collision cases: who is in them, whom they wait for, and everything that was done about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.collision_case.state import CaseState
from domain.event import EventKind
from store.collision_cases import state_in
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.lineage import live_id
from store.tables import (
    CollisionActRow,
    CollisionCustomerRow,
    CollisionPersonRow,
    CollisionRepRow,
    CollisionRow,
    CustomerRow,
    EventRow,
    SightingRow,
)
from store.visibility import Viewer, Visibility, collisions_within


@dataclass(frozen=True)
class CollisionFilter:
    """What a list of cases is narrowed to; None means any."""

    asked: str | None = None
    """A rep whose word is waited for now."""
    status: str | None = None
    risk: bool | None = None
    detector: str | None = None
    """The one that saw it first."""
    customer_id: str | None = None


@dataclass(frozen=True)
class Customer:
    """A customer of a case as a viewer may know it."""

    id: str
    name: str | None
    """None for who may know no more than that it exists."""
    owner_id: str | None


@dataclass(frozen=True)
class Found:
    """A case with what a viewer may know of its customers."""

    row: CollisionRow
    state: CaseState | None
    """None for a moment, until its workflow has begun it."""
    rep_ids: tuple[str, ...]
    customers: tuple[Customer, ...]

    @property
    def hidden(self) -> bool:
        """Whether the viewer may not see one of the customers."""
        return any(customer.name is None for customer in self.customers)


class CollisionReading:
    """Reads with somebody's eyes; never writes. Safe to share between threads."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database = database
        self._viewer = viewer

    def get(self, case_id: str) -> Found:
        """A case.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.get(CollisionRow, case_id)
            if row is None:
                raise NotFound
            return self._found(session, row)

    def page(self, only: CollisionFilter, after: Sequence[str] | None, limit: int) -> list[Found]:
        """A page of the cases that the viewer may see, newest first, and one more when there are more."""
        statement = select(CollisionRow).where(collisions_within(self._viewer))
        for column, wanted in ((CollisionRow.status, only.status), (CollisionRow.cause, only.detector)):
            if wanted is not None:
                statement = statement.where(col(column) == wanted)
        if only.risk is not None:
            statement = statement.where(col(CollisionRow.risk) == only.risk)
        if only.asked is not None:
            asked = select(CollisionPersonRow.case_id).where(CollisionPersonRow.rep_id == only.asked)
            statement = statement.where(col(CollisionRow.id).in_(asked))
        if only.customer_id is not None:
            about = select(CollisionCustomerRow.case_id).where(CollisionCustomerRow.customer_id == only.customer_id)
            statement = statement.where(col(CollisionRow.id).in_(about))
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        by = (col(CollisionRow.opened_at), col(CollisionRow.id))
        with self._database.read() as session:
            rows = session.exec(page_of(statement, by, last, limit, descending=True)).all()
            return [self._found(session, row) for row in rows]

    def timeline(
        self, case_id: str
    ) -> tuple[Sequence[SightingRow], Sequence[CollisionActRow], Mapping[str, Sequence[str]]]:
        """What was seen, and everything that was done or tried, each in its order; who was told of each sighting."""
        with self._database.read() as session:
            seen = session.exec(
                select(SightingRow)
                .where(SightingRow.case_id == case_id)
                .order_by(col(SightingRow.at), col(SightingRow.id))
            ).all()
            acts = session.exec(
                select(CollisionActRow)
                .where(CollisionActRow.case_id == case_id)
                .order_by(col(CollisionActRow.position))
            ).all()
            return seen, acts, _told(session, seen)

    def _found(self, session: Session, row: CollisionRow) -> Found:
        state = state_in(row)
        about = session.exec(
            select(CollisionCustomerRow.customer_id)
            .where(CollisionCustomerRow.case_id == row.id)
            .order_by(CollisionCustomerRow.customer_id)
        ).all()
        live = dict.fromkeys(live_id(session, id_) for id_ in about)
        reps = session.exec(
            select(CollisionRepRow.rep_id).where(CollisionRepRow.case_id == row.id).order_by(CollisionRepRow.rep_id)
        ).all()
        first = state.rep_ids if state else ()
        seen = Visibility(self._database, self._viewer).seen_of(list(live))
        customers = (session.get_one(CustomerRow, id_) for id_ in live)
        return Found(
            row=row,
            state=state,
            rep_ids=tuple(dict.fromkeys((*first, *reps))),
            customers=tuple(Customer(it.id, it.name if it.id in seen else None, it.owner_id) for it in customers),
        )


def _told(session: Session, seen: Sequence[SightingRow]) -> dict[str, list[str]]:
    """The reps who were told of each of these sightings, as its event says (``store.sightings``)."""
    kinds = (EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN)
    events = {f"{row.id}:{kind}:{row.customer_id}": row.id for row in seen for kind in kinds}
    found = session.exec(select(EventRow.id, EventRow.data).where(col(EventRow.id).in_(events)))
    return {events[event_id]: data["told"] for event_id, data in found}
