"""What waits, as numbers for operators: events, leads, approvals, cases, follow-up clocks. Numbers only, of nobody."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, func, select

from domain.approval.state import Status
from domain.identity import Outcome
from domain.ownership import Place
from store.database import Database
from store.delivery_log import DeliveryLog
from store.inbound import State
from store.journal import EVENTS
from store.tables import ApprovalRow, CollisionRow, CustomerRow, InboundReportRow, LeadRow, OutboxRow

SOON = timedelta(days=1)
_OPEN_APPROVALS = (Status.PENDING, Status.RETURNED, Status.APPROVED)


@dataclass(frozen=True)
class Queue:
    """What stands in one line."""

    waiting: int
    oldest_seconds: float
    """Since the oldest came; 0 where nothing waits."""


@dataclass(frozen=True)
class Waiting:
    """How much waits at one instant."""

    events: int
    """In the outbox."""
    oldest_event_seconds: float
    leads: int
    """In doubt, for a person's word."""
    approvals: int
    collisions: int
    """Cases that are not settled, risks among them."""
    customers: dict[str, int] = field(default_factory=dict)
    """By place; those that were merged left out."""
    clocks_overdue: int = 0
    """Follow-up clocks of which a stage is due and not done: the customer's workflow is late, or held."""
    clocks_due_soon: int = 0
    """Of which a stage falls due within a day."""
    deliveries: dict[str, Queue] = field(default_factory=dict)
    """By channel: messages that are not delivered and not given up; a channel of which nothing waits is left out."""
    reports: Queue = Queue(0, 0.0)
    """What systems have reported and nothing has come of yet; not what waits for a person."""


def waiting(database: Database) -> Waiting:
    """Count what waits. It reads every owned customer's clock, so not at every moment."""
    now = datetime.now(UTC)
    deliveries = {it.channel: Queue(it.waiting, _age(it.oldest, now)) for it in DeliveryLog(database).backlog()}
    with database.read() as session:
        events, oldest = outbox(session, now)
        places = session.exec(
            select(CustomerRow.place, func.count()).where(CustomerRow.place != Place.MERGED).group_by(CustomerRow.place)
        ).all()
        due = CustomerRow.ownership["clock"]["due"][0]["at"].as_string()
        owned = col(CustomerRow.place) == Place.OWNED
        return Waiting(
            events=events,
            oldest_event_seconds=oldest,
            leads=_count(session, LeadRow, col(LeadRow.outcome) == Outcome.NEEDS_CONFIRMATION),
            approvals=_count(session, ApprovalRow, col(ApprovalRow.status).in_(_OPEN_APPROVALS)),
            collisions=_count(session, CollisionRow, col(CollisionRow.settled_at).is_(None)),
            customers={str(place): number for place, number in places},
            clocks_overdue=_count(session, CustomerRow, owned, due <= _text(now)),
            clocks_due_soon=_count(session, CustomerRow, owned, due > _text(now), due <= _text(now + SOON)),
            deliveries=deliveries,
            reports=_reports(session, now),
        )


def _text(at: datetime) -> str:
    """As ownerships write instants, whose texts are in the order of time."""
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _count(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(model).where(*conditions)).one()


def outbox(session: Session, now: datetime) -> tuple[int, float]:
    """How many events wait to be passed on, and for how many seconds the oldest has."""
    oldest = session.exec(select(OutboxRow).order_by(col(OutboxRow.position)).limit(1)).first()
    if oldest is None:
        return 0, 0.0
    model = EVENTS[oldest.stream]
    recorded_at = session.exec(select(model.recorded_at).where(model.id == oldest.event_id)).first()
    return _count(session, OutboxRow), _age(recorded_at, now)


def _reports(session: Session, now: datetime) -> Queue:
    theirs = select(func.count(), func.min(InboundReportRow.received_at)).where(InboundReportRow.state == State.WAITING)
    number, oldest = session.exec(theirs).one()
    return Queue(number, _age(oldest, now))


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
