"""Open contracts and opportunities: a clock that runs out is held, and runs out once they are over."""

from datetime import datetime, timedelta

import pytest

from domain.assignment import Case
from domain.change import Change, ChangeStanding, ClockDue, CloseCommitment, OpenCommitment, OwnerLeft, Refused
from domain.commitment import MAX_COMMITMENTS, Commitment, CommitmentKind
from domain.event import EventKind
from domain.follow_up import Due, Stage
from domain.lead import CustomerType
from domain.ownership import Ownership
from domain.policy import Policy
from domain.step import Step
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, ZHANG, ruled

DAY = timedelta(days=1)
END = AT + 30 * DAY
CONTRACT, OPPORTUNITY = CommitmentKind.CONTRACT, CommitmentKind.OPPORTUNITY


def step(before: Ownership, change: Change, at: datetime, policy: Policy = POLICY) -> Step:
    found = decide(before, change, policy, [ZHANG, LI], at)
    assert found is not None
    return found


def customer(policy: Policy = POLICY, **facts: str) -> Ownership:
    case = Case(customer_type=CustomerType.TRADE_SHOW, region="CN-GD", show_contact=ZHANG.id, **facts)  # type: ignore[arg-type]
    return birth("cus_1", case, policy, [ZHANG, LI], AT).ownership


def bound(before: Ownership, kind: CommitmentKind = CONTRACT, until: datetime | None = None) -> Ownership:
    commitment = Commitment(kind=kind, reference="HT-2026-118", until=until)
    return step(before, OpenCommitment(commitment=commitment), AT).ownership


def run_out(before: Ownership, policy: Policy = POLICY) -> Step:
    """The clock's end, whatever it told before."""
    assert before.clock is not None
    end = before.clock.due[-1]
    at_its_end = before.model_copy(update={"clock": before.clock.model_copy(update={"due": (end,)})})
    return step(at_its_end, ClockDue(stage=end.stage, due_at=end.at), end.at, policy)


def close(before: Ownership, at: datetime, kind: CommitmentKind = CONTRACT) -> Ownership:
    return step(before, CloseCommitment(commitment=kind, reference="HT-2026-118"), at).ownership


def test_an_open_contract_holds_the_clock_until_somebody_closes_it() -> None:
    found = run_out(bound(customer()))
    assert (found.event, found.data) == (EventKind.RECYCLING_HELD, {"protected_by": ["contract"], "until": None})
    assert found.ownership.owner_id == ZHANG.id
    assert found.ownership.clock is not None
    assert (found.ownership.clock.held, found.ownership.clock.due) == (True, ())
    closed = close(found.ownership, END + 100 * DAY)
    assert closed.clock is not None
    assert closed.clock.due == (Due(stage=Stage.EXPIRE, at=END + 100 * DAY),)
    assert run_out(closed).event is EventKind.REASSIGNED


def test_one_with_an_end_holds_it_until_then() -> None:
    found = run_out(bound(customer(), until=END + 9 * DAY))
    assert found.ownership.clock is not None
    assert found.ownership.clock.due == (Due(stage=Stage.EXPIRE, at=END + 9 * DAY),)
    last = run_out(found.ownership)
    assert (last.event, last.ownership.since) == (EventKind.REASSIGNED, END + 9 * DAY)


def test_the_last_of_several_counts() -> None:
    both = bound(bound(customer(), until=END + DAY), OPPORTUNITY, END + 5 * DAY)
    held = run_out(both).ownership
    assert held.clock is not None
    assert held.clock.due[0].at == END + 5 * DAY
    one_left = close(held, END + timedelta(hours=1), OPPORTUNITY)
    assert one_left.clock is not None
    assert one_left.clock.due[0].at == END + DAY
    longer = bound(held, OPPORTUNITY, END + 50 * DAY)
    assert longer.clock is not None
    assert longer.clock.due[0].at == END + 50 * DAY


