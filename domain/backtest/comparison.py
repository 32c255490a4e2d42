"""A back-test: what happened beside what a draft policy would have made of the same leads."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.backtest.happened import Born, CameAgain, Happening, LeaveTurned, Moved, Opening, Present, Won
from domain.backtest.presence import Presence
from domain.backtest.simulation import Simulation
from domain.backtest.tally import Outcome, Tally
from domain.case import Plain
from domain.instant import Date
from domain.policy import Policy

SAID_EVERY = 500
"""Happenings between two signs of life."""
MOST_TRADES = 1_000
"""Pairs of reps that a result names at most; it must fit into one message of Temporal's (2 MB)."""


class Period(Plain):
    """The days that are looked at: from the first until just before ``until``, one at least."""

    begins: Date
    until: Date

    @model_validator(mode="after")
    def _one_day_at_least(self) -> "Period":
        if self.until <= self.begins:
            raise PydanticCustomError("period_empty", "must be later than the first day")
        return self


class Trade(Plain):
    """Customers that one rep had really and another would have had; None is the queues."""

    was: str | None
    would_be: str | None
    customers: int


class Comparison(Plain):
    """The result. Reps appear with id and name only, customers not at all."""

    period: Period
    draft: str
    """The draft's version with its fingerprint."""
    current: str
    """The same of the policy now in force, which is simulated as well, for comparison."""
    versions: tuple[str, ...]
    """The policies that really decided in the period."""
    currency: str
    actual: Outcome
    simulated: Outcome
    """The policy now in force, simulated: where it differs from what happened, the simulation or a change of policy or
    staff is the cause and not the draft."""
    drafted: Outcome
    unfaithful: int
    """New customers for whom the simulation of the policy in force gives another owner than they really got."""
    moved: int
    """New customers for whom the draft gives another owner than they really got."""
    trades: tuple[Trade, ...]
    """The moved customers by who had them and who would have, most first, ``MOST_TRADES`` pairs at most."""
    names: dict[str, str] = Field(default_factory=dict)
    """Of the reps."""
    regions: dict[str, str] = Field(default_factory=dict)
    """The names of the regions."""


class _Race:
    """What happened, the policy in force and the draft, side by side."""

    def __init__(self, draft: Policy, current: Policy, opening: Opening) -> None:
        self._amount_of = draft.rulebook.amount_of
        self._presence = Presence(opening.reps, current)
        self._really: dict[str, str | None] = dict(opening.owners)
        self.actual, self.simulated, self.drafted = Tally(), Tally(), Tally()
        self._runs = ((Simulation(current, opening), self.simulated), (Simulation(draft, opening), self.drafted))
        self.unfaithful, self.trades, self.versions = 0, Counter[tuple[str | None, str | None]](), set[str]()

    def take(self, happening: Happening) -> None:
        match happening:
            case Born():
                self._born(happening)
            case CameAgain():
                self.actual.meet(self._really.get(happening.customer_id), happening.stakes)
                for simulation, tally in self._runs:
                    tally.meet(simulation.owner_of(happening.customer_id), happening.stakes)
            case LeaveTurned():
                self._follow(*self._presence.told_by(happening))
            case Moved():
                self._really[happening.customer_id] = happening.owner_id
                self._follow(happening)
            case Won():
                self._follow(happening)

    def _follow(self, *happenings: Moved | Won | Present) -> None:
        for simulation, _ in self._runs:
            for happening in happenings:
                simulation.follow(happening)

    def _born(self, born: Born) -> None:
        case, really = born.case, born.owner_id
        value = self._amount_of(case) or Decimal(0)
        self.versions.add(born.policy_version)
        self._really[born.customer_id] = really
        self.actual.birth(case.region, value, really, born.reason)
        self.actual.meet(really, born.stakes, case.group_owners)
        self._follow(*self._presence.told_by(born))
        owners = []
        for simulation, tally in self._runs:
            given = simulation.decide(born)
            owners.append(given.owner_id)
            tally.birth(case.region, value, given.owner_id, given.reason)
            tally.meet(given.owner_id, born.stakes, case.group_owners)
        simulated, drafted = owners
        self.unfaithful += simulated != really
        if drafted != really:
            self.trades[really, drafted] += 1


def compare(
    happened: tuple[Opening, Iterable[Happening]],
    draft: Policy,
    current: Policy,
    period: Period,
    tell: Callable[[int], None] = lambda _done: None,
) -> Comparison:
    """Run the period's leads through a draft policy and through the one in force, and set both beside what happened.

    Args:
        happened: how things stood when the period began, and what happened in it, in the order in which it was written.
        draft: the policy to try.
        current: the policy in force now.
        period: what is looked at, for the result.
        tell: called now and then with the number of happenings that are done.
    """
    opening, happenings = happened
    race = _Race(draft, current, opening)
    for done, happening in enumerate(happenings, 1):
        race.take(happening)
        if done % SAID_EVERY == 0:
            tell(done)
    staff = [rep.id for rep in opening.reps if rep.active]
    actual, simulated, drafted = (it.outcome(staff) for it in (race.actual, race.simulated, race.drafted))
    concerned = {*staff, *actual.reps, *simulated.reps, *drafted.reps}
    trades = sorted(race.trades.items(), key=lambda it: (-it[1], it[0][0] or "", it[0][1] or ""))
    return Comparison(
        period=period,
        draft=draft.fingerprint,
        current=current.fingerprint,
        versions=tuple(sorted(race.versions)),
        currency=draft.currency,
        actual=actual,
        simulated=simulated,
        drafted=drafted,
        unfaithful=race.unfaithful,
        moved=race.trades.total(),
        trades=tuple(
            Trade(was=was, would_be=would_be, customers=number) for (was, would_be), number in trades[:MOST_TRADES]
        ),
        names={rep.id: rep.name for rep in sorted(opening.reps, key=lambda rep: rep.id) if rep.id in concerned},
    )
