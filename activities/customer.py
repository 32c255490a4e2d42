"""The side effects of CustomerLifecycle."""

from activities.refusal import refusals
from activities.thread import in_thread
from domain.change import Changed, Request
from domain.ownership import Ownership
from store.changes import Changes


class CustomerActivities:
    """Carry out what a customer's workflow decided to do."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

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