@pytest.mark.parametrize("until", [END, END - DAY])
def test_what_is_over_protects_no_more(until: datetime) -> None:
    assert run_out(bound(customer(), until=until)).event is EventKind.REASSIGNED


def test_only_what_the_policy_protects() -> None:
    contracts = POLICY.model_copy(update={"protect": (CONTRACT,)})
    assert run_out(bound(customer(), OPPORTUNITY), contracts).event is EventKind.REASSIGNED
    assert run_out(bound(customer(), CONTRACT), contracts).event is EventKind.RECYCLING_HELD


def test_it_stays_with_the_customer_and_nobody_is_kept_who_left() -> None:
    moved = step(bound(customer()), OwnerLeft(rep_id=ZHANG.id), AT + DAY).ownership
    assert (moved.owner_id, len(moved.commitments)) == (LI.id, 1)
    assert run_out(moved).event is EventKind.RECYCLING_HELD


def test_once_the_same_again_and_one_that_is_not_there_change_nothing() -> None:
    before = bound(customer())
    again = OpenCommitment(commitment=before.commitments[0])
    nowhere = CloseCommitment(commitment=OPPORTUNITY, reference="HT-2026-118")
    assert decide(before, again, POLICY, [ZHANG], AT) is None
    assert decide(before, nowhere, POLICY, [ZHANG], AT) is None
    assert len(bound(before, until=END).commitments) == 1


def test_there_is_a_limit_and_what_is_over_does_not_count() -> None:
    many = tuple(Commitment(kind=CONTRACT, reference=f"C-{n}", until=END) for n in range(MAX_COMMITMENTS))
    full = customer().model_copy(update={"commitments": many})
    one_more = OpenCommitment(commitment=Commitment(kind=CONTRACT, reference="C-x"))
    with pytest.raises(Refused, match="too_many_commitments") as caught:
        decide(full, one_more, POLICY, [ZHANG], AT)
    assert caught.value.facts == {"limit": MAX_COMMITMENTS}
    assert len(step(full, one_more, END).ownership.commitments) == 1


class TestStanding:
    """Level and stage choose among the clocks of a rule."""

    CLOCKS = POLICY.model_dump()["clocks"]
    POLICY = ruled(
        {
            "methods": ["show_contact"],
            "clock": [
                {"when": {"level": "A"}, "clock": "key"},
                {"when": {"stage": "报价"}, "clock": "quote"},
                {"when": {"not": {"level": "C"}}, "clock": "stand_lead"},
            ],
        },
        clocks=CLOCKS | {"key": CLOCKS["stand_lead"] | {"days": 60}, "quote": CLOCKS["stand_lead"] | {"days": 14}},
    )

    @pytest.mark.parametrize(
        ("facts", "days"),
        [({"level": "A", "stage": "报价"}, 60), ({"stage": "報價"}, 14), ({}, 30), ({"level": "C"}, None)],
    )
    def test_each_has_its_days(self, facts: dict[str, str], days: int | None) -> None:
        clock = customer(self.POLICY, **facts).clock
        assert (clock and clock.rule.days) == days

    def test_another_one_starts_when_they_change(self) -> None:
        owned = customer(self.POLICY)
        raised = step(owned, ChangeStanding(level="A", stage=None), AT + 20 * DAY, self.POLICY)
        assert (raised.event, raised.data) == (EventKind.STANDING_CHANGED, {"level": "A", "stage": None})
        assert raised.ownership.clock is not None
        assert raised.ownership.clock.due[-1].at == AT + 80 * DAY
        same = step(raised.ownership, ChangeStanding(level="A", stage="报价"), AT + 25 * DAY, self.POLICY)
        assert same.ownership.clock == raised.ownership.clock
        assert step(owned, ChangeStanding(level="C", stage=None), AT, self.POLICY).ownership.clock is None
        assert decide(owned, ChangeStanding(level=None, stage=None), self.POLICY, [], AT) is None
