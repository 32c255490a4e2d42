"""Recorded histories as runs that a server would list."""

import json
from pathlib import Path

from temporalio.api.common.v1 import WorkflowExecution as Ids
from temporalio.api.common.v1 import WorkflowType
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import WorkflowExecution, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from archive.manifest import Kept, kept
from tests.histories.record import FOLDER, release

RECORDED = sorted((FOLDER / release()).glob("*.json"))


def run_of(recorded: Path, number: int = 0) -> tuple[WorkflowExecution, WorkflowHistory]:
    """A recorded history and the run that it is of; the number makes another one of the same history."""
    history = WorkflowHistory.from_json(recorded.stem, json.loads(recorded.read_text(encoding="utf-8")))
    started = history.events[0].workflow_execution_started_event_attributes
    info = WorkflowExecutionInfo(
        execution=Ids(workflow_id=recorded.stem, run_id=f"{started.original_execution_run_id}-{number}"),
        type=WorkflowType(name=started.workflow_type.name),
        task_queue=started.task_queue.name,
        start_time=history.events[0].event_time,
        close_time=history.events[-1].event_time,
        status=WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
        history_length=len(history.events),
    )
    return WorkflowExecution._from_raw_info(info, "default", pydantic_data_converter), history


def kept_of(recorded: Path, number: int = 0) -> Kept:
    """A recorded history as the archive keeps it."""
    return kept(*run_of(recorded, number))
