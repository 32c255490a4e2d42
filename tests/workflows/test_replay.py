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


@pytest.mark.parametrize("change", changed.SEEN_BY, ids=lambda change: change.__name__)
async def test_a_changed_workflow_does_not_replay(change: type) -> None:
    """An additional timer or local activity is found out by the first history of its workflow."""
    recorded = FOLDER / release() / f"{changed.SEEN_BY[change]}.json"
    with pytest.raises(NondeterminismError):
        await replayer([change]).replay_workflow(history_of(recorded))
