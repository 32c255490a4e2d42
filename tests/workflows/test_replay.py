"""Invariant replayable: every history ever recorded replays on today's code, and would not on other code."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.histories.paths import PATHS
from tests.histories.record import FOLDER, release
from tests.workflows import changed
from worker import RUNNER, WORKFLOWS

RECORDED = sorted(FOLDER.glob("*/*.json"))


def history_of(recorded: Path) -> WorkflowHistory:
    """A recorded history as the replayer takes it."""
    return WorkflowHistory.from_json(recorded.stem, json.loads(recorded.read_text(encoding="utf-8")))


def replayer(workflows: Sequence[type]) -> Replayer:
    """Replays as the product's worker would run."""
    return Replayer(workflows=workflows, workflow_runner=RUNNER, data_converter=pydantic_data_converter)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_replayable(recorded: Path) -> None:
    await replayer(WORKFLOWS).replay_workflow(history_of(recorded))


def test_every_path_is_recorded_for_this_release() -> None:
    names = {recorded.stem.rpartition("-")[0] for recorded in RECORDED if recorded.parent.name == release()}
    assert names == {path.__name__ for path in PATHS}


def test_every_workflow_has_a_recorded_history() -> None:
    """So that none can change its commands unseen."""
    histories = [history_of(recorded) for recorded in RECORDED if recorded.parent.name == release()]
    started = [it.events[0].workflow_execution_started_event_attributes.workflow_type.name for it in histories]
    assert set(started) == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize("change", changed.SEEN_BY, ids=lambda change: change.__name__)
async def test_a_changed_workflow_does_not_replay(change: type) -> None:
    """An additional timer or local activity is found out by the first history of its workflow."""
    recorded = FOLDER / release() / f"{changed.SEEN_BY[change]}.json"
    with pytest.raises(NondeterminismError):
        await replayer([change]).replay_workflow(history_of(recorded))
