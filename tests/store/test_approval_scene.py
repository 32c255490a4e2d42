"""Who is who, read from the database: managers, leaves by the workflow's time, heads, customers as they stand."""

from datetime import timedelta
from typing import Any

import pytest

from domain.change import Refused
from store.approval_scene import scene_of
from store.database import Database
from store.intake import Intake
from store.tables import LeaveRow, RepRow, TeamRow
from tests.approvals import AT, HEADS, STAFF, staff
from tests.examples import IDS, POLICY, lead, registration


def read(database: Database, *customer_ids: str, gains: str | None = None, later: timedelta = timedelta()) -> Any:
    with database.read() as session:
        return scene_of(session, customer_ids, gains, AT + later)


@pytest.fixture
def company(database: Database) -> Database:
    staff(database)
    return database


def test_everybody_with_their_manager(company: Database) -> None:
    now = read(company, gains="chen.jing")
    assert set(now.persons) == set(STAFF)
    assert (now.persons["li.wei"].manager_id, now.persons["zhao.min"].manager_id) == ("zhao.min", "wang.fang")
    assert now.heads == HEADS


def test_nobody_is_their_own_manager(company: Database) -> None:
    assert read(company).persons["wang.fang"].manager_id is None


def test_a_team_that_is_no_more_has_no_manager(company: Database) -> None:
    with company.write() as session:
        session.get_one(TeamRow, "south").active = False
    assert read(company).persons["li.wei"].manager_id is None


def test_only_the_regions_of_whoever_gains_are_read(company: Database) -> None:
    now = read(company, gains="chen.jing")
    assert (now.persons["chen.jing"].regions, now.persons["li.wei"].regions) == (("CN-SH",), ())


def test_on_leave_by_the_workflows_time(company: Database) -> None:
    """From the beginning until just before the end, unless it was cancelled; or until further notice."""
    with company.write() as session:
        begins, ends = AT + timedelta(days=1), AT + timedelta(days=2)
        session.add(LeaveRow(id="l1", rep_id="he.tao", begins=begins, ends=ends))
        session.add(LeaveRow(id="l2", rep_id="liu.yang", begins=begins, ends=ends, cancelled_at=AT))
        session.get_one(RepRow, "xu.na").on_leave = True
    for days, away in ((0.99, {"xu.na"}), (1, {"he.tao", "xu.na"}), (1.99, {"he.tao", "xu.na"}), (2, {"xu.na"})):
        now = read(company, later=timedelta(days=days))
        assert {person.id for person in now.persons.values() if person.away} == away


def test_customers_as_they_stand(company: Database) -> None:
    told = {"company": {"name": "深圳市远航科技有限公司"}, "region": "CN-GD", "named_contact": "li.wei"}
    amount = {"amount": {"value": "600000.00", "currency": "CNY"}}
    answer = Intake(company, POLICY, IDS).register(registration(lead(**told, **amount))).answer
    (customer,) = read(company, answer.customer_id or "").customers
    assert (customer.owner_id, customer.case.region, customer.case.amount) == ("li.wei", "CN-GD", 600_000)
    with pytest.raises(Refused):
        read(company, "cus_of_nobody")
