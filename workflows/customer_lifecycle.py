"""CustomerLifecycle: the single writer of a customer's ownership, and the watch over its clock."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from domain.change import Asked, Changed, ClockDue, Request
    from domain.follow_up import Due
    from domain.ownership import Ownership
    from workflows.options import LOCAL


@workflow.defn
class CustomerLifecycle:
    """Runs while a clock or a request is pending, ends when nothing is, and is revived by the next request.

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

    def _at_rest(self) -> bool:
        return self._next_due() is None and workflow.all_handlers_finished()

    def _next_due(self) -> Due | None:
        clock = self._ownership.clock if self._ownership else None
        return clock.due[0] if clock and clock.due else None

    async def _until_due(self) -> None:
        """Wait for the next stage, or for a change that makes another one the next. A late timer acts at once."""
        due = self._next_due()
        if due is None:
            await workflow.wait_condition(lambda: self._next_due() is not None or workflow.all_handlers_finished())
            return
        try:
            await workflow.wait_condition(
                lambda: self._next_due() != due or workflow.info().is_continue_as_new_suggested(),
                timeout=max((due.at - workflow.now()).total_seconds(), 0),
            )
        except TimeoutError:
            await self._carry_out(_clock_asks(workflow.info().workflow_id, due))

    async def _carry_out(self, asked: Asked) -> Changed:
        async with self._one_at_a_time:
            request = Request(customer_id=workflow.info().workflow_id, at=workflow.now(), asked=asked)
            try:
                changed = await workflow.execute_local_activity_method(CustomerActivities.carry_out, request, **LOCAL)
            except ActivityError as error:
                raise error.cause if isinstance(error.cause, ApplicationError) else error from error
            self._ownership = changed.ownership
            return changed

    async def _revive(self) -> None:
        """A refused first request leaves the ownership unknown; look it up, for a clock may still be running."""
        try:
            self._ownership = await workflow.execute_local_activity_method(
                CustomerActivities.current_ownership, workflow.info().workflow_id, **LOCAL
            )
        except ActivityError as error:
            workflow.logger.info("nothing to watch", extra={"cause": str(error.cause)})


def _clock_asks(customer_id: str, due: Due) -> Asked:
    """The stage's own id makes it happen once, whoever else watches the same clock."""
    at: datetime = due.at
    return Asked(
        id=f"{customer_id}:{due.stage}:{at.isoformat()}", actor="system", change=ClockDue(stage=due.stage, due_at=at)
    )
