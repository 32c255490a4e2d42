"""The deliveries that wait: taken by one process at a time, and how each attempt went.

A process that takes a delivery has it for ``LEASE``; when it dies, another one delivers it again. Whoever receives it
can tell by its id, which never changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select

from domain.delivery import (
    Attempt,
    Channel,
    Health,
    Result,
    State,
    health_after,
    is_back,
    is_dead,
    verdict,
)
from logs import log
from store.database import Database
from store.disabling import Why, disable
from store.rows import add
from store.tables import DeliveryAttemptRow, DeliveryRow, WebhookRow

LEASE = timedelta(seconds=60)
"""Longer than any attempt takes."""

AT_ONCE = {Channel.EMAIL: 4, Channel.CHAT: 8, Channel.WEBHOOK: 8}
"""So many attempts at a time by all processes together: by e-mail, to chat tools, to one webhook's endpoint."""


# Made once: SQLAlchemy would compile statements with new aliases anew.
_EARLIER, _BUSY = aliased(DeliveryRow), aliased(DeliveryRow)
_WAITS = exists().where(
    col(_EARLIER.line) == DeliveryRow.line,
    col(_EARLIER.state) == State.PENDING,
    col(_EARLIER.position) < DeliveryRow.position,
)


@dataclass(frozen=True)
class Lane:
    """Deliveries of which only so many are under way at a time, so that no receiver keeps the others waiting."""

    channel: Channel
    target: str | None = None
    """A webhook's endpoint; none: all the people of a channel, each of whom gets one message at a time."""


class Deliveries:
    """Takes deliveries and writes down how they went. Safe to share between threads."""

    def __init__(self, database: Database, jitter: Callable[[], float] = random) -> None:
        """Work on a database; ``jitter`` gives numbers from 0 to 1."""
        self._database = database
        self._jitter = jitter

    def take(self, now: datetime) -> list[DeliveryRow]:
        """Some deliveries whose time has come, for this process to deliver within ``LEASE``; the oldest first.

        Of those in one line only the oldest is taken, so that a later one waits for an earlier.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; then nothing was taken.
        """
        with self._database.read() as session:
            due = [position for lane in _lanes(session, now) for position in _due(session, lane, now)]
        if not due:
            return []
        with self._database.write() as session:
            free = select(DeliveryRow).where(col(DeliveryRow.position).in_(due), _free(now))
            rows = session.exec(free.order_by(col(DeliveryRow.position)).with_for_update(skip_locked=True)).all()
            for row in rows:
                row.leased_until = now + LEASE
            session.flush()
            session.expunge_all()
            return list(rows)

    def settle(self, done: Mapping[int, Attempt]) -> None:
        """Write down how attempts went, by the deliveries' positions, and what comes of them.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; then nothing was written.
        """
        with self._database.write() as session:
            # Endpoints before their deliveries and all in one order, as everywhere, so that nobody waits in a circle.
            targets = session.exec(select(DeliveryRow.target).where(col(DeliveryRow.position).in_(done))).all()
            wanted = select(WebhookRow).where(col(WebhookRow.id).in_(targets)).order_by(WebhookRow.id)
            endpoints = {it.id: it for it in session.exec(wanted.with_for_update()).all()}
            rows = select(DeliveryRow).where(col(DeliveryRow.position).in_(done)).order_by(col(DeliveryRow.position))
            for row in session.exec(rows.with_for_update()).all():
                attempt = done[row.position or 0]
                self._settle(session, row, attempt)
                if endpoint := endpoints.get(row.target):
                    _judge(session, endpoint, attempt)

    def _settle(self, session: Session, row: DeliveryRow, attempt: Attempt) -> None:
        _log(session, row.id, attempt)
        if row.state != State.PENDING and attempt.result is not Result.DELIVERED:
            return  # another process delivered it, or it was parked meanwhile
        after = verdict(attempt, row.attempts + 1, self._jitter())
        row.attempts, row.state, row.next_at = row.attempts + 1, after.state, after.next_at
        row.last_error, row.leased_until = attempt.error, None
        if after.state is State.DELIVERED:
            row.delivered_at = attempt.at
        if after.state is State.FAILED:
            log.warning("delivery_failed", delivery=row.id, channel=row.channel, error=attempt.error)
        session.flush()


