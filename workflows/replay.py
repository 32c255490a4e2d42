"""Replay: archived histories through today's code, for somebody who waits for the result."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.replay import ReplayActivities
    from domain.replay import ReplayOrder, ReplayResult


@workflow.defn
class Replay:
    """Runs one replay; when its worker dies, another one begins it again."""

    @workflow.run
    async def run(self, order: ReplayOrder) -> ReplayResult:
        """The result, which the activity has written down as well."""
        return await workflow.execute_activity_method(
            ReplayActivities.replay_archive,
            order,
            start_to_close_timeout=timedelta(hours=24),
            heartbeat_timeout=timedelta(minutes=3),
            retry_policy=RetryPolicy(maximum_attempts=5),
        )
