"""What was delivered to whom and how it went; having it delivered again; how much waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, update
from sqlmodel import Session, col, delete, func, select

from domain.delivery import State
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.tables import DeliveryAttemptRow, DeliveryRow, WebhookRow

KEEP = timedelta(days=30)
"""So long what is over is remembered, and what is parked can be delivered after all."""

FORGOTTEN_AT_ONCE = 500


class EndpointOff(ValueError):
    """Nothing is delivered to an endpoint that is turned off."""


@dataclass(frozen=True)
class Backlog:
    """What of one channel waits to be delivered."""

    channel: str
    waiting: int
    oldest: datetime | None
    """When the oldest was written."""


class DeliveryLog:
    """Reads the deliveries to webhooks' endpoints and has them made again. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, endpoint_id: str, state: State | None, after: Sequence[int] | None, limit: int
    ) -> Sequence[DeliveryRow]:
        """An endpoint's deliveries, the newest first, and one more than asked when there are more.

        Raises:
            NotFound: when there is no such endpoint.
        """
        with self._database.read() as session:
            if session.get(WebhookRow, endpoint_id) is None:
                raise NotFound
            rows = select(DeliveryRow).where(DeliveryRow.target == endpoint_id)
            if state is not None:
                rows = rows.where(DeliveryRow.state == state)
            return session.exec(page_of(rows, (col(DeliveryRow.position),), after, limit, descending=True)).all()

    def get(self, endpoint_id: str, delivery_id: str) -> tuple[DeliveryRow, Sequence[DeliveryAttemptRow]]:
        """A delivery with its attempts, the first one first.

        Raises:
            NotFound: when there is none to this endpoint.
        """
        with self._database.read() as session:
            row = _delivery(session, endpoint_id, delivery_id)
            of_it = select(DeliveryAttemptRow).where(DeliveryAttemptRow.delivery_id == delivery_id)
            return row, session.exec(of_it.order_by(col(DeliveryAttemptRow.position))).all()

    def replay(self, endpoint_id: str, delivery_id: str, at: datetime) -> DeliveryRow:
        """Have something delivered again, with its id and a schedule of its own.

        Raises:
            NotFound: when there is no such delivery to this endpoint.
            EndpointOff: when the endpoint is turned off.
        """
        with self._database.write() as session:
            _open(session, endpoint_id)
            row = _delivery(session, endpoint_id, delivery_id)
            session.connection().execute(_again(col(DeliveryRow.id) == delivery_id, at))
            session.refresh(row)
            session.expunge(row)
            return row

    def replay_since(self, endpoint_id: str, since: datetime, at: datetime, *, delivered: bool) -> int:
        """Have everything delivered again that was given up or parked, or ``delivered`` too; how many there are.

        Raises:
            NotFound: when there is no such endpoint.
            EndpointOff: when it is turned off.
        """
        with self._database.write() as session:
            _open(session, endpoint_id)
            states = [State.FAILED, State.PARKED, *([State.DELIVERED] if delivered else [])]
            these = (col(DeliveryRow.target) == endpoint_id) & (col(DeliveryRow.created_at) >= since)
            return session.connection().execute(_again(these & col(DeliveryRow.state).in_(states), at)).rowcount

    def ping(self, row: DeliveryRow) -> DeliveryRow:
        """Put a delivery down that only tries the endpoint.

        Raises:
            NotFound: when there is no such endpoint.
            EndpointOff: when it is turned off.
        """
        with self._database.write() as session:
            _open(session, row.target)
            session.add(row)
            session.flush()
            session.expunge(row)
        return row

    def forget(self, before: datetime) -> int:
        """Remove some of what was over before an instant, with its attempts; how many deliveries there were.

        At most ``FORGOTTEN_AT_ONCE``, so that nobody waits long for the database; ask again until there are none.
        """
        over = (col(DeliveryRow.state) != State.PENDING) & (col(DeliveryRow.created_at) < before)
        with self._database.write() as session:
            oldest = select(DeliveryRow.id).where(over).order_by(col(DeliveryRow.position)).limit(FORGOTTEN_AT_ONCE)
            ids = session.exec(oldest).all()
            connection = session.connection()
            connection.execute(delete(DeliveryAttemptRow).where(col(DeliveryAttemptRow.delivery_id).in_(ids)))
            return connection.execute(delete(DeliveryRow).where(col(DeliveryRow.id).in_(ids))).rowcount

    def backlog(self) -> list[Backlog]:
        """What waits, channel by channel."""
        counted = select(DeliveryRow.channel, func.count(), func.min(DeliveryRow.created_at))
        waiting = counted.where(DeliveryRow.state == State.PENDING).group_by(col(DeliveryRow.channel))
        with self._database.read() as session:
            return [Backlog(*row) for row in session.exec(waiting)]


def _again(these: ColumnElement[bool], at: datetime) -> Update:
    return update(DeliveryRow).where(these).values(state=State.PENDING, attempts=0, next_at=at)


def _open(session: Session, endpoint_id: str) -> None:
    endpoint = session.get(WebhookRow, endpoint_id, with_for_update={"read": True})
    if endpoint is None:
        raise NotFound
    if not endpoint.enabled:
        raise EndpointOff


def _delivery(session: Session, endpoint_id: str, delivery_id: str) -> DeliveryRow:
    of_it = select(DeliveryRow).where(DeliveryRow.id == delivery_id, DeliveryRow.target == endpoint_id)
    row = session.exec(of_it).first()
    if row is None:
        raise NotFound
    return row
