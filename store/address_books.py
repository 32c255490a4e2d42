"""Address books: which of a rep's contacts are customers whom others own (invariant existence_not_content)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.identity import Outcome
from domain.ids import IdMaker
from domain.lead import Lead
from domain.ownership import Ownership
from domain.policy import Policy
from domain.profile import profile_of
from domain.touch import TouchKind
from store.checking import Contact, contacts_for
from store.database import Database
from store.directory import found
from store.identification import Subject, identified
from store.tables import CustomerRow, RepRow
from store.touches import record_touch

SOURCE = "address_book"


@dataclass(frozen=True)
class Synced:
    """What an address book came to: of its entries so many are customers, and so many of those are the rep's own."""

    entries: int
    customers: int
    own: int
    ask: tuple[Contact, ...]
    """Whom to ask about the others, in no order that tells which entry is whose."""


class AddressBooks:
    """Compares address books with the customers. Of what is nobody's nothing is kept. Safe to share between threads."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._database = database
        self._policy = policy
        self._ids = ids

    def sync(self, rep_id: str, entries: Sequence[Lead], at: datetime) -> Synced:
        """Record a touch for every customer that is found for certain and is not the rep's own; once for ever.

        Args:
            rep_id: whose address book it is.
            entries: its contacts, in the form of leads.
            at: when.

        Raises:
            NotFound: when there is no such rep.
        """
        with self._database.read() as session:
            found(session, RepRow, rep_id)
            certain = [self._customer(session, entry) for entry in entries]
            customers = _standing(session, [id_ for id_ in certain if id_])
            others = [id_ for id_, it in customers.items() if not _deals_with(it, rep_id, at)]
            contacts = contacts_for(session, others)
        with self._database.write() as session:
            for customer_id in others:
                record_touch(
                    session,
                    id=self._ids.make("touch", SOURCE, rep_id, customer_id),
                    customer_id=customer_id,
                    rep_id=rep_id,
                    kind=TouchKind.ADDRESS_BOOK,
                    source=SOURCE,
                    occurred_at=at,
                    at=at,
                )
        ask = sorted(contacts.values(), key=lambda it: it.model_dump_json())
        return Synced(len(entries), len(customers), len(customers) - len(others), tuple(dict.fromkeys(ask)))

    def _customer(self, session: Session, entry: Lead) -> str | None:
        """The customer that an entry is for certain."""
        seen = identified(session, Subject.of(profile_of(entry)), self._policy)
        return seen.found.candidates[0].id if seen.found.outcome is Outcome.DUPLICATE else None


def _standing(session: Session, customer_ids: Sequence[str]) -> dict[str, Ownership]:
    rows = select(CustomerRow.id, CustomerRow.ownership).where(col(CustomerRow.id).in_(customer_ids))
    return {id_: Ownership.model_validate(it) for id_, it in session.exec(rows.order_by(CustomerRow.id))}


def _deals_with(ownership: Ownership, rep_id: str, at: datetime) -> bool:
    shared = any(share.rep_id == rep_id and share.until > at for share in ownership.shares)
    return shared or rep_id == ownership.owner_id
