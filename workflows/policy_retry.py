"""PolicyRetry: whoever waits in a queue is tried again when a version of the policy comes into force that may help."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from domain.policy_version import Turn
    from workflows.options import LOCAL
    from workflows.queue_retry import ask

GRACE = timedelta(seconds=5)
"""What was being decided by the version before is written down by then, and the machines' clocks may differ so much."""


@workflow.defn
class PolicyRetry:
    """Waits until a version is in force, however far ahead, and walks through the queues once.

    It compares with the version in force by then: one that was withdrawn, or at once replaced, concerns nobody more
    than that one does.
    """

    @workflow.run
    async def run(self, turn: Turn, after: str | None) -> None:
        """Walk from a customer on, a page at a time."""
        await asyncio.sleep(max((turn.at + GRACE - workflow.now()).total_seconds(), 0))
        while True:
            page = await workflow.execute_local_activity_method(
                CustomerActivities.policy_page, args=[turn, after, workflow.now()], **LOCAL
            )
            await ask(page.concerned, f"policy:{turn.position}")
            if page.last is None:
                break
            after = page.last
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(args=[turn, after])
        await workflow.execute_local_activity_method(
            CustomerActivities.policy_retried, args=[turn, workflow.now()], **LOCAL
        )
