"""Who stands for whom: a merged customer's id leads to its survivor for ever."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlmodel import Session

from store.rows import table_of
from store.tables import CustomerRow

_customer = table_of(CustomerRow).c
_INTO = select(_customer.merged_into).where(_customer.id == bindparam("customer_id"))
_MERGED = select(_customer.id, _customer.merged_into).where(
    _customer.id.in_(bindparam("ids", expanding=True)), _customer.merged_into.is_not(None)
)
_ABSORBED = (
    select(_customer.id, _customer.merged_into)
    .where(_customer.merged_into.in_(bindparam("ids", expanding=True)))
    .order_by(_customer.id)
)


def live_id(session: Session, customer_id: str) -> str:
    """The id of the customer that stands for this one: its own, or the last survivor's of its merges."""
    into: str | None = session.connection().scalar(_INTO, {"customer_id": customer_id})
    return customer_id if into is None else live_id(session, into)


def locked_live(session: Session, customer_id: str) -> CustomerRow:
    """The row of the customer that stands for this one, and goes on doing so until the transaction ends."""
    row = session.get_one(CustomerRow, customer_id, with_for_update=True)
    return row if row.merged_into is None else locked_live(session, row.merged_into)


def live_ids(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    """For those of these ids that were merged: who stands for them."""
    rows = session.connection().execute(_MERGED, {"ids": list(customer_ids)})
    return {row.id: live_id(session, row.merged_into) for row in rows}


def absorbed_by(session: Session, customer_ids: Iterable[str]) -> dict[str, list[str]]:
    """For each of these customers all whom it stands for, directly or through others."""
    roots = {customer_id: customer_id for customer_id in customer_ids}
    found: dict[str, list[str]] = defaultdict(list)
    level = list(roots)
    while level:
        rows = session.connection().execute(_ABSORBED, {"ids": level}).all()
        for row in rows:
            roots[row.id] = roots[row.merged_into]
            found[roots[row.id]].append(row.id)
        level = [row.id for row in rows]
    return found


def family(session: Session, customer_id: str) -> list[str]:
    """The id of a customer with those whom it stands for."""
    return [customer_id, *absorbed_by(session, [customer_id])[customer_id]]
