"""The side effects of CustomerLifecycle and of a rep's departure."""

from temporalio import activity

from activities.refusal import refusals
from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked, Changed, OwnerLeft, Request
from domain.ownership import Ownership
from store.changes import Changes


class CustomerActivities:
    """Carry out what a customer's workflow decided to do."""

    def __init__(self, changes: Changes, customers: CustomerHandle) -> None:
        self._changes = changes
        self._customers = customers

    @in_thread
    def current_ownership(self, customer_id: str) -> Ownership:
        """The ownership as last written, for a workflow that is revived."""
        with refusals():
            return self._changes.current(customer_id)

    @in_thread
    def carry_out(self, request: Request) -> Changed:
        """Carry out one change, once."""
        with refusals():
            return self._changes.carry_out(request)

    @in_thread
    def customers_of(self, rep_id: str, after: str | None) -> list[str]:
        """A page of the customers that a rep owns, by id."""
        return self._changes.owned_by(rep_id, after)

    @activity.defn
    async def owner_left(self, customer_id: str, rep_id: str, departure: str) -> None:
        """Have a customer's workflow find it a new owner."""
        asked = Asked(id=f"{departure}:{customer_id}", actor="system", change=OwnerLeft(rep_id=rep_id))
        await self._customers.change(customer_id, asked)
