"""Where a customer was before an event and after it: with whom, or in which queue."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, col, select

from store.tables import EventRow

_PLACE = ("owner_id", "queue")


def place_in(data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The place that an event tells of; None for one that tells of none, though it may name the owner."""
    return {name: data[name] for name in _PLACE} if data and data.keys() >= {*_PLACE} else None


def places_before(session: Session, event_ids: Collection[str]) -> dict[str, dict[str, Any] | None]:
    """For those of these events that tell of a place: the one before; None for a customer's first."""
    wanted = select(EventRow.customer_id).where(col(EventRow.id).in_(event_ids))
    told = select(EventRow.id, EventRow.customer_id, EventRow.data).where(col(EventRow.customer_id).in_(wanted))
    here: dict[str, dict[str, Any] | None] = {}
    before: dict[str, dict[str, Any] | None] = {}
    for event_id, customer_id, data in session.exec(told.order_by(col(EventRow.position))):
        place = place_in(data)
        if place is not None:
            before[event_id] = here.get(customer_id)
            here[customer_id] = place
    return {event_id: before[event_id] for event_id in event_ids if event_id in before}
