"""What reaches the company from outside: drawn from a seed, and nothing that the API would refuse."""

from random import Random

import pytest

from domain.submitted import SubmittedLead
from simulator.companies import found, written
from simulator.conduct import CONDUCT, Habit
from simulator.people import employed
from simulator.without import Without
from simulator.year import BEGINS, Approach, Way, Year


def drawn(seed: int = 1, customers: int = 200) -> tuple[list[Approach], Year, list]:  # type: ignore[type-arg]
    rng = Random(seed)
    companies = found(customers, rng)
    teams = employed(20, (company.region for company in companies), rng)
    year = Year(companies, teams, 12, rng)
    return year.approaches(), year, teams


def test_customers_are_chinese_and_english_and_some_are_groups() -> None:
    companies = found(400, Random(1))
    assert [company.number for company in companies] == list(range(400))
    assert {company.language for company in companies} == {"zh", "en"}
    assert any(company.group != company.number for company in companies)
    assert all(company.group <= company.number for company in companies)
    assert all(companies[it.group].language == it.language for it in companies)


@pytest.mark.parametrize("mistaken", [0.0, 1.0])
def test_every_lead_is_one_that_the_api_takes(mistaken: float) -> None:
    rng = Random(2)
    for company in found(300, rng):
        SubmittedLead.model_validate({"source": "form", "external_id": "1", **written(company, mistaken, rng)})


def test_every_rep_has_a_team_and_every_region_one(customers: int = 100) -> None:
    teams = employed(20, (company.region for company in found(customers, Random(1))), Random(1))
    people = [person for team in teams for person in team.people]
    regions = [region for team in teams for region in team.regions]
    assert len({person.id for person in people}) == len(people) == 20
    assert len(set(regions)) == len(regions)
    assert {person.habit for person in people} == set(Habit)


def test_the_shares_of_habits_are_all_there_is() -> None:
    assert sum(conduct.share for conduct in CONDUCT.values()) == pytest.approx(1)


def test_a_year_is_in_order_and_ends() -> None:
    approaches, year, _ = drawn()
    times = [approach.at for approach in approaches]
    assert times == sorted(times)
    assert BEGINS <= times[0] <= times[-1] < year.ends
    assert {approach.way for approach in approaches} == set(Way)


def test_the_same_seed_draws_the_same_year() -> None:
    assert drawn(5)[0] == drawn(5)[0]
    assert drawn(5)[0] != drawn(6)[0]


def test_nobody_chases_where_colleagues_help_and_two_do_where_both_enter_a_customer() -> None:
    approaches, year, teams = drawn()
    helping = [it for it in approaches if it.way in (Way.COVERED, Way.TYPED)]
    assert Without(teams, year.ends, 1).play(helping).chases == []
    first = next(it for it in approaches if it.way is Way.SHOW)
    other = next(it.person for it in approaches if it.person != first.person)
    twice = [first, Approach(9999, first.at, first.company, Way.WISH, other, first.lead, covets=True)]
    chases = Without(teams, year.ends, 1).play(twice).chases
    assert [chase.reps for chase in chases] == [frozenset({first.person.id, other.id})]
