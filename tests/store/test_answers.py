"""What people answered, read back from the decision traces, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.identity import Outcome
from domain.policy import Policy
from domain.submission import Choice
from store.answers import PersonsAnswer, persons_answers
from store.database import Database
from store.intake import Intake
from tests.examples import AT, IDS, LI, POLICY, employ, lead, registration

YUANHANG = {
    "company": {"name": "深圳市远航达科技有限公司"},
    "region": "CN-GD",
    "address": "深圳市南山区科技园1号",
    "phones": ["0755-26581234"],
}
ALIKE = {"company": {"name": "远航达"}, "region": "CN-GD"}
TYPED_AGAIN = {**YUANHANG, "company": {"name": "深圳市远航达科技股份公司"}, "phones": []}
SAME_PHONE = {"company": {"name": "青禾达"}, "phones": ["0755-26581234"]}
AUDITING = POLICY.model_copy(update={"matching": replace(POLICY.matching, audit_share=1.0)})


def confirmed(database: Database, policy: Policy, fields: dict[str, object], *, same: bool) -> str:
    """A customer, a lead of whom a person is asked, and their word; the reason why they were asked."""
    employ(database, LI)
    intake = Intake(database, policy, IDS)
    known = intake.register(registration(lead(**YUANHANG))).answer.customer_id
    submitted = lead(**fields)
    asked = intake.register(registration(submitted)).answer
    assert asked.outcome is Outcome.NEEDS_CONFIRMATION
    said = Choice(customer_id=known if same else None, by=LI.id)
    intake.register(registration(submitted, AT + timedelta(hours=1), choice=said))
    return asked.reason


def read(database: Database) -> list[PersonsAnswer]:
    with database.read() as session:
        return list(persons_answers(session))


@pytest.mark.parametrize("same", [True, False])
def test_a_word_about_a_doubt_is_an_answer_with_the_models_score(database: Database, *, same: bool) -> None:
    assert confirmed(database, POLICY, ALIKE, same=same) == "possible_match"
    [answer] = read(database)
    assert (answer.same, answer.audited) == (same, False)
    assert POLICY.matching.new_below <= answer.score < 1


@pytest.mark.parametrize("same", [True, False])
def test_a_word_about_a_clear_lead_of_the_sample_is_marked(database: Database, *, same: bool) -> None:
    assert confirmed(database, AUDITING, TYPED_AGAIN, same=same) == "audit"
    [answer] = read(database)
    assert (answer.same, answer.audited) == (same, True)
    assert answer.score >= POLICY.matching.certain_above


def test_an_exact_key_in_common_is_no_answer_about_the_model(database: Database) -> None:
    confirmed(database, POLICY, SAME_PHONE, same=True)
    assert read(database) == []


def test_nobody_asked_nothing_answered(database: Database) -> None:
    Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG)))
    assert read(database) == []
