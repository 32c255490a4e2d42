"""A move played through without writing anything: the decisions that will be made, one after the other.

The roster keeps turns, caps and loads as they would be by then.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from itertools import count

from domain.assignment import Assignment, Reach, Rep, reach_of
from domain.change import OwnerLeft
from domain.moving import NewMove, moved_rep
from domain.ownership import Ownership
from domain.policy import MoveKind, Policy
from domain.step import Step
from domain.transition import case_for, decide

_AFTER_ALL = 10**15
"""A turn later than any that was taken: only the order of turns counts."""


class Rehearsal:
    """Plays one move through. Not to be shared."""

    def __init__(
        self,
        rep_id: str,
        move: NewMove,
        heirs: tuple[str | None, str | None],
        policy: Policy,
        at: datetime,
        staff: Callable[[Reach], list[Rep]],
    ) -> None:
        """Begin.

        Args:
            rep_id: who moves.
            move: the order.
            heirs: who is asked before the rules, and who stands for the rep from now on, where there is somebody.
            policy: the rules in force.
            at: when it would happen.
            staff: tells how the reps within reach stand now.
        """
        self._rep_id = rep_id
        self._move = move
        self._asked_first, self._stands_in = heirs
        self._policy = policy
        self._at = at
        self._staff = staff
        self._standing: dict[Reach, list[Rep]] = {}
        self._given: Counter[str] = Counter()
        self._won: Counter[tuple[str, str | None]] = Counter()
        self._turns: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
        self._later = count(_AFTER_ALL)

    def step(self, customer: Ownership, industry: str | None, won_by: Collection[str]) -> Step | None:
        """What becomes of the next customer.

        Args:
            customer: how it stands.
            industry: the customer's, as the reps' successes are counted by it.
            won_by: the reps who followed it up effectively.
        """
        change = OwnerLeft(rep_id=self._rep_id, successor_id=self._asked_first)
        reach = reach_of(case_for(customer, change), self._policy)
        if self._move.kind is MoveKind.LEAVES and self._stands_in is not None:
            reach = reach.model_copy(update={"rep_ids": tuple(sorted({*reach.rep_ids, self._stands_in}))})
        if reach not in self._standing:
            self._standing[reach] = self._staff(reach)
        reps = [self._by_then(rep, reach) for rep in self._standing[reach]]
        step = decide(customer, change, self._policy, reps, self._at)
        if step is not None and step.assignment is not None and step.assignment.owner_id is not None:
            by_id = {rep.id: rep for rep in reps}
            self._count(step.assignment, by_id[step.assignment.owner_id])
            self._won[(step.assignment.owner_id, industry)] += step.assignment.owner_id in won_by
        return step

    def _by_then(self, rep: Rep, reach: Reach) -> Rep:
        """A rep as they would stand by then."""
        if rep.id == self._rep_id:
            rep = moved_rep(rep, self._move)
        own = {pool: self._turns[pool][rep.id] for pool in reach.pools if rep.id in self._turns[pool]}
        won = self._won[(rep.id, reach.industry)] if reach.industry else 0
        given = self._given[rep.id]
        if not (own or given):
            return rep
        return rep.model_copy(
            update={
                "turns": {**rep.turns, **own},
                "load": rep.load + given,
                "given_today": rep.given_today + given,
                "successes": rep.successes + won,
            }
        )

    def _count(self, decision: Assignment, rep: Rep) -> None:
        """Count a customer for the rep who would get it, as ``store.rotation.take_turn`` does."""
        self._given[rep.id] += 1
        pool = decision.rotation_pool
        if pool is not None:
            self._turns[pool][rep.id] = (next(self._later), *rep.turns.get(pool, ()))[: rep.weight]
