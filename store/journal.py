"""What happened and why: events and decision traces, each written once."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from domain.event import EventKind
from store.rows import add
from store.tables import DecisionRow, EventRow


def record_event(
    session: Session,
    *,
    id: str,  # noqa: A002 - the column's name
    customer_id: str,
    kind: EventKind,
    at: datetime,
    actor: str,
    decision_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Add one event to a customer's timeline. ``at`` is the workflow's time; the database's own is kept beside it."""
    add(
        session,
        EventRow,
        {
            "id": id,
            "customer_id": customer_id,
            "kind": kind,
            "at": at,
            "recorded_at": datetime.now(UTC),
            "actor": actor,
            "decision_id": decision_id,
            "data": data or {},
        },
    )


def record_decision(
    session: Session,
    *,
    id: str,  # noqa: A002 - the column's name
    kind: str,
    policy_version: str,
    at: datetime,
    trace: dict[str, Any],
    customer_id: str | None = None,
    lead_id: str | None = None,
) -> str:
    """Store a decision trace (invariant explained) and return its id."""
    add(
        session,
        DecisionRow,
        {
            "id": id,
            "kind": kind,
            "customer_id": customer_id,
            "lead_id": lead_id,
            "policy_version": policy_version,
            "at": at,
            "trace": trace,
        },
    )
    return id
