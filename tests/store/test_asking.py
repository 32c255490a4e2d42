"""Who is asked: owners in the candidates' order, managers who are there, and only those who may say something."""

import pytest
from sqlmodel import col, select

from domain.assignment import Rep
from domain.change import Refused
from store.asking import ask, managers_of, owners_of, require_active
from store.database import Database
from store.intake import Intake
from store.tables import LeadAskedRow, RepRow, TeamRow
from tests.examples import IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration

GONE = Rep(id="gone", name="已离职", regions=(), active=False)
ON_LEAVE = Rep(id="on.leave", name="休假中", regions=(), on_leave=True)


@pytest.fixture
def staffed(database: Database) -> Database:
    """Three teams: one led by zhang.wei, one by somebody who is gone, one by nobody."""
    employ(database, LI, ZHANG, WANG, SMITH, GONE, ON_LEAVE)
    teams = {"south": ZHANG.id, "north": GONE.id, "west": None}
    members = {LI.id: "south", ZHANG.id: "south", WANG.id: "north", SMITH.id: "west", GONE.id: "south"}
    with database.write() as session:
        session.add_all(TeamRow(id=team, name=team, manager_id=manager) for team, manager in teams.items())
        for rep, team in members.items():
            session.get_one(RepRow, rep).team_id = team
    return database


def test_managers_of_those_who_are_active(staffed: Database) -> None:
    reps = [LI.id, ZHANG.id, WANG.id, SMITH.id, GONE.id, ON_LEAVE.id, "nobody"]
    with staffed.read() as session:
        assert managers_of(session, []) == {}
        assert managers_of(session, reps) == {
            LI.id: ZHANG.id, ZHANG.id: ZHANG.id, WANG.id: None, SMITH.id: None, ON_LEAVE.id: None,
        }  # fmt: skip


def test_owners_come_in_the_order_of_the_customers(staffed: Database) -> None:
    intake = Intake(staffed, POLICY, IDS)
    wanted = (SMITH.id, LI.id, None, LI.id)
    made = [
        lead(company={"name": firm(n)}, region="CN-GD" if owner else "CN-BJ", named_contact=owner)
        for n, owner in enumerate(wanted)
    ]
    customers = [intake.register(registration(one)).answer.customer_id or "" for one in made]
    with staffed.read() as session:
        assert owners_of(session, customers) == [SMITH.id, LI.id, LI.id]
        assert owners_of(session, [*reversed(customers), "lead_waiting"]) == [LI.id, LI.id, SMITH.id]
        assert owners_of(session, []) == []


@pytest.mark.parametrize(("rep", "code"), [("nobody", "unknown_rep"), (GONE.id, "rep_not_available")])
def test_who_is_unknown_or_gone_may_not_answer(staffed: Database, rep: str, code: str) -> None:
    with staffed.read() as session:
        with pytest.raises(Refused, match=code):
            require_active(session, rep)
        require_active(session, ON_LEAVE.id)


def test_only_the_last_asked_are_written_down(staffed: Database) -> None:
    with staffed.write() as session:
        for reps in (["a", "b"], ["b"], ["c", "d"]):
            ask(session, "lead_1", reps)
            ask(session, "lead_2", reps)
        ask(session, "lead_2", ())
        rows = session.exec(select(LeadAskedRow).order_by(col(LeadAskedRow.rep_id))).all()
        assert [(row.lead_id, row.rep_id) for row in rows] == [("lead_1", "c"), ("lead_1", "d")]
