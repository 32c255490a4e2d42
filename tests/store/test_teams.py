"""The tree of teams: it has a top, whatever anybody asks for."""

import pytest

from domain.directory import NewTeam, TeamChange
from store.database import Database
from store.errors import UnusableReference
from store.tables import RepRow
from store.teams import Teams
from tests.databases import at_once
from tests.examples import LI, employ


def anything(version: int) -> None:
    pass


@pytest.fixture
def teams(database: Database) -> Teams:
    """华南 above 深圳 above 南山."""
    made = Teams(database)
    for name, parent in (("south", None), ("shenzhen", "south"), ("nanshan", "shenzhen")):
        made.create(name, NewTeam(name=name, parent_id=parent), None)
    return made


@pytest.mark.parametrize("above", ["south", "shenzhen", "nanshan"])
def test_no_team_is_above_itself(teams: Teams, above: str) -> None:
    with pytest.raises(UnusableReference) as caught:
        teams.change("south", TeamChange(parent_id=above), anything)
    assert (caught.value.field, caught.value.code) == ("parent_id", "team_below")
    assert teams.get("south").parent_id is None


def test_a_team_moves_with_all_below_it(teams: Teams) -> None:
    teams.create("north", NewTeam(name="华北"), None)
    assert teams.change("shenzhen", TeamChange(parent_id="north"), anything).parent_id == "north"
    assert teams.change("south", TeamChange(parent_id="nanshan"), anything).parent_id == "nanshan"
    assert teams.change("south", TeamChange(parent_id=None), anything).parent_id is None


@pytest.mark.parametrize(
    ("above", "code"), [("nobody", "team_unknown"), ("north", "team_inactive"), ("x", "team_unknown")]
)
def test_a_team_above_must_be_there(teams: Teams, above: str, code: str) -> None:
    teams.create("north", NewTeam(name="华北"), None)
    teams.activate("north", active=False)
    for call in (
        lambda: teams.create("x", NewTeam(name="x", parent_id=above), None),
        lambda: teams.change("south", TeamChange(parent_id=above), anything),
    ):
        with pytest.raises(UnusableReference) as caught:
            call()
        assert caught.value.code == code


def test_two_teams_that_are_put_below_each_other_at_once_form_no_circle(teams: Teams) -> None:
    teams.create("north", NewTeam(name="华北"), None)

    def put(below: str, above: str) -> bool:
        try:
            teams.change(below, TeamChange(parent_id=above), anything)
        except UnusableReference:
            return False
        return True

    assert sorted(at_once([lambda: put("north", "nanshan"), lambda: put("south", "north")])) == [False, True]


def test_a_rep_has_the_name_of_their_team(teams: Teams, database: Database) -> None:
    employ(database, LI)
    assert teams.of_rep(LI.id) is None
    with database.write() as session:
        session.get_one(RepRow, LI.id).team_id = "shenzhen"
    assert teams.of_rep(LI.id) == "shenzhen"
