"""Backtest: a long read that somebody waits for, with its progress in the activity's heartbeats."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.backtest import BacktestActivities
    from domain.backtest import Comparison, Order


@workflow.defn
class Backtest:
    """Runs one back-test; when its worker dies, another one begins it again."""

    @workflow.run
    async def run(self, order: Order) -> Comparison:
        """The comparison, which the activity has written down as well."""
        return await workflow.execute_activity_method(
            BacktestActivities.run_backtest,
            order,
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(seconds=20),
            retry_policy=RetryPolicy(maximum_attempts=5, non_retryable_error_types=["PolicyError", "NotFound"]),
        )
