"""What happened and why: events and decision traces, each written once."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from domain.event import SYSTEM, EventKind
from domain.lead_event import LeadEvent, LeadEventKind
from domain.organisation_event import ORGANISATION, OrganisationEventKind
from store.rows import add
from store.tables import DecisionRow, EventRow, LeadEventRow, OrganisationEventRow, OutboxRow

CUSTOMER, LEAD = "customer", "lead"
"""The streams of events in the outbox: on whose timeline an event is."""

EVENTS: Mapping[str, type[EventRow | LeadEventRow | OrganisationEventRow]] = {
    CUSTOMER: EventRow,
    LEAD: LeadEventRow,
    ORGANISATION: OrganisationEventRow,
}
"""Where the events of each stream are kept."""


class Cause(NamedTuple):
    """What brought something about: its id, by which it is told once, and who did it."""

    id: str
    actor: str = SYSTEM


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
    add(session, OutboxRow, {"stream": CUSTOMER, "event_id": id})


def record_lead_events(
    session: Session, lead_id: str, happened: Iterable[LeadEvent], *, at: datetime, decision_id: str
) -> None:
    """Add to a lead's timeline what one decision brought about."""
    recorded_at = datetime.now(UTC)
    rows = [
        {
            "id": lead_event_id(lead_id, event.kind, event.cause or event.actor),
            "lead_id": lead_id,
            "kind": event.kind,
            "at": at,
            "recorded_at": recorded_at,
            "actor": event.actor,
            "decision_id": decision_id,
            "data": event.data,
        }
        for event in happened
    ]
    if rows:
        add(session, LeadEventRow, *rows)
        add(session, OutboxRow, *({"stream": LEAD, "event_id": row["id"]} for row in rows))


def lead_event_id(lead_id: str, kind: LeadEventKind, cause: str) -> str:
    """The id by which each kind happens to a lead once; each person may be unsure and each move hand it over, once."""
    repeats = kind in (LeadEventKind.UNSURE, LeadEventKind.HANDED_OVER)
    return f"{lead_id}:{kind}:{cause}" if repeats else f"{lead_id}:{kind}"


def record_organisation_events(
    session: Session, kind: OrganisationEventKind, happened: Mapping[str, dict[str, Any]], *, at: datetime, actor: str
) -> None:
    """Write what concerns the whole organisation.

    Args:
        session: the transaction.
        kind: what happened.
        happened: the data of each event, by its id.
        at: the workflow's time.
        actor: who did it.
    """
    common = {"kind": kind, "at": at, "recorded_at": datetime.now(UTC), "actor": actor}
    rows = [{**common, "id": event_id, "data": data} for event_id, data in happened.items()]
    if rows:
        add(session, OrganisationEventRow, *rows)
        add(session, OutboxRow, *({"stream": ORGANISATION, "event_id": row["id"]} for row in rows))


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
