"""The side effects of RepMove."""

import asyncio
from datetime import datetime

from temporalio import activity

from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked, OwnerLeft
from store.moving import Moving


class MovingActivities:
    """See a rep's move through, customer by customer and lead by lead."""

    def __init__(self, moving: Moving, customers: CustomerHandle) -> None:
        self._moving = moving
        self._customers = customers

    @activity.defn
    async def redistribute(self, move_id: str) -> int:
        """Have the next customers' workflows find new owners; how many there were.

        One after the other: in the order that a preview tells, and so that a move does not crowd out leads.
        """
        move, rows = await asyncio.to_thread(self._moving.next_customers, move_id)
        change = OwnerLeft(rep_id=move.rep_id, move_id=move_id, successor_id=move.successor_id)
        for row in rows:
            await self._customers.change(row.customer_id, Asked(id=row.id, actor=move.created_by, change=change))
            activity.heartbeat()
        return len(rows)

    @in_thread
    def hand_leads_over(self, move_id: str, at: datetime) -> int:
        """Have the next leads and requests that wait for a rep who left wait for somebody else; how many there were."""
        return self._moving.hand_leads_over(move_id, at)

    @in_thread
    def finish_move(self, move_id: str, at: datetime) -> bool:
        """Close a move, unless something is left to do; whether it is closed."""
        return self._moving.finish(move_id, at)
