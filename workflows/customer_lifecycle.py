"""CustomerLifecycle: the single writer of a customer's ownership, and the watch over its clock and its waiting."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from domain.change import Asked, Changed, Request
    from domain.ownership import Ownership
    from domain.pending import Pending, next_change, request_id
    from workflows.options import LOCAL
    from workflows.refusals import refusable


@workflow.defn
class CustomerLifecycle:
    """Runs while a clock, a wait, a grant or a request is pending, ends when nothing is; the next request revives it.

    Its whole state is the customer's ``Ownership``, in which every deadline is an absolute time; a revived or continued
    run takes it from there.
    """

    @workflow.init
    def __init__(self, ownership: Ownership | None) -> None:
        self._ownership = ownership
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, ownership: Ownership | None) -> None:
        """Do what falls due when it falls due, until nothing is pending."""
        await workflow.wait_condition(lambda: self._ownership is not None or workflow.all_handlers_finished())
        async with self._one_at_a_time:
            if self._ownership is None:
                await self._revive()
        while not self._at_rest():
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._ownership)
            await self._until_due()

    @workflow.update
    async def change(self, asked: Asked) -> Changed:
        """Carry out one change and tell what came of it. A refusal is an ``ApplicationError`` with the rule's code."""
        return await self._carry_out(asked)

    @workflow.update
    async def look_again(self) -> None:
        """Go by what the database says, which another backup may have made another than what this run remembers."""
        async with self._one_at_a_time:
            await self._revive()

    def _at_rest(self) -> bool:
        return self._next_due() is None and workflow.all_handlers_finished()

    def _next_due(self) -> Pending | None:
        return next_change(self._ownership) if self._ownership else None

    async def _until_due(self) -> None:
        """Wait for what time brings next, or for a change that makes it something else. A late timer acts at once."""
        due = self._next_due()
        if due is None or due.due_at is None or self._ownership is None:
            await workflow.wait_condition(lambda: self._next_due() is not None or workflow.all_handlers_finished())
            return
        try:
            await workflow.wait_condition(
                lambda: self._next_due() != due or workflow.info().is_continue_as_new_suggested(),
                timeout=max((due.due_at - workflow.now()).total_seconds(), 0),
            )
        except TimeoutError:
            await self._carry_out(Asked(id=request_id(self._ownership, due), actor="system", change=due))

    async def _carry_out(self, asked: Asked) -> Changed:
        async with self._one_at_a_time:
            request = Request(customer_id=workflow.info().workflow_id, at=workflow.now(), asked=asked)
            changed = await refusable(
                workflow.execute_local_activity_method(CustomerActivities.carry_out, request, **LOCAL)
            )
            self._ownership = changed.ownership
        if changed.freed is not None:
            await workflow.execute_local_activity_method(CustomerActivities.rep_freed, changed.freed, **LOCAL)
        return changed

    async def _revive(self) -> None:
        """Look the ownership up: a refused first request leaves it unknown, and a clock may still be running."""
        try:
            self._ownership = await workflow.execute_local_activity_method(
                CustomerActivities.current_ownership, workflow.info().workflow_id, **LOCAL
            )
        except ActivityError as error:
            workflow.logger.info("nothing to watch", extra={"cause": str(error.cause)})
