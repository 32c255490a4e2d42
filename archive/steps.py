"""A recorded history as the steps that a workflow took, without the protocol around them and without anybody's data."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory


class StepKind(StrEnum):
    """What a step was. Each kind has a sentence in the catalogues: ``replay-step-`` and the kind in kebab-case."""

    STARTED = "started"
    ASKED = "asked"
    SIGNALLED = "signalled"
    DONE = "done"
    """A local activity or an activity came to its end."""
    FAILED = "failed"
    """One was refused, or failed for good."""
    TIMER_SET = "timer_set"
    TIMER_FIRED = "timer_fired"
    TIMER_CANCELLED = "timer_cancelled"
    CONTINUED = "continued"
    COMPLETED = "completed"
    ENDED = "ended"
    """Otherwise: failed, terminated, timed out or cancelled."""


class HistoryStep(NamedTuple):
    """A step, by the event of the history that shows it."""

    event_id: int
    at: datetime
    """The workflow's time at the step."""
    kind: StepKind
    name: str
    """Of the workflow, activity, update or signal; empty for timers."""


_SIMPLE = {
    EventType.EVENT_TYPE_TIMER_STARTED: StepKind.TIMER_SET,
    EventType.EVENT_TYPE_TIMER_FIRED: StepKind.TIMER_FIRED,
    EventType.EVENT_TYPE_TIMER_CANCELED: StepKind.TIMER_CANCELLED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: StepKind.CONTINUED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: StepKind.COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: StepKind.ENDED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: StepKind.ENDED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: StepKind.ENDED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: StepKind.ENDED,
}


def steps_of(history: WorkflowHistory) -> Iterator[HistoryStep]:
    """The steps in the order of the history.

    Args:
        history: as it was recorded; payloads are not looked into, but for the names of local activities.
    """
    scheduled: dict[int, str] = {}
    for event in history.events:
        scheduled[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        found = _named(event, scheduled)
        if found is not None:
            yield HistoryStep(event.event_id, event.event_time.ToDatetime(UTC), *found)


def _named(event: HistoryEvent, scheduled: dict[int, str]) -> tuple[StepKind, str] | None:
    kind = event.event_type
    if kind in _SIMPLE:
        return _SIMPLE[kind], ""
    if kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        return StepKind.STARTED, event.workflow_execution_started_event_attributes.workflow_type.name
    if kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        accepted = event.workflow_execution_update_accepted_event_attributes
        return StepKind.ASKED, accepted.accepted_request.input.name
    if kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        return StepKind.SIGNALLED, event.workflow_execution_signaled_event_attributes.signal_name
    if kind == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        return StepKind.DONE, scheduled[event.activity_task_completed_event_attributes.scheduled_event_id]
    if kind == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
        return StepKind.FAILED, scheduled[event.activity_task_failed_event_attributes.scheduled_event_id]
    if kind == EventType.EVENT_TYPE_MARKER_RECORDED:
        return _of_marker(event)
    return None


def _of_marker(event: HistoryEvent) -> tuple[StepKind, str] | None:
    """A local activity's end; other markers, such as a patch's, are no steps."""
    marker = event.marker_recorded_event_attributes
    if marker.marker_name != "core_local_activity":
        return None
    data: dict[str, Any] = json.loads(marker.details["data"].payloads[0].data)
    return (StepKind.FAILED if marker.HasField("failure") else StepKind.DONE), str(data["activity_type"])
