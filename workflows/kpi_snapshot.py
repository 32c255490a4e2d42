"""KpiSnapshot: the figures of every month that is due are closed. A schedule starts it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

with workflow.unsafe.imports_passed_through():
    from activities.kpis import KpiActivities

EVERY = timedelta(hours=6)
"""A month is closed so long after it is due at the latest."""
PATIENCE = timedelta(minutes=30)
"""The figures of a million customers take a good deal less."""


@workflow.defn
class KpiSnapshot:
    """Closes one month after another, the oldest first; after months of standstill it catches up."""

    @workflow.run
    async def run(self) -> list[str]:
        """The first days of the months that it closed."""
        closed: list[str] = []
        while True:
            month = await workflow.execute_activity_method(
                KpiActivities.close_month, workflow.now(), start_to_close_timeout=PATIENCE
            )
            if month is None:
                return closed
            closed.append(month.isoformat())


async def schedule_snapshots(client: Client, task_queue: str) -> None:
    """Have months closed from now on, by one schedule for all processes; one that is there gets today's settings.

    Whether somebody has paused it stays as it is.
    """
    id_ = f"{task_queue}_kpi_snapshots"
    start = ScheduleActionStartWorkflow(KpiSnapshot.run, id=f"{task_queue}_kpi_snapshot", task_queue=task_queue)
    schedule = Schedule(action=start, spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]))

    def renewed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule)

    try:
        await client.create_schedule(id_, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(id_).update(renewed)
