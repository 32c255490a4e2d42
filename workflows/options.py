"""How the workflows call their activities."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class StepOptions(TypedDict):
    """Options of a short step."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class LongStepOptions(StepOptions):
    """Options of a step that shows now and then that it is alive."""

    heartbeat_timeout: timedelta


# Without end: a database that is down for an hour delays the work and loses none.
_PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2, maximum_interval=timedelta(seconds=5)
)

LOCAL = StepOptions(start_to_close_timeout=timedelta(seconds=20), retry_policy=_PATIENT)
"""For a local activity: a database step, or a call that Temporal answers by itself."""

ASKING = StepOptions(start_to_close_timeout=timedelta(seconds=10), retry_policy=_PATIENT)
"""For an activity that waits for another workflow, which must not be a local one: it would hold a slot for workflow
tasks that the other workflow needs, and a burst of them would wait for each other for ever."""

LONG = LongStepOptions(
    start_to_close_timeout=timedelta(hours=2), heartbeat_timeout=timedelta(seconds=20), retry_policy=_PATIENT
)
"""For an activity of many transactions. One whose worker was killed is given to another after the heartbeat's time."""
