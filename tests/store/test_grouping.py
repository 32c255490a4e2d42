"""Customers of one group: a branch and its company, companies with one domain; their owners come first (sticky)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.answer import Answer
from domain.submission import Choice
from store.database import Database
from store.intake import Intake
from store.tables import CustomerRow
from tests.examples import AT, IDS, LI, WANG, ZHANG, employ, lead, registration, ruled
from tests.invariants import read_model, violations

POLICY = ruled({"methods": ["named_contact", "sticky", "rotation"]})
PARENT: dict[str, Any] = {"company": {"name": "深圳市远航科技有限公司"}, "emails": ["wang@yuanhang.example.com"]}


@pytest.fixture
def intake(database: Database) -> Intake:
    employ(database, LI, WANG, ZHANG)
    return Intake(database, POLICY, IDS)


def as_new(intake: Intake, days: int = 0, **fields: Any) -> Answer:
    """A customer of its own, whatever it resembles: when in doubt, a person says so."""
    at = AT + timedelta(days=days)
    of = lead(region="CN-GD", **fields)
    answer = intake.register(registration(of, at)).answer
    if answer.customer_id is None:
        answer = intake.register(registration(of, at, Choice(customer_id=None, by=LI.id))).answer
    return answer


def owner(answer: Answer) -> str | None:
    return answer.owner.id if answer.owner else None


@pytest.mark.parametrize(
    "other",
    [
        {"company": {"name": "深圳市远航科技有限公司广州分公司"}},
        {"company": {"name": "Voyage Instruments Ltd"}, "emails": ["li@yuanhang.example.com"]},
    ],
)
def test_goes_to_the_owner_of_the_group(database: Database, intake: Intake, other: dict[str, Any]) -> None:
    assert owner(as_new(intake, **PARENT, named_contact=WANG.id)) == WANG.id
    answer = as_new(intake, **other)
    assert owner(answer) == WANG.id
    (why,) = [row.trace for row in read_model(database).decisions if row.id == answer.decision_id]
    assert [trial["method"] for trial in why["assignment"]["trials"]] == ["named_contact", "sticky"]
    assert why["inputs"]["case"]["group_owners"] == [WANG.id]
    assert violations(read_model(database)) == []


def test_the_one_of_longest_standing_comes_first_then_previous_owners(database: Database, intake: Intake) -> None:
    first = as_new(intake, **PARENT, named_contact=WANG.id)
    mails = {"emails": ["zhao@yuanhang.example.com"]}
    as_new(intake, 1, company={"name": "Voyage Instruments Ltd"}, **mails, named_contact=ZHANG.id)
    with database.write() as session:
        row = session.get_one(CustomerRow, first.customer_id)
        row.ownership = {**row.ownership, "previous_owner_id": LI.id}
    answer = as_new(intake, 2, company={"name": "Harbour Lights Trading Inc"}, emails=["a@yuanhang.example.com"])
    (why,) = [row.trace for row in read_model(database).decisions if row.id == answer.decision_id]
    assert why["inputs"]["case"]["group_owners"] == [WANG.id, ZHANG.id, LI.id]


def test_a_further_lead_of_a_waiting_customer_asks_for_the_group_again(database: Database) -> None:
    """And the customer is no group of its own, though it holds the domain, too."""
    employ(database, LI, WANG)
    intake = Intake(database, ruled({"methods": ["named_contact", "sticky"]}), IDS)
    mails = {"emails": ["li@yuanhang.example.com"]}
    waiting = as_new(intake, company={"name": "Voyage Instruments Ltd"}, **mails)
    assert (waiting.owner, waiting.queue_reason) == (None, "no_earlier_owner")
    assert owner(as_new(intake, **PARENT, named_contact=WANG.id)) == WANG.id
    again = intake.register(registration(lead(company={"name": "Voyage Instruments Ltd"}, region="CN-GD", **mails)))
    assert again.answer.customer_id == waiting.customer_id
    assert again.arrived is not None
    assert again.arrived.case.group_owners == (WANG.id,)


def test_somebody_else_is_no_group(intake: Intake) -> None:
    as_new(intake, **PARENT, named_contact=WANG.id)
    assert owner(as_new(intake, company={"name": "宏图贸易有限公司"})) == LI.id
