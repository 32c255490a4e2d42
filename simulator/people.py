"""The reps of the simulated company: teams by region, each with a manager, and what kind of rep everybody is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from matching_lab import vocabulary as v
from simulator.conduct import CONDUCT, Conduct, Habit
from store.database import Database
from store.tables import RepRegionRow, RepRow, TeamRow

_TEAM = 8
"""Reps in a team, or somewhat more."""


@dataclass(frozen=True)
class Person:
    """A rep."""

    id: str
    name: str
    team: str
    habit: Habit

    @property
    def conduct(self) -> Conduct:
        """What somebody like this does."""
        return CONDUCT[self.habit]


@dataclass(frozen=True)
class Team:
    """A team and the regions that it sells to."""

    id: str
    manager_id: str
    regions: tuple[str, ...]
    people: tuple[Person, ...]


def employed(number: int, regions: Iterable[str], rng: Random) -> list[Team]:
    """So many reps in teams, with all these regions divided among the teams."""
    habits = [habit for habit in Habit for _ in range(round(CONDUCT[habit].share * number))]
    habits = (habits + [Habit.DILIGENT] * number)[:number]
    rng.shuffle(habits)
    teams, places = max(1, number // _TEAM), sorted(set(regions))
    people = [
        Person(f"rep-{at:03}", _name(rng), f"team-{at % teams}", habit) for at, habit in enumerate(habits, start=1)
    ]
    members = {name: tuple(it for it in people if it.team == name) for name in (f"team-{at}" for at in range(teams))}
    return [
        Team(name, f"manager-{at}", tuple(places[at::teams]), theirs)
        for at, (name, theirs) in enumerate(members.items())
    ]


def employ(database: Database, teams: Sequence[Team], rng: Random) -> None:
    """Put everybody into a database."""
    with database.write() as session:
        for team in teams:
            session.add(RepRow(id=team.manager_id, name=_name(rng)))
            session.add(TeamRow(id=team.id, name=team.id, manager_id=team.manager_id))
            session.flush()
            session.add_all(RepRow(id=it.id, name=it.name, team_id=team.id) for it in team.people)
            session.flush()
            session.add_all(RepRegionRow(rep_id=it.id, region=region) for it in team.people for region in team.regions)


def _name(rng: Random) -> str:
    return rng.choice(v.ZH_SURNAMES) + "".join(rng.sample(v.ZH_GIVEN, 2))
