"""Tracing a referral: whom a lead means by its referrer, and the chain of customers behind."""

from typing import Any

import pytest

from domain.answer import Answer
from domain.identity import Outcome
from domain.lead import Referrer
from domain.submission import Choice
from store.database import Database
from store.intake import Intake
from store.referral import MAX_CHAIN, referrals_of
from store.tables import CustomerRow, RepRow
from tests.examples import IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, lead, registration
from tests.invariants import read_model, violations


@pytest.fixture
def intake(database: Database) -> Intake:
    employ(database, ZHANG, LI, WANG, SMITH)
    return Intake(database, POLICY, IDS)


def register(intake: Intake, **fields: Any) -> Answer:
    return intake.register(registration(lead(**fields))).answer


def chain(database: Database, **referrer: str) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [(link.customer_id, link.owner_id) for link in referrals_of(session, Referrer(**referrer))]


@pytest.fixture
def yuanhang(intake: Intake) -> str:
    """A customer of Zhang's."""
    answer = register(
        intake,
        company={"name": "深圳市远航科技有限公司"},
        phones=["13800138000", "0755-86013060"],
        emails=["wang@example.com"],
        named_contact=ZHANG.id,
    )
    assert answer.customer_id is not None
    return answer.customer_id


@pytest.mark.parametrize(
    "referrer",
    [
        {"company": "深圳市遠航科技（有限公司）"},
        {"contact": "+86 138-0013-8000"},
        {"contact": "0755-86013060转801"},
        {"contact": "Wang@Example.com", "person": "王小明"},
        {"contact": "wang@example.com", "company": "somebody else"},
        {"contact": "王小明", "company": "深圳市远航科技有限公司"},
        {"contact": "13900139000", "company": "深圳市远航科技有限公司"},
    ],
)
def test_a_referrer_is_known_by_company_phone_or_mail(
    database: Database, yuanhang: str, referrer: dict[str, str]
) -> None:
    assert chain(database, **referrer) == [(yuanhang, ZHANG.id)]


def test_a_referrer_is_known_by_id(database: Database, yuanhang: str) -> None:
    assert chain(database, customer_id=yuanhang) == [(yuanhang, ZHANG.id)]
    assert chain(database, customer_id="cus_unknown", contact="13800138000") == []


@pytest.mark.parametrize(
    "referrer",
    [{"company": "Acme Inc."}, {"contact": "jane@example.com"}, {"contact": "老王"}, {"contact": "400-820-8820"}],
)
def test_an_unknown_referrer_leads_nowhere(database: Database, yuanhang: str, referrer: dict[str, str]) -> None:
    assert chain(database, **referrer) == []


def test_no_referrer_leads_nowhere(database: Database) -> None:
    with database.read() as session:
        assert referrals_of(session, None) == []


def test_a_name_of_two_customers_leads_nowhere(database: Database, intake: Intake) -> None:
    register(intake, company={"name": "Acme Inc."}, region="US-CA")
    namesake = lead(company={"name": "Acme Inc."}, region="US-NY")
    assert intake.register(registration(namesake)).answer.outcome is Outcome.NEEDS_CONFIRMATION
    assert len(chain(database, company="ACME, Inc")) == 1, "a lead that waits is no customer"
    intake.register(registration(namesake, choice=Choice(customer_id=None, by=SMITH.id)))
    assert chain(database, company="ACME, Inc") == []


def test_the_chain_goes_up_to_an_owner_who_can_take_the_customer(
    database: Database, intake: Intake, yuanhang: str
) -> None:
    """Zhang's customer referred a second, which referred a third; only when a nearer owner is gone is Zhang asked."""
    second = register(
        intake,
        company={"name": "Harbour Lights Trading, Inc."},
        customer_type="referral",
        referrer={"company": "深圳市远航科技有限公司"},
    )
    assert second.owner is not None
    assert second.owner.id == ZHANG.id
    with database.write() as session:
        row = session.get_one(CustomerRow, second.customer_id)
        assert row.referrer_id == yuanhang
        row.owner_id = WANG.id
    third = {"customer_type": "referral", "referrer": {"company": "Harbour Lights Trading Inc"}}
    assert chain(database, company="Harbour Lights Trading Inc") == [
        (second.customer_id, WANG.id),
        (yuanhang, ZHANG.id),
    ]
    given = register(intake, phones=["13900139001"], **third)
    assert given.owner is not None
    assert given.owner.id == WANG.id
    with database.write() as session:
        session.get_one(RepRow, WANG.id).active = False
    given = register(intake, phones=["13900139002"], **third)
    assert given.owner is not None
    assert given.owner.id == ZHANG.id
    with database.write() as session:
        session.get_one(RepRow, ZHANG.id).on_leave = True
    given = register(intake, phones=["13900139003"], region="CN-GD", **third)
    assert given.owner is not None
    assert given.owner.id == LI.id
    [why] = [row.trace["assignment"] for row in read_model(database).decisions if row.id == given.decision_id]
    assert why["trials"][0]["considered"] == [WANG.id, ZHANG.id]


def test_a_chain_that_is_a_circle_is_refused(database: Database, intake: Intake, yuanhang: str) -> None:
    """As merging or a correction might leave one behind."""
    referral = {"customer_type": "referral", "region": "CN-GD"}
    second = register(intake, phones=["13900139000"], **referral, referrer={"customer_id": yuanhang})
    with database.write() as session:
        session.get_one(CustomerRow, yuanhang).referrer_id = second.customer_id
    third = register(intake, phones=["13900139001"], **referral, referrer={"customer_id": yuanhang})
    assert third.owner is not None
    assert third.owner.id != ZHANG.id
    [why] = [row.trace["assignment"] for row in read_model(database).decisions if row.id == third.decision_id]
    assert [trial["reason"] for trial in why["trials"]] == ["referral_cycle", "chosen"]


def test_a_long_chain_is_followed_so_far(database: Database, intake: Intake, yuanhang: str) -> None:
    above = yuanhang
    for number in range(MAX_CHAIN + 2):
        answer = register(
            intake, phones=[f"139001390{number:02}"], customer_type="referral", referrer={"customer_id": above}
        )
        assert answer.customer_id is not None
        above = answer.customer_id
    assert len(chain(database, customer_id=above)) == MAX_CHAIN
    assert violations(read_model(database)) == []
