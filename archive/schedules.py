"""The schedules that order sweeps."""

from collections.abc import Mapping
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from archive.runs import archive_queue

SWEEP = "ArchiveSweep"
KINDS: Mapping[str, tuple[bool, ScheduleIntervalSpec]] = {
    "hourly": (False, ScheduleIntervalSpec(every=timedelta(hours=1))),
    "daily": (True, ScheduleIntervalSpec(every=timedelta(days=1), offset=timedelta(hours=18, minutes=30))),
}
"""Whether a kind is thorough, and when: daily at half past two in the morning in China (UTC+8)."""


async def keep_schedules(client: Client, task_queue: str) -> None:
    """See to it that sweeps are ordered, whoever is restarted; schedules that are there stay as they are.

    Raises:
        temporalio.service.RPCError: when Temporal cannot be reached.
    """
    for kind, (thorough, interval) in KINDS.items():
        action = ScheduleActionStartWorkflow(
            SWEEP, thorough, id=f"{task_queue}_archive_{kind}", task_queue=archive_queue(task_queue)
        )
        schedule = Schedule(
            action=action,
            spec=ScheduleSpec(intervals=[interval]),
            # one after the other, and one that was missed while everything was down is made up for within a day
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=timedelta(days=1)),
        )
        try:
            await client.create_schedule(f"{task_queue}_archive_{kind}", schedule)
        except ScheduleAlreadyRunningError:
            continue
