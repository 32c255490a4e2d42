"""What people were told: lists, counts, what they have read, and what is new for whoever listens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from store.database import Database
from store.keyset import page_of
from store.lineage import live_ids
from store.tables import CustomerRow, NotificationRow, RepRow
from store.visibility import Reach, Viewer, customers_within


@dataclass(frozen=True)
class Only:
    """What a list is narrowed to."""

    unread: bool = False
    urgent: bool = False
    kinds: frozenset[str] = frozenset()
    """Any, when there are none."""


@dataclass(frozen=True)
class Names:
    """The names behind the ids of some notifications, as far as their reader may know them."""

    customers: dict[str, str]
    reps: dict[str, str]


class Notifications:
    """Reads, and marks as read; a person's own only. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, rep_id: str, only: Only, after: Sequence[str] | None, limit: int) -> list[NotificationRow]:
        """A person's notifications, the newest first, and one more than asked when there are more."""
        statement = select(NotificationRow).where(NotificationRow.rep_id == rep_id)
        if only.unread:
            statement = statement.where(col(NotificationRow.read_at).is_(None))
        if only.urgent:
            statement = statement.where(col(NotificationRow.urgent))
        if only.kinds:
            statement = statement.where(col(NotificationRow.kind).in_(only.kinds))
        key = None if after is None else [int(after[0])]
        with self._database.read() as session:
            rows = session.exec(page_of(statement, [col(NotificationRow.position)], key, limit, descending=True))
            return list(rows)

    def unread(self, rep_id: str) -> dict[tuple[str, bool], int]:
        """How many a person has not read, by kind and urgency."""
        counted = (
            select(NotificationRow.kind, NotificationRow.urgent, func.count())
            .where(NotificationRow.rep_id == rep_id, col(NotificationRow.read_at).is_(None))
            .group_by(col(NotificationRow.kind), col(NotificationRow.urgent))
        )
        with self._database.read() as session:
            return {(kind, urgent): count for kind, urgent, count in session.exec(counted)}

    def mark_read(self, rep_id: str, ids: Collection[str], up_to: int | None, at: datetime) -> int:
        """Mark a person's notifications as read: these, or all up to a position; how many were not before."""
        these = col(NotificationRow.id).in_(ids) if up_to is None else col(NotificationRow.position) <= up_to
        unread = (col(NotificationRow.rep_id) == rep_id, col(NotificationRow.read_at).is_(None))
        with self._database.write() as session:
            return (
                session.connection().execute(update(NotificationRow).where(*unread, these).values(read_at=at)).rowcount
            )

    def newest(self) -> int:
        """The position of the newest of all; 0 when there is none."""
        with self._database.read() as session:
            return session.exec(select(func.max(NotificationRow.position))).one() or 0

    def since(self, position: int, limit: int, rep_id: str | None = None) -> list[NotificationRow]:
        """The next notifications after a position, in order: everybody's, or one person's."""
        later = select(NotificationRow).where(col(NotificationRow.position) > position)
        if rep_id is not None:
            later = later.where(NotificationRow.rep_id == rep_id)
        with self._database.read() as session:
            return list(session.exec(later.order_by(col(NotificationRow.position)).limit(limit)))

    def names(self, rows: Sequence[NotificationRow], viewer: Viewer) -> Names:
        """The names that a viewer may know in these notifications."""
        if not rows:
            return Names({}, {})
        with self._database.read() as session:
            return names_within(session, rows, viewer)


def names_within(session: Session, rows: Sequence[NotificationRow], viewer: Viewer) -> Names:
    """The same in a session of the caller's. A customer whom the viewer does not see in full has no name here."""
    about = {row.customer_id for row in rows if row.customer_id}
    merged = live_ids(session, about)
    live = {customer_id: merged.get(customer_id, customer_id) for customer_id in about}
    seen = select(CustomerRow.id, CustomerRow.name).where(
        col(CustomerRow.id).in_(set(live.values())), customers_within(viewer, Reach.FULL)
    )
    customers = {id_: name for id_, name in session.exec(seen) if name}
    people = {str(value) for row in rows for name, value in row.facts.items() if name in _REPS}
    reps = select(RepRow.id, RepRow.name).where(col(RepRow.id).in_(people))
    return Names(
        customers={customer_id: customers[to] for customer_id, to in live.items() if to in customers},
        reps=dict(session.exec(reps).all()),
    )


_REPS = frozenset({"owner_id", "previous_owner_id", "rep_id", "by"})
"""The facts that name a rep."""
