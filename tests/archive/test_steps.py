"""A recorded history told as steps, for every history that there is."""

from pathlib import Path

import pytest

from api.replay_steps import steps_told
from archive.steps import StepKind, steps_of
from messages import LOCALES
from tests.archive.recorded import RECORDED, run_of
from tests.histories.record import FOLDER, release


def steps(recorded: Path) -> list[tuple[StepKind, str]]:
    return [(step.kind, step.name) for step in steps_of(run_of(recorded)[1])]


def test_a_new_lead_is_registered_in_one_step() -> None:
    assert steps(FOLDER / release() / "lead_new-1.json") == [
        (StepKind.STARTED, "LeadIntake"),
        (StepKind.DONE, "register_lead"),
        (StepKind.COMPLETED, ""),
    ]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
def test_every_history_has_a_beginning_and_an_end_and_words_for_each_step(recorded: Path) -> None:
    found = list(steps_of(run_of(recorded)[1]))
    assert found[0].kind is StepKind.STARTED
    assert found[-1].kind in {StepKind.COMPLETED, StepKind.CONTINUED, StepKind.ENDED}
    for locale in LOCALES:
        told = list(steps_told(found, (), locale))
        assert [step.event_id for step in told] == [step.event_id for step in found]
        assert all(step.text for step in told)
