"""AuditSeal: what was recorded is sealed and the signed head told elsewhere; a schedule begins it again and again."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.audit import AuditActivities
    from workflows.options import LONG


@workflow.defn
class AuditSeal:
    """Seals once. What it did not come to, the next one does."""

    @workflow.run
    async def run(self) -> int:
        """How many records were sealed. Sealing does not wait for a receiver of heads that is away."""
        sealed = await workflow.execute_activity_method(AuditActivities.seal_records, **LONG)
        await workflow.execute_activity_method(
            AuditActivities.publish_heads,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=timedelta(minutes=2),
            retry_policy=RetryPolicy(maximum_attempts=3),
        )
        return sealed
