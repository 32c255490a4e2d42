"""Touches: contacts with a customer that systems report, each written once with the event that tells of it."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from domain.event import SYSTEM, EventKind
from domain.touch import TouchKind
from store.journal import record_event
from store.lineage import locked_live
from store.rows import dialect_of, table_of
from store.tables import TouchRow


def record_touch(
    session: Session,
    *,
    id: str,  # noqa: A002 - the column's name
    customer_id: str,
    rep_id: str | None,
    kind: TouchKind,
    source: str,
    occurred_at: datetime,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> bool:
    """Write a contact with a customer and the event ``touch_logged``, whose id is ``{id}:touch_logged``.

    It changes nothing about the customer, and belongs to whoever stands for it. Detectors of collisions watch it.

    Args:
        session: the transaction.
        id: made of what is reported, so that a repeat changes nothing; nothing personal can be read from it.
        customer_id: the customer, merged or not.
        rep_id: whose contact it was; None where nobody of ours was in touch, as with a form.
        kind: how.
        source: the system that reports it.
        occurred_at: when it happened, as that system says.
        at: when it was reported.
        data: what else is known of it: ids, numbers and times, nothing personal.

    Returns:
        Whether it was new.

    Raises:
        sqlalchemy.exc.NoResultFound: when there is no such customer.
    """
    customer = locked_live(session, customer_id)
    row = {
        "id": id,
        "customer_id": customer.id,
        "rep_id": rep_id,
        "kind": TouchKind(kind),
        "source": source,
        "occurred_at": occurred_at,
        "recorded_at": datetime.now(UTC),
        "data": data or {},
    }
    if not _added(session, row):
        return False
    record_event(
        session,
        id=f"{id}:{EventKind.TOUCH_LOGGED}",
        customer_id=customer.id,
        kind=EventKind.TOUCH_LOGGED,
        at=at,
        actor=rep_id or SYSTEM,
        data={
            **(data or {}),
            "touch_id": id,
            "kind": row["kind"],
            "source": source,
            "rep_id": rep_id,
            "owner_id": customer.owner_id,
            "occurred_at": occurred_at.isoformat(),
        },
    )
    return True


def _added(session: Session, row: dict[str, Any]) -> bool:
    """Whether the row was written; another one with its id stays."""
    connection = session.connection()
    table = table_of(TouchRow)
    insert = dialect_of(connection.dialect.name).insert(table).on_conflict_do_nothing().returning(table.c.id)
    return connection.scalar(insert, row) is not None
