"""A customer's row and what is written into it."""

from sqlmodel import Session

from domain.change import Refused
from domain.ownership import Ownership
from domain.profile import Profile
from store.tables import CustomerRow


def customer_row(session: Session, customer_id: str, *, lock: bool = False) -> CustomerRow:
    """The row of a customer, merged or not; locked, nobody else changes it until the transaction ends.

    Raises:
        Refused: ``unknown_customer``.
    """
    customer = session.get(CustomerRow, customer_id, with_for_update=lock)
    if customer is None:
        raise Refused("unknown_customer")
    return customer


def set_ownership(customer: CustomerRow, ownership: Ownership) -> None:
    """Write an ownership; only for the customer's own workflow (invariant single_writer)."""
    customer.customer_type = ownership.customer_type
    customer.region = ownership.region
    customer.place = ownership.place
    customer.owner_id = ownership.owner_id
    customer.queue = ownership.queue
    customer.claimed_from = ownership.claimed_from
    customer.merged_into = ownership.merged_into
    customer.seq = ownership.seq
    customer.ownership = ownership.model_dump(mode="json")


def after_both(one: CustomerRow, other: CustomerRow) -> None:
    """Have the next version of either follow those of both: no ETag that either's address gave comes again."""
    one.version = other.version = max(one.version, other.version)


def set_profile(customer: CustomerRow, profile: Profile) -> None:
    """Write a profile as a new version."""
    customer.profile = profile.model_dump(mode="json")
    customer.name = profile.name
    customer.industry = profile.industry
    customer.version += 1
