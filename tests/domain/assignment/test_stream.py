"""Any policy, any stream of leads, reps who come, go and change: the engine's promises hold after every single lead."""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.assignment import Assignment, Case, Reason, Rep, assign, reach_of
from domain.policy import Policy
from domain.rules.methods import Method
from tests.strategies import REP_IDS, TERRITORIES, cases, policies, rep_ids

CHOOSING = {Method.ROTATION, Method.LEAST_LOADED, Method.TERRITORY, Method.VERTICAL, Method.BEST_MATCH}
changes = st.sampled_from(
    (
        {"active": False},
        {"active": True},
        {"on_leave": True},
        {"on_leave": False},
        {"off_duty": True},
        {"off_duty": False},
        {"daily_cap": 1},
        {"daily_cap": 3},
        {"total_cap": 2},
        {"total_cap": None, "daily_cap": None},
        {"weight": 3},
        {"weight": 1},
        {"verticals": ("制造业",)},
        {"successor_id": REP_IDS[2]},
    )
)


class Stream(RuleBasedStateMachine):
    """The store's part is played by counters: turns, the day's customers, and who owns how many."""

    def __init__(self) -> None:
        super().__init__()
        self.reps = {
            rep_id: Rep(id=rep_id, name=rep_id, regions=(TERRITORIES[at % 2], "CN"))
            for at, rep_id in enumerate(REP_IDS)
        }
        self.turns: dict[str, dict[str, tuple[int, ...]]] = {rep_id: {} for rep_id in REP_IDS}
        self.today: Counter[str] = Counter()
        self.owners: list[str | None] = []

    @initialize(policy=policies(), caps=st.lists(st.tuples(*[st.sampled_from((None, 1, 3))] * 2), min_size=3))
    def follows(self, policy: Policy, caps: list[tuple[int | None, int | None]]) -> None:
        self.policy = policy
        for rep_id, (daily_cap, total_cap) in zip(REP_IDS, caps, strict=False):
            self.a_rep_changes(rep_id, {"daily_cap": daily_cap, "total_cap": total_cap})

    @rule(rep_id=rep_ids, change=changes)
    def a_rep_changes(self, rep_id: str, change: dict[str, Any]) -> None:
        self.reps[rep_id] = self.reps[rep_id].model_copy(update=change)

    @rule()
    def a_day_ends(self) -> None:
        self.today.clear()

    @rule(which=st.integers(0, 50))
    def a_customer_goes(self, which: int) -> None:
        if which < len(self.owners):
            self.owners[which] = None

    @rule(case=cases(), times=st.integers(1, 4))
    def leads_come(self, case: Case, times: int) -> None:
        for _ in range(times):
            staff = self.staff()
            made = assign(case, self.policy, staff)
            self.check(case, made, {rep.id: rep for rep in staff})
            self.owners.append(made.owner_id)
            if made.owner_id is not None:
                self.today[made.owner_id] += 1
                self.take_turn(made.owner_id, made.rotation_pool)

    def staff(self) -> list[Rep]:
        loads = Counter(self.owners)
        return [
            rep.model_copy(
                update={"load": loads[rep.id], "given_today": self.today[rep.id], "turns": dict(self.turns[rep.id])}
            )
            for rep in self.reps.values()
        ]

    def take_turn(self, rep_id: str, pool: str | None) -> None:
        if pool is not None:
            latest = max((turns[pool][0] for turns in self.turns.values() if pool in turns), default=0)
            self.turns[rep_id][pool] = (latest + 1, *self.turns[rep_id].get(pool, ()))[:20]

    def check(self, case: Case, made: Assignment, staff: dict[str, Rep]) -> None:
        """One owner or one queue, nobody above a cap, and everything explained."""
        assert (made.owner_id is None) == (made.queue is not None)
        assert made.rotation_pool is None or made.rotation_pool in reach_of(case, self.policy).pools
        assert made.rule in {one.rule for one in self.policy.assignment}
        for trial in made.trials:
            untold = set(trial.considered) - set(trial.passed_over) - {trial.rep_id}
            assert not untold or trial.method in CHOOSING  # they could have got it: not their turn, or a lower score
            assert all(self.is_so(reason, staff.get(rep_id), case) for rep_id, reason in trial.passed_over.items())
        if made.owner_id is not None:
            use = self.policy.rulebook.select(case)[0].methods[len(made.trials) - 1]
            owner = staff[made.owner_id]
            assert owner.available
            within_day = owner.daily_cap is None or owner.given_today < owner.daily_cap
            within_total = owner.total_cap is None or owner.load < owner.total_cap
            assert (within_day and within_total) or getattr(use, "over_cap", False)
            assert not (owner.off_duty and made.method in CHOOSING)

    def is_so(self, reason: Reason, rep: Rep | None, case: Case) -> bool:
        """Whether what is told of a rep is true."""
        if rep is None:
            return reason is Reason.UNKNOWN_REP
        return {
            Reason.INACTIVE: not rep.active,
            Reason.ON_LEAVE: rep.on_leave,
            Reason.OFF_DUTY: rep.off_duty,
            Reason.EXCLUDED: rep.id in case.excluded,
            Reason.AT_DAILY_CAP: rep.given_today >= (rep.daily_cap or 0),
            Reason.AT_TOTAL_CAP: rep.load >= (rep.total_cap or 0),
        }[reason]

    @invariant()
    def every_pool_counts_its_turns(self) -> None:
        for pool in {pool for turns in self.turns.values() for pool in turns}:
            taken = [turn for turns in self.turns.values() for turn in turns.get(pool, ())]
            assert len(taken) == len(set(taken))


Stream.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
test_one_owner_explained_and_caps_hold_in_any_stream = Stream.TestCase