def _lanes(session: Session, now: datetime) -> Iterable[Lane]:
    """Where deliveries may go now: those that are off or rest are left out."""
    rested = or_(col(WebhookRow.paused_until).is_(None), col(WebhookRow.paused_until) <= now)
    open_ = session.exec(select(WebhookRow.id).where(col(WebhookRow.enabled), rested).order_by(WebhookRow.id)).all()
    return [Lane(Channel.EMAIL), Lane(Channel.CHAT), *(Lane(Channel.WEBHOOK, endpoint) for endpoint in open_)]


def _due(session: Session, lane: Lane, now: datetime) -> Sequence[int | None]:
    """The oldest deliveries of a lane whose time has come, as many as there is room for."""
    room = AT_ONCE[lane.channel] - _under_way(session, lane, now)
    if room <= 0:
        return []
    due = (_of(lane), _free(now), col(DeliveryRow.next_at) <= now, ~_WAITS)
    oldest = select(DeliveryRow.position, DeliveryRow.target).where(*due).order_by(col(DeliveryRow.position))
    if lane.target is not None:
        return [position for position, _ in session.exec(oldest.limit(room))]
    has_one = exists().where(
        col(_BUSY.channel) == lane.channel, col(_BUSY.target) == DeliveryRow.target, col(_BUSY.leased_until) > now
    )
    firsts: dict[str, int | None] = {}
    for position, target in session.exec(oldest.where(~has_one).limit(room * 10)):
        firsts.setdefault(target, position)
    return [*firsts.values()][:room]


def _under_way(session: Session, lane: Lane, now: datetime) -> int:
    """How many attempts are under way, whatever has become of the deliveries meanwhile: the state is not asked for, so
    that it is counted by the index of leases, however many wait."""
    mine = [col(DeliveryRow.channel) == lane.channel, col(DeliveryRow.leased_until) > now]
    if lane.target is not None:
        mine.append(col(DeliveryRow.target) == lane.target)
    return session.exec(select(func.count()).where(*mine)).one()


def _of(lane: Lane) -> ColumnElement[bool]:
    waiting = and_(col(DeliveryRow.state) == State.PENDING, col(DeliveryRow.channel) == lane.channel)
    return waiting if lane.target is None else and_(waiting, col(DeliveryRow.target) == lane.target)


def _free(now: datetime) -> ColumnElement[bool]:
    leased = col(DeliveryRow.leased_until)
    return and_(col(DeliveryRow.state) == State.PENDING, or_(leased.is_(None), leased <= now))


def _log(session: Session, delivery_id: str, attempt: Attempt) -> None:
    took_ms = round(attempt.took.total_seconds() * 1000)
    facts = {"at": attempt.at, "took_ms": took_ms, "status": attempt.status, "error": attempt.error}
    add(session, DeliveryAttemptRow, {"delivery_id": delivery_id, **facts})


def _judge(session: Session, endpoint: WebhookRow, attempt: Attempt) -> None:
    """How the endpoint does after an attempt: it rests, is turned off, or what waits for it goes on at once."""
    before = Health(endpoint.failing_since, endpoint.paused_until)
    after = health_after(attempt, before)
    endpoint.failing_since, endpoint.paused_until = after.failing_since, after.paused_until
    if not endpoint.enabled:
        return
    if attempt.result is Result.GONE:
        disable(session, endpoint, Why.GONE, attempt.at)
    elif attempt.result is Result.AGAIN and is_dead(after, attempt.at):
        disable(session, endpoint, Why.FAILING, attempt.at)
    elif is_back(before, after, attempt.at):
        waiting = and_(_of(Lane(Channel.WEBHOOK, endpoint.id)), col(DeliveryRow.next_at) > attempt.at)
        session.connection().execute(update(DeliveryRow).where(waiting).values(next_at=attempt.at))
