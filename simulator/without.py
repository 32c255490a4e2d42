"""The year without OneOwner: whoever enters a customer has it, and may look for its name first, as it was written."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from domain.normalise.text import fold
from simulator.agenda import Agenda
from simulator.people import Person, Team
from simulator.truth import Ledger
from simulator.year import Approach, Way, luck_of

_NOBODY_IS_AFTER_IT = frozenset({Way.COVERED, Way.TYPED})


class Without:
    """Plays the approaches of a year."""

    def __init__(self, teams: Sequence[Team], ends: datetime, seed: int) -> None:
        self.ledger = Ledger()
        self._teams = {region: team for team in teams for region in team.regions}
        self._turns: Counter[str] = Counter()
        self._names: set[str] = set()
        self._agenda = Agenda(ends)
        self._seed = seed

    def play(self, approaches: Sequence[Approach]) -> Ledger:
        """Let the year pass; what really happened."""
        for approach in approaches:
            self._agenda.put(approach.at, lambda at, it=approach: self._happens(it, at))  # type: ignore[misc]
        for _ in self._agenda.run():
            continue
        return self.ledger

    def _happens(self, approach: Approach, at: datetime) -> None:
        number = approach.company.number
        self.ledger.known.setdefault(number, at)
        name = fold((approach.lead.get("company") or {}).get("name") or "")
        person = self._turn(approach) if approach.way in (Way.FORM, Way.REFERRED) else approach.person
        there = name in self._names
        self._names.add(name)
        if approach.way in _NOBODY_IS_AFTER_IT or not approach.covets:
            return
        if approach.way is not Way.WISH and person is approach.person and there and self._lets_go(approach):
            return
        self.ledger.begin(number, person.id, at, approach.way)
        self._pursue(approach, person, person.conduct.contacts, at)

    def _lets_go(self, approach: Approach) -> bool:
        """Whether the rep looks first, and heeds what there is to see."""
        luck, who = luck_of(self._seed, approach.number), approach.person.conduct
        return luck("looks").random() < who.looks_first and luck("heeds").random() < who.heeds

    def _turn(self, approach: Approach) -> Person:
        """Forms and referrals go round among the region's reps."""
        team = self._teams[approach.company.region]
        self._turns[team.id] += 1
        return team.people[self._turns[team.id] % len(team.people)]

    def _pursue(self, approach: Approach, person: Person, left: int, at: datetime) -> None:
        """The first contact a day after, then one after another."""
        first = left == person.conduct.contacts
        days = 1.0 if first else float(person.conduct.every_days)
        if left:
            self._agenda.after(at, days, lambda now: self._contact(approach, person, left, now))

    def _contact(self, approach: Approach, person: Person, left: int, at: datetime) -> None:
        self.ledger.contact(approach.company.number, person.id, at, approach.way)
        self._pursue(approach, person, left - 1, at)
