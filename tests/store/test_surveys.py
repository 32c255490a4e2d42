"""Customers are asked once for each occasion, and their answers count once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from domain.change import Refused
from domain.event import EventKind
from domain.kpi.figures import figure
from domain.kpi.names import Kpi
from domain.policy import Policy
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from store.kpi_counting import Counting
from store.kpis import Kpis, Window
from store.outbox import Outbox
from store.policies import Policies
from store.surveys import Occasion, Survey, Surveys, SurveySending
from store.tables import EventRow, SurveyRow
from store.visibility import EVERYTHING
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, employ, lead, registration, ruled

DAY = timedelta(days=1)


@pytest.fixture
def customer(database: Database) -> str:
    employ(database, LI)
    new = registration(lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD"))
    return str(Intake(database, POLICY, IDS).register(new).answer.customer_id)


def happens(database: Database, customer: str, id_: str, kind: EventKind, **data: object) -> None:
    with database.write() as session:
        record_event(session, id=id_, customer_id=customer, kind=kind, at=AT, actor="system", data=data)


def passed_on(database: Database, policy: Policy = POLICY) -> None:
    policies = Policies(database, policy)
    outbox = Outbox(database, [SurveySending(policies, IDS), Counting(policies)])
    while outbox.pass_on(100):
        pass


def surveys(database: Database) -> Surveys:
    return Surveys(database, Policies(database, POLICY), IDS)


def followed_up(database: Database, customer: str) -> Survey:
    happens(database, customer, "f1", EventKind.FOLLOW_UP_LOGGED, effective=True, owner_id=LI.id)
    passed_on(database)
    (survey,) = surveys(database).of_customer(customer)
    return survey


def test_the_first_effective_follow_up_asks_once(database: Database, customer: str) -> None:
    happens(database, customer, "f0", EventKind.FOLLOW_UP_LOGGED, effective=False, owner_id=LI.id)
    passed_on(database)
    assert surveys(database).of_customer(customer) == []
    survey = followed_up(database, customer)
    happens(database, customer, "f2", EventKind.FOLLOW_UP_LOGGED, effective=True, owner_id=LI.id)
    passed_on(database)
    assert surveys(database).of_customer(customer) == [survey]
    assert (survey.occasion, survey.rep_id, survey.expires_at) == (Occasion.FOLLOW_UP, LI.id, AT + 28 * DAY)
    assert _kinds(database, customer).count("survey_sent") == 1


def test_a_settled_collision_asks_once_a_case_and_a_risk_never(database: Database, customer: str) -> None:
    for number, (case, risk) in enumerate((("a", False), ("a", False), ("b", True), ("c", False))):
        settled = {"case_id": case, "cause": "x", "risk": risk, "told": [], "outcome": "keep", "owner_id": LI.id}
        happens(database, customer, f"c{number}", EventKind.COLLISION_SETTLED, **settled)
    passed_on(database)
    assert [it.occasion for it in surveys(database).of_customer(customer)] == [Occasion.COLLISION] * 2


def test_the_policy_says_whether(database: Database, customer: str) -> None:
    off = ruled(*POLICY.model_dump()["assignment"], surveys={"after_first_follow_up": False, "after_collision": False})
    happens(database, customer, "f1", EventKind.FOLLOW_UP_LOGGED, effective=True, owner_id=LI.id)
    happens(database, customer, "c1", EventKind.COLLISION_SETTLED, case_id="a", risk=False, owner_id=LI.id)
    passed_on(database, off)
    assert surveys(database).of_customer(customer) == []


def test_once_of_many_answers_at_once_one_counts(database: Database, customer: str) -> None:
    survey = followed_up(database, customer)

    def answer(score: int) -> int | None:
        try:
            surveys(database).answer(survey.id, score, "很好", AT + DAY)
        except Refused as refusal:
            assert refusal.code == "survey_answered"
            return None
        return score

    (score,) = [it for it in at_once([lambda n=n: answer(n) for n in (1, 3, 5)]) if it]  # type: ignore[misc]
    passed_on(database)
    (kept,) = surveys(database).of_customer(customer)
    assert (kept.score, kept.comment, kept.answered_at) == (score, "很好", AT + DAY)
    month = Kpis(database, EVERYTHING).month(Window(AT - 30 * DAY, AT + 30 * DAY))
    assert (figure(Kpi.SATISFACTION, month).value, figure(Kpi.SATISFACTION, month).over) == (score, 1)


def test_no_comment_gets_into_an_event(database: Database, customer: str) -> None:
    survey = followed_up(database, customer)
    surveys(database).answer(survey.id, 5, "请联系王小明", AT + DAY)
    with database.read() as session:
        told = session.exec(select(EventRow.data).where(EventRow.kind == EventKind.SURVEY_ANSWERED)).one()
    assert told == {"survey_id": survey.id, "occasion": "follow_up", "rep_id": LI.id, "score": 5}


@pytest.mark.parametrize(("survey_id", "late"), [("srv_unknown", 0), (None, 31)])
def test_an_answer_that_comes_too_late_does_not_count(
    database: Database, customer: str, survey_id: str | None, late: int
) -> None:
    survey = followed_up(database, customer)
    with pytest.raises(Refused, match="survey_over"):
        surveys(database).answer(survey_id or survey.id, 5, None, AT + late * DAY)
    with database.read() as session:
        assert session.exec(select(SurveyRow.score)).all() == [None]


def test_a_link_is_of_what_waits_else_new_once_a_day(database: Database, customer: str) -> None:
    waiting = followed_up(database, customer)
    kept = surveys(database)
    assert kept.to_answer(customer, LI.id, AT + DAY) == waiting
    kept.answer(waiting.id, 4, None, AT + DAY)
    asked = kept.to_answer(customer, LI.id, AT + DAY)
    assert (asked.occasion, asked.rep_id) == (Occasion.ASKED, LI.id)
    assert kept.to_answer(customer, LI.id, AT + 2 * DAY) == asked
    kept.answer(asked.id, 4, None, AT + DAY)
    with pytest.raises(Refused, match="survey_answered"):
        kept.to_answer(customer, LI.id, AT + DAY)
    assert kept.to_answer(customer, LI.id, AT + 2 * DAY).id != asked.id
    with pytest.raises(Refused, match="unknown_customer"):
        kept.to_answer("cus_nobody", LI.id, datetime.now(UTC))


def _kinds(database: Database, customer: str) -> list[str]:
    of_customer = select(EventRow.kind).where(EventRow.customer_id == customer).order_by(col(EventRow.position))
    with database.read() as session:
        return list(session.exec(of_customer))
