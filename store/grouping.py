"""Who owns customers of the same group: the parent company of a branch, and those who share a domain."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Session

from domain.identity import Key
from domain.lead import Company
from domain.normalise.company import parse_company
from domain.ownership import Ownership
from domain.policy import KeyKind
from store.identity_index import holders_of
from store.rows import table_of
from store.tables import CustomerRow

_customer = table_of(CustomerRow).c
_OWNERSHIPS = select(_customer.ownership).where(_customer.id.in_(bindparam("ids", expanding=True)))


def group_owners(session: Session, company: Company | None, keys: Sequence[Key], *, but: str = "") -> tuple[str, ...]:
    """The owners of customers of the same group, those of the longest standing first, then their previous owners.

    Args:
        session: the transaction.
        company: the customer's company.
        keys: its exact keys.
        but: the customer itself, once it holds its keys.
    """
    group = group_members(session, company, keys, but=but)
    owners = [one.owner_id for one in group] + [one.previous_owner_id for one in group]
    return tuple(dict.fromkeys(owner for owner in owners if owner is not None))


def group_members(session: Session, company: Company | None, keys: Sequence[Key], *, but: str = "") -> list[Ownership]:
    """Customers of the same group as they stand, those of the longest standing first; arguments as above."""
    shared = [key for key in keys if key.kind is KeyKind.DOMAIN]
    parsed = parse_company(company.name) if company and company.name else None
    if parsed and parsed.branch and parsed.normal.endswith(parsed.branch):
        shared.append(Key(kind=KeyKind.NAME, value=parsed.normal.removesuffix(parsed.branch).strip()))
    holders, waiting = holders_of(session, shared, but=but)
    ids = sorted(set(holders) - waiting)
    rows = session.connection().execute(_OWNERSHIPS, {"ids": ids}).scalars() if ids else ()
    return sorted((Ownership.model_validate(row) for row in rows), key=lambda one: (one.since, one.customer_id))
