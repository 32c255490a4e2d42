"""What waits, as numbers for operators: events, leads, approvals, cases, follow-up clocks. Numbers only, of nobody."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, func, select

from domain.approval.state import Status
from domain.identity import Outcome
from domain.ownership import Place
from store.database import Database
from store.journal import CUSTOMER
from store.tables import ApprovalRow, CollisionRow, CustomerRow, EventRow, LeadEventRow, LeadRow, OutboxRow

SOON = timedelta(days=1)
_OPEN_APPROVALS = (Status.PENDING, Status.RETURNED, Status.APPROVED)


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


def waiting(database: Database) -> Waiting:
    """Count what waits. It reads every owned customer's clock: a second for a million, so not at every moment."""
    now = datetime.now(UTC)
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
    model = EventRow if oldest.stream == CUSTOMER else LeadEventRow
    recorded_at = session.exec(select(model.recorded_at).where(model.id == oldest.event_id)).first()
    age = (now - recorded_at).total_seconds() if recorded_at else 0.0
    return _count(session, OutboxRow), max(age, 0.0)
