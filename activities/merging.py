"""The side effects of CustomerMerge."""

from temporalio import activity

from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked
from domain.merge_order import MergeOrder
from store.merges import Merges


class MergingActivities:
    """Ask the two customers' workflows, and look up what comes between."""

    def __init__(self, merges: Merges, customers: CustomerHandle) -> None:
        self._merges = merges
        self._customers = customers

    @activity.defn
    async def ask(self, customer_id: str, asked: Asked) -> None:
        """Have one of the two carry out its part."""
        await self._customers.ask(customer_id, asked)

    @in_thread
    def handover(self, order: MergeOrder) -> Asked | None:
        """What the survivor is to decide now, or None when nothing is left to decide."""
        return self._merges.handover(order)

    @in_thread
    def waiting_beside(self, customer_id: str) -> list[str]:
        """Leads that wait because of this customer and may be clear now."""
        return self._merges.waiting_beside(customer_id)
