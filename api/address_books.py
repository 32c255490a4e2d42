"""Address books of reps: which contacts are customers of somebody else, without saying which."""

from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Wired
from api.guard import Guards
from api.lead_sight import Sights
from api.principal import Caller
from api.problems import documented
from domain.lead import Lead
from domain.submitted import CheckedLead
from domain.text import Reference
from store.address_books import AddressBooks
from store.checking import Contact, told_to_a_person

router = APIRouter(prefix="/v1/reps/{rep_id}/address-book", tags=["reps"])

MOST_ENTRIES = 200


class AddressBookBody(BaseModel, extra="forbid"):
    """Contacts of a rep, each written as a lead is: company, person, phones, emails, region."""

    entries: Annotated[list[CheckedLead], Field(min_length=1, max_length=MOST_ENTRIES)]


class AddressBookView(BaseModel):
    """What of an address book is known, in numbers, and whom to ask about what belongs to others."""

    entries: int
    customers: int = Field(description="How many different customers are among them for certain.")
    own: int = Field(description="How many of those are the rep's own or shared with the rep.")
    ask: tuple[Contact, ...] = Field(description="Whom to ask about the others, in no particular order.")


@router.post("", summary="Compare an address book with the customers", responses=documented(403, 404))
async def sync_address_book(
    rep_id: Reference, body: AddressBookBody, context: Wired, caller: Caller, guard: Guards, sights: Sights
) -> AddressBookView:
    """Say how many of a rep's contacts are customers, and whom to ask about those that others own; not which they are.

    Each of those counts as a touch of kind `address_book`, once, by which a collision may be seen before it happens.
    Contacts who are no customers are not kept. A person may not do this often: 429.
    """
    await guard.in_the_name_of(rep_id)
    await sights.synced()
    policy = await to_thread.run_sync(lambda: context.policy)
    entries = [Lead.model_validate(entry.model_dump()) for entry in body.entries]
    books = AddressBooks(context.database, policy, context.ids)
    synced = await to_thread.run_sync(books.sync, rep_id, entries, datetime.now(UTC))
    ask = told_to_a_person(synced.ask, policy.existence.tell) if caller.personal else synced.ask
    return AddressBookView(entries=synced.entries, customers=synced.customers, own=synced.own, ask=ask)
