"""The look at whether somebody is known: it tells that they exist and whom to ask, and leaves no trace."""

import pytest

from domain.ownership import Owner
from domain.submission import Choice
from store.checking import Check, Checking, Contact
from store.database import Database
from store.intake import Intake
from tests.databases import empty
from tests.examples import IDS, LI, POLICY, ZHANG, employ, lead, registration
from tests.invariants import read_model

YUANHANG = {"company": {"name": "深圳市远航达科技有限公司"}, "phones": ["13800138000"], "region": "CN-GD"}


@pytest.fixture
def checking(database: Database) -> Checking:
    employ(database, ZHANG, LI)
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG)))
    return Checking(database, POLICY)


@pytest.mark.parametrize(
    ("typed", "exists"),
    [
        ({"phones": ["+86 138 0013 8000"]}, "certain"),
        ({"company": {"name": "深圳市遠航達科技有限公司"}, "region": "CN-GD"}, "certain"),
        ({"company": {"name": "深圳市远杭达科技有限公司"}, "region": "CN-GD"}, "possible"),
        ({"company": {"name": "远航达"}, "region": "CN-GD"}, "possible"),
        ({"company": {"name": "上海青禾农业有限公司"}}, "no"),
        ({"company": {"name": "测试"}}, "no"),
    ],
)
def test_it_says_whether_and_whom_to_ask(checking: Checking, typed: dict[str, object], exists: str) -> None:
    said = checking.check(lead(**typed))
    assert said.exists == exists
    assert said.ask == (() if exists == "no" else (Contact(owner=Owner(id=LI.id, name="李娜")),))


def test_existence_not_content_it_tells_nothing_else(checking: Checking) -> None:
    said = checking.check(lead(phones=["13800138000"])).model_dump_json()
    assert "远航" not in said
    assert "cus_" not in said
    assert set(Check.model_fields) == {"exists", "confidence", "matched_on", "ask"}


def test_it_writes_nothing(database: Database, checking: Checking) -> None:
    before = read_model(database).content
    for typed in (YUANHANG, {"company": {"name": "上海青禾农业有限公司"}}, {"company": {"name": "远航达"}}):
        checking.check(lead(**typed))
    assert read_model(database).content == before


def test_a_customer_without_an_owner_is_asked_after_where_it_waits(database: Database) -> None:
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG)))
    assert Checking(database, POLICY).check(lead(**YUANHANG)).ask == (Contact(queue="unassigned"),)


def test_a_lead_that_waits_makes_it_possible_and_names_the_customer_it_waits_beside(database: Database) -> None:
    empty(database)
    employ(database, ZHANG, LI)
    intake, checking = Intake(database, POLICY, IDS), Checking(database, POLICY)
    intake.register(registration(lead(**YUANHANG)))
    waiting = lead(company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD")
    intake.register(registration(waiting))
    typed = lead(company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD", address="深圳市南山区科苑路15号")
    assert checking.check(typed).exists == "possible"
    intake.register(registration(waiting, choice=Choice(customer_id=None, by="li.na")))
    assert checking.check(typed).exists == "certain"
