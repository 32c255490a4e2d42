"""The side effects of RepMove."""

import asyncio
from datetime import datetime

from temporalio import activity

from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked, CollaboratorLeft, OwnerLeft
from store.moving import Moving


class MovingActivities:
    """See a rep's move through, customer by customer and lead by lead."""

    def __init__(self, moving: Moving, customers: CustomerHandle) -> None:
        self._moving = moving
        self._customers = customers

    @activity.defn
    async def redistribute(self, move_id: str) -> int:
        """Have the next customers' workflows find new owners, then end share grants; how many customers there were.

        One after the other: in the order that a preview tells, and so that a move does not crowd out leads.
        """
        move, rows = await asyncio.to_thread(self._moving.next_customers, move_id)
        change = OwnerLeft(rep_id=move.rep_id, move_id=move_id, successor_id=move.successor_id)
        for row in rows:
            await self._customers.change(row.customer_id, Asked(id=row.id, actor=move.created_by, change=change))
            activity.heartbeat()
        return len(rows) or await self._end_shares(move_id, move.rep_id, move.created_by)

    async def _end_shares(self, move_id: str, rep_id: str, actor: str) -> int:
        customer_ids = await asyncio.to_thread(self._moving.next_shared, move_id)
        change = CollaboratorLeft(rep_id=rep_id, move_id=move_id)
        for customer_id in customer_ids:
            asked = Asked(id=f"{move_id}:share:{customer_id}", actor=actor, change=change)
            await self._customers.change(customer_id, asked)
            activity.heartbeat()
        return len(customer_ids)

    @in_thread
    def hand_leads_over(self, move_id: str, at: datetime) -> int:
        """Have the next leads and requests that wait for a rep who left wait for somebody else; how many there were."""
        return self._moving.hand_leads_over(move_id, at)

    @in_thread
    def finish_move(self, move_id: str, at: datetime) -> bool:
        """Close a move, unless something is left to do; whether it is closed."""
        return self._moving.finish(move_id, at)
