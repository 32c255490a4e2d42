"""Everything that reaches the company from outside in the simulated year: the same with OneOwner and without it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from simulator import conduct
from simulator.companies import Company, written
from simulator.people import Person, Team

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=365 / 12)


class Way(StrEnum):
    """How a customer and the company come together."""

    FORM = "form"
    """The customer fills in the website's form."""
    WISH = "wish"
    """The same, and asks for a rep by name."""
    ENTERED = "entered"
    """A rep enters a lead of their own."""
    SHOW = "show"
    """A rep meets the customer at a trade show."""
    REFERRED = "referred"
    """Another customer sends it."""
    CALLED = "called"
    """A rep calls without entering anything."""
    ADDRESS_BOOK = "address_book"
    """A rep's address book, in which the customer is, is synchronised."""
    COVERED = "covered"
    """A colleague stands in for whoever has the customer: nobody is after anything."""
    TYPED = "typed"
    """A colleague types a lead in for whoever has the customer."""


_FIRST: Mapping[Way, int] = {Way.FORM: 40, Way.ENTERED: 35, Way.SHOW: 15, Way.REFERRED: 10}
_FURTHER: Mapping[Way, int] = {
    Way.FORM: 25, Way.WISH: 5, Way.ENTERED: 25, Way.SHOW: 8, Way.CALLED: 14,
    Way.ADDRESS_BOOK: 8, Way.COVERED: 10, Way.TYPED: 5,
}  # fmt: skip
_BY_CUSTOMER = frozenset({Way.FORM, Way.WISH, Way.REFERRED})
_TEMPTING = frozenset({Way.CALLED, Way.ADDRESS_BOOK})
_SHOWS = ("华南工业展", "中国国际工业博览会", "Canton Fair", "智能制造大会")
_MET_TWICE = 0.3
"""How often a second rep on the stand meets the same visitor."""


@dataclass(frozen=True)
class Approach:
    """One thing that happens to one customer."""

    number: int
    at: datetime
    company: Company
    way: Way
    person: Person
    """Who does it; of what the customer does, whoever would get it."""
    lead: dict[str, Any]
    """The customer as it is written down."""
    covets: bool
    """Whether the rep is after the customer."""


class Year:
    """Draws the approaches of a year."""

    def __init__(self, companies: Sequence[Company], teams: Sequence[Team], months: int, rng: Random) -> None:
        self._companies = companies
        self._teams = {region: team for team in teams for region in team.regions}
        self._people = [person for team in teams for person in team.people]
        self._ends = BEGINS + months * MONTH
        self._rng = rng

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self._ends

    def approaches(self) -> list[Approach]:
        """All of them, in the order of time."""
        drawn = [it for company in self._companies for it in self._of(company) if it[0] < self._ends]
        drawn.sort(key=lambda it: (it[0], it[1].number))
        return [self._approach(number, *it) for number, it in enumerate(drawn)]

    def _of(self, company: Company) -> Iterator[tuple[datetime, Company, Way, Person]]:
        rng = self._rng
        way = _drawn(_FIRST, rng)
        at = _office_hours(BEGINS + (self._ends - BEGINS) * rng.random(), rng)
        at = self._show_day(at) if way is Way.SHOW else at
        yield at, company, way, self._somebody(company, way, same_team=True)
        while rng.random() < (_MET_TWICE if way is Way.SHOW else conduct.AGAIN):
            soon = rng.random() < conduct.SOON
            way = Way.SHOW if way is Way.SHOW and rng.random() < 0.8 else _drawn(_FURTHER, rng)
            if soon or way is Way.SHOW:
                at += timedelta(minutes=rng.randrange(20, 300))
            else:
                at = _office_hours(at + timedelta(days=rng.expovariate(1 / conduct.GAP_DAYS)), rng)
            yield at, company, way, self._somebody(company, way, same_team=rng.random() < conduct.SAME_TEAM)

    def _somebody(self, company: Company, way: Way, *, same_team: bool) -> Person:
        people = self._teams[company.region].people if same_team else self._people
        tempted = [it.conduct.temptation if way in _TEMPTING else 1 for it in people]
        return self._rng.choices(people, tempted)[0]

    def _show_day(self, at: datetime) -> datetime:
        """The nearest of the year's shows, one in each quarter."""
        quarter = (at - BEGINS) // (3 * MONTH)
        return BEGINS + quarter * 3 * MONTH + timedelta(days=40, hours=self._rng.randrange(1, 9))

    def _approach(self, number: int, at: datetime, company: Company, way: Way, person: Person) -> Approach:
        rng = self._rng
        mistaken = conduct.WRITTEN_BY_CUSTOMER if way in _BY_CUSTOMER else person.conduct.mistaken
        covets = rng.random() < conduct.COVETS if way is Way.ADDRESS_BOOK else way not in (Way.COVERED, Way.TYPED)
        return Approach(number, at, company, way, person, written(company, mistaken, rng), covets)


def show_of(at: datetime) -> tuple[str, date]:
    """The name and the first day of the show at which somebody was met."""
    quarter = int((at - BEGINS) / (3 * MONTH))
    return _SHOWS[quarter % len(_SHOWS)], (BEGINS + quarter * 3 * MONTH + timedelta(days=40)).date()


def _drawn(weights: Mapping[Way, int], rng: Random) -> Way:
    return rng.choices([*weights], [*weights.values()])[0]


def _office_hours(at: datetime, rng: Random) -> datetime:
    """The same day, or the Monday after a weekend, between nine and six in China."""
    day = at + timedelta(days={6: 2, 7: 1}.get(at.isoweekday(), 0))
    return day.replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(minutes=rng.randrange(540))


Luck = Callable[[str], Random]


def luck_of(seed: int, number: int) -> Luck:
    """The luck of one approach: the same for the same question in both worlds, whatever else happens there."""
    return lambda question: Random(f"{seed}/{number}/{question}")
