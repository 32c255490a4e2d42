"""Tracing a referral: from what a lead says of its referrer to the chain of customers behind it."""

from sqlmodel import Session

from domain.assignment import Referral
from domain.identity import Key, keys_of
from domain.lead import Company, Referrer
from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones
from domain.policy import KeyKind
from domain.profile import Profile
from store.identity_index import holders_of
from store.lineage import live_id
from store.tables import CustomerRow

MAX_CHAIN = 20
"""Referrals are followed this far. In a circle a customer comes twice, by which assignment knows and refuses it."""


def referrals_of(session: Session, referrer: Referrer | None) -> list[Referral]:
    """The referral chain, nearest first; empty when the referrer is not one known customer."""
    chain: list[Referral] = []
    customer_id = _resolve(session, referrer) if referrer else None
    while customer_id is not None and len(chain) < MAX_CHAIN:
        customer = session.get(CustomerRow, live_id(session, customer_id))
        if customer is None:
            break
        chain.append(Referral(customer_id=customer.id, owner_id=customer.owner_id))
        customer_id = customer.referrer_id
    return chain


def _resolve(session: Session, referrer: Referrer) -> str | None:
    if referrer.customer_id is not None:
        return referrer.customer_id
    for keys in (_contact_keys(referrer.contact), _name_keys(referrer.company)):
        holders, waiting = holders_of(session, keys)
        customers = set(holders) - waiting
        if len(customers) == 1:
            return customers.pop()
    return None


def _name_keys(company: str | None) -> list[Key]:
    if company is None:
        return []
    return [key for key in keys_of(Profile(company=Company(name=company))) if key.kind is KeyKind.NAME]


def _contact_keys(contact: str | None) -> list[Key]:
    """The keys of a phone number or an e-mail address; a contact that is neither gives none."""
    if contact is None:
        return []
    for parse, field in ((parse_email, "emails"), (parse_phones, "phones")):
        try:
            parse(contact)
        except Malformed:
            continue
        return list(keys_of(Profile.model_validate({field: (contact,)})))
    return []
