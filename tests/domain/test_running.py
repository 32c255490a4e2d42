"""What runs when another version of the policy comes into force: it keeps its own, or moves."""

from datetime import timedelta
from typing import Any

from domain.assignment import Case
from domain.change import ClockDue
from domain.confirmation import begin_waiting
from domain.event import EventKind
from domain.follow_up import Stage
from domain.lead import CustomerType
from domain.ownership import Ownership
from domain.policy import ConfirmationDefault, Policy, Running
from domain.policy_file import parse_policy
from domain.step import moved, owned_by, pooled, rules_changed
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, ZHANG, edited

DAY = timedelta(days=1)
STAND = Case(customer_type=CustomerType.TRADE_SHOW, region="CN-GD", show_contact=ZHANG.id)


def version(**changes: Any) -> Policy:
    return parse_policy(edited({name.replace("__", "."): value for name, value in changes.items()}))


def moving(**changes: Any) -> Policy:
    return version(running="move", **changes)


def stand() -> Ownership:
    """A customer of the stand's, born by the shipped policy, whose clock runs for 30 days."""
    return birth("cus_1", STAND, POLICY, [ZHANG, LI], AT).ownership


def stages(ownership: Ownership) -> list[tuple[str, int]]:
    assert ownership.clock is not None
    return [(due.stage.name, (due.at - AT).days) for due in ownership.clock.due]


def test_keep_is_what_ships() -> None:
    assert POLICY.running is version(running="keep").running is Running.KEEP


def test_a_clock_carries_the_version_with_which_it_began_and_nothing_else_does() -> None:
    assert stand().policy == POLICY.fingerprint
    other = Case(customer_type=CustomerType.NEW_REGISTRATION, region="CN-GD")
    assert birth("cus_2", other, POLICY, [ZHANG], AT).ownership.policy is None
    assert pooled(stand(), POLICY, AT + DAY).policy is None
    later = version(clocks__stand_lead__days=20)
    assert owned_by(stand(), LI.id, later, AT + DAY).policy == later.fingerprint


def test_nothing_moves_to_a_version_that_lets_it_be() -> None:
    later = version(clocks__stand_lead__days=20)
    assert moved(stand(), later, AT + DAY) == stand()
    assert moved(stand(), POLICY, AT + DAY) == stand()


def test_what_has_no_clock_or_was_born_before_versions_were_kept_does_not_move() -> None:
    later = moving(clocks__stand_lead__days=20)
    free = pooled(stand(), POLICY, AT)
    assert moved(free, later, AT + DAY) == free
    before_versions = stand().model_copy(update={"policy": None})
    assert moved(before_versions, later, AT + DAY) == before_versions


def test_a_clock_that_moves_is_laid_out_anew_from_when_it_started() -> None:
    later = moving(clocks__stand_lead__days=20)
    after = moved(stand(), later, AT + DAY)
    assert stages(after) == [("WARN", 13), ("WARN", 18), ("ESCALATE", 19), ("EXPIRE", 20)]
    assert after.policy == later.fingerprint
    assert (after.seq, after.owner_id, after.since) == (stand().seq, ZHANG.id, AT)


def test_what_the_other_version_would_have_done_by_now_is_left_out_but_for_its_end() -> None:
    later = moving(clocks__stand_lead__days=10)
    assert stages(moved(stand(), later, AT + 9 * DAY)) == [("EXPIRE", 10)]
    assert stages(moved(stand(), later, AT + 15 * DAY)) == [("EXPIRE", 10)]


def test_what_falls_due_now_by_both_versions_is_done() -> None:
    """The warning of day 23 is being decided: it is past by a second, and still to be given."""
    later = moving(effective_follow_up__minimum_characters=50)
    assert stages(moved(stand(), later, AT + 23 * DAY))[0] == ("WARN", 23)


def test_a_clock_that_the_other_version_does_not_have_stops() -> None:
    changes = {"assignment.3.clock": None, "running": "move"}
    after = moved(stand(), parse_policy(edited(changes)), AT + DAY)
    assert (after.clock, after.policy) == (None, None)


def test_a_stage_that_the_other_version_does_not_know_is_no_longer_done_and_that_is_told() -> None:
    later = moving(clocks__stand_lead__days=60)
    before = moved(stand(), later, AT + 23 * DAY)
    due = ClockDue(stage=Stage.WARN, due_at=AT + 23 * DAY)
    assert decide(before, due, later, [ZHANG, LI], AT + 23 * DAY) is None
    step = rules_changed(stand(), before)
    assert step is not None
    assert (step.event, step.ownership) == (EventKind.RULES_CHANGED, before)
    assert step.data == {"from_policy": POLICY.fingerprint, "to_policy": later.fingerprint}
    assert rules_changed(stand(), stand()) is None


def test_a_lead_that_waits_moves_with_its_rules_and_default_but_its_deadlines_stay() -> None:
    waiting = begin_waiting(POLICY.confirmation, AT, ["li.na"]).under(POLICY)
    assert waiting.policy == POLICY.fingerprint
    keeps = version(confirmation__default="new")
    assert waiting.under(keeps) == waiting
    moves = moving(confirmation__default="new", confirmation__remind_after_hours=1)
    after = waiting.under(moves)
    assert (after.policy, after.default) == (moves.fingerprint, ConfirmationDefault.NEW)
    assert (after.due, after.asked) == (waiting.due, waiting.asked)


def test_a_lead_that_waited_before_versions_were_kept_follows_the_one_in_force_and_keeps_its_default() -> None:
    waiting = begin_waiting(POLICY.confirmation, AT, ["li.na"])
    moves = moving(confirmation__default="new")
    assert waiting.under(moves).default is POLICY.confirmation.default
    assert waiting.under(moves).policy == moves.fingerprint
