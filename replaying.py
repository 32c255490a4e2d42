"""``python -m replaying``: the process that runs recorded histories through today's code.

It is a process of its own so that whatever a history makes the code do stays there, and so that its memory is given
back. It has no way to a database or a Temporal server: a replay decides from the history alone. It reads a history a
line and answers with a line.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from domain.replay import Fault, Replayed
from launcher.leave import leave_after
from worker import RUNNER, WORKFLOWS

_EVENT = re.compile(r"HistoryEvent\(id: (\d+), \w+\)")
_LOCAL_ACTIVITY = re.compile(r"Missing associated machine for LocalActivity\((\d+)\)")
_LONGEST_REASON = 500


async def replayed(line: str, workflows: Sequence[type]) -> Replayed:
    """What comes of one history.

    Args:
        line: JSON with ``workflow_id``, ``run_id`` and ``history``.
        workflows: the code to replay on.
    """
    given: dict[str, Any] = json.loads(line)
    history = WorkflowHistory.from_json(given["workflow_id"], given["history"])
    kind = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    about = Replayed(workflow_id=given["workflow_id"], run_id=given["run_id"], workflow_type=kind)
    known = [it for it in workflows if _name(it) == kind]
    if not known:
        return about.model_copy(update={"fault": Fault.UNKNOWN_WORKFLOW})
    replayer = Replayer(workflows=known, workflow_runner=RUNNER, data_converter=pydantic_data_converter)
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    failure = result.replay_failure
    if failure is None:
        return about
    reason = str(failure)
    event = _first(history, reason) if isinstance(failure, NondeterminismError) else None
    first = {"event_id": event.event_id, "event_type": EventType.Name(event.event_type)} if event else {}
    return about.model_copy(update={"fault": Fault.DIFFERS, "reason": reason[:_LONGEST_REASON], **first})


def _first(history: WorkflowHistory, reason: str) -> HistoryEvent | None:
    """The event that the replayer names, or the marker of the local activity that it names."""
    if found := _EVENT.search(reason):
        return next((it for it in history.events if it.event_id == int(found[1])), None)
    if found := _LOCAL_ACTIVITY.search(reason):
        return next((it for it in history.events if _sequence(it) == int(found[1])), None)
    return None


def _sequence(event: HistoryEvent) -> int | None:
    """The number of the local activity that a marker is of."""
    details = event.marker_recorded_event_attributes.details
    if "data" not in details:
        return None
    data: dict[str, Any] = json.loads(details["data"].payloads[0].data)
    return data.get("seq")


def _name(workflow: type) -> str:
    definition: Any = workflow.__temporal_workflow_definition  # type: ignore[attr-defined]
    return str(definition.name)


async def answer(workflows: Sequence[type], answers: TextIO) -> None:
    """Answer every line of the standard input, until it ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        answers.write((await replayed(line, workflows)).model_dump_json() + "\n")
        answers.flush()


def main(workflows: Sequence[type] = WORKFLOWS) -> None:
    """The entry point of the process. The SDK's core logs to the standard output, which answers must not share."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    leave_after(lambda: asyncio.run(answer(workflows, answers)))


if __name__ == "__main__":
    main()
