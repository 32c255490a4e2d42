"""The side effects of CustomerLifecycle, and of trying queues again."""

import asyncio
from datetime import UTC, datetime

from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError

from activities.refusal import refusals
from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked, Changed, Request, TryAgain
from domain.ownership import Ownership
from domain.policy_version import Turn
from store.changes import Changes
from store.policy_versions import PolicyVersions
from store.queues import QueuePage, Queues


class CustomerActivities:
    """Carry out what a customer's workflow decided to do."""

    def __init__(self, changes: Changes, queues: Queues, customers: CustomerHandle, versions: PolicyVersions) -> None:
        self._changes = changes
        self._queues = queues
        self._customers = customers
        self._versions = versions

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
    def queue_page(self, rep_ids: list[str], after: str | None) -> QueuePage:
        """Some of the customers in queues, and whom of them a change of these reps concerns."""
        return self._queues.concerned(rep_ids, after, datetime.now(UTC))

    @in_thread
    def policy_page(self, turn: Turn, after: str | None, at: datetime) -> QueuePage:
        """The same for a version of the policy that has come into force."""
        return self._queues.concerned_by(turn, after, at)

    @in_thread
    def policy_retried(self, turn: Turn, at: datetime) -> None:
        """Write down that whomever a version may help has been tried again."""
        self._versions.retried(turn, at)

    @activity.defn
    async def rep_freed(self, rep_id: str) -> None:
        """Have those tried again who may wait for this rep."""
        if await asyncio.to_thread(self._queues.occupied):
            await self._customers.rep_changed(rep_id)

    @activity.defn
    async def try_again(self, customer_id: str, request_id: str) -> None:
        """Have a customer's workflow look for an owner again. One that refuses does not wait any more."""
        try:
            await self._customers.change(customer_id, Asked(id=request_id, actor="system", change=TryAgain()))
        except WorkflowUpdateFailedError as error:
            activity.logger.info("not waiting any more", extra={"customer": customer_id, "cause": str(error.cause)})
