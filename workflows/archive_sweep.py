"""ArchiveSweep: closed runs' histories into the archive, ordered by schedules."""

from temporalio import workflow

from workflows.options import LONG

with workflow.unsafe.imports_passed_through():
    from activities.archiving import ArchivingActivities


@workflow.defn
class ArchiveSweep:
    """One sweep. Hourly it takes what closed since the last one; daily it compares all and keeps what is open, too."""

    @workflow.run
    async def run(self, thorough: bool) -> None:
        """Sweep once; a store or a server that is down is waited for.

        Args:
            thorough: look at every closed run that Temporal still has, and take snapshots of open ones.
        """
        began_at = workflow.now()
        await workflow.execute_activity_method(ArchivingActivities.archive_closed, args=[began_at, thorough], **LONG)
        if thorough:
            await workflow.execute_activity_method(ArchivingActivities.snapshot_open, began_at.date(), **LONG)
