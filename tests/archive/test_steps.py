"""A recorded history told as steps, for every history that there is."""

from datetime import timedelta
from pathlib import Path

from api.replay_steps import steps_told
from archive.steps import StepKind, steps_of
from messages import LOCALES
from store.recorded import Recorded
from tests.archive.archived import RECORDED, run_of
from tests.histories.record import FOLDER, release


def steps(recorded: Path) -> list[tuple[StepKind, str]]:
    return [(step.kind, step.name) for step in steps_of(run_of(recorded)[1])]


def test_a_new_lead_is_registered_in_one_step() -> None:
    assert steps(FOLDER / release() / "lead_new-1.json") == [
        (StepKind.STARTED, "LeadIntake"),
        (StepKind.ASKED, "first_answer"),
        (StepKind.DONE, "register_lead"),
        (StepKind.COMPLETED, ""),
    ]


def test_every_recorded_history_has_words_for_each_of_its_steps() -> None:
    for recorded in RECORDED:
        found = list(steps_of(run_of(recorded)[1]))
        assert found[0].kind is StepKind.STARTED
        for locale in LOCALES:
            told = list(steps_told(found, (), locale))
            assert [step.event_id for step in told] == [step.event_id for step in found]
            assert all(step.text for step in told)


def test_explained_what_was_written_down_is_told_with_the_step_that_wrote_it() -> None:
    found = list(steps_of(run_of(FOLDER / release() / "customer_shared_and_transferred-1.json")[1]))
    done = [step for step in found if step.name == "carry_out"]
    trace = {"assignment": {"rule": "r", "owner_id": None, "queue": "q", "reason": "not_named", "trials": []}}
    rows = [
        Recorded(found[0].at - timedelta(days=1), "event", "of an earlier run", "queued"),
        Recorded(done[0].at - timedelta(microseconds=40), "event", "evt_1", "share_granted", "dec_1", "policy"),
        Recorded(done[1].at - timedelta(milliseconds=60), "event", "evt_2", "queued", "dec_2", "policy", trace),
    ]
    told = {view.event_id: view.recorded for view in steps_told(found, rows, "en") if view.recorded}
    assert {event: [it.id for it in recorded] for event, recorded in told.items()} == {
        done[0].event_id: ["evt_1"],
        done[1].event_id: ["evt_2"],
    }
    [second] = told[done[1].event_id]
    assert (second.decision_id, second.policy_version) == ("dec_2", "policy")
    assert second.explanation is not None
    assert "q" in second.explanation
