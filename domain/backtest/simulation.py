"""A simulated organisation under one policy: the very functions that assign real customers, over recorded leads.

What the policy gives is simulated; what people and clocks did later (claims, releases, reassignments, imports) is
taken as it happened. Under the policy that was in force both together give what happened.
"""

from dataclasses import dataclass

from domain.assignment import Assignment, Case, assign, reach_of
from domain.backtest.happened import Born, Moved, Opening, Present, Won
from domain.backtest.standings import Standings
from domain.policy import Policy


@dataclass(slots=True)
class _Held:
    """Who has a customer in the simulation, and who had it really."""

    owner: str | None
    really: str | None
    industry: str | None
    won: bool = False


class Simulation:
    """Decides one birth after the other under a policy, and keeps what follows from it."""

    def __init__(self, policy: Policy, opening: Opening) -> None:
        self._policy = policy
        self._standings = Standings(opening.reps, policy)
        self._held: dict[str, _Held] = {}
        for customer_id, owner_id in opening.owners.items():
            held = _Held(None, owner_id, opening.industries.get(customer_id), customer_id in opening.won)
            self._held[customer_id] = held
            self._pass_on(held, owner_id, won=held.won)

    def owner_of(self, customer_id: str) -> str | None:
        """Who has a customer at the moment."""
        held = self._held.get(customer_id)
        return held.owner if held else None

    def decide(self, born: Born) -> Assignment:
        """Whom the policy gives a new customer; counts it."""
        case = self._as_it_stands_here(born.case)
        decision = assign(case, self._policy, self._standings.roster(reach_of(case, self._policy), born.at))
        held = self._held[born.customer_id] = _Held(None, born.owner_id, case.industry)
        if decision.owner_id is not None:
            self._standings.count(decision.owner_id, decision.rotation_pool, born.at)
            self._pass_on(held, decision.owner_id)
        return decision

    def follow(self, happening: Moved | Won | Present) -> None:
        """Take over what no policy decides; a birth is decided instead (``decide``)."""
        match happening:
            case Moved():
                self._move(happening)
            case Won():
                held = self._held.get(happening.customer_id)
                if held is not None and held.owner is not None and not held.won:
                    self._pass_on(held, held.owner, won=True)
            case Present():
                self._standings.be(happening.rep_id, active=happening.active, on_leave=happening.on_leave)

    def _move(self, moved: Moved) -> None:
        """A customer that found an owner only later really stays with the one whom it has here from the start, and one
        that kept its owner really keeps the one whom it has here."""
        held = self._held.setdefault(moved.customer_id, _Held(None, None, None))
        waited_only_really = held.really is None and held.owner is not None
        stayed, held.really = held.really == moved.owner_id, moved.owner_id
        if waited_only_really:
            return
        if moved.owner_id is not None and moved.assigned:
            self._standings.count(moved.owner_id, moved.pool, moved.at)
        if not stayed and held.owner != moved.owner_id:
            self._pass_on(held, moved.owner_id)

    def _pass_on(self, held: _Held, owner_id: str | None, *, won: bool = False) -> None:
        for rep_id, sign in ((held.owner, -1), (owner_id, 1)):
            if rep_id is None:
                continue
            counts = held.won if sign < 0 else won
            self._standings.loads[rep_id] += sign
            if counts and held.industry:
                self._standings.successes[held.industry, rep_id] += sign
            self._standings.changed(rep_id)
        held.owner, held.won = owner_id, won

    def _as_it_stands_here(self, case: Case) -> Case:
        """The case with those referrers' owners who differ here; the others as they were recorded."""
        links = tuple(
            link.model_copy(update={"owner_id": held.owner})
            if (held := self._held.get(link.customer_id)) and held.owner != held.really
            else link
            for link in case.referrals
        )
        return case if links == case.referrals else case.model_copy(update={"referrals": links})
