"""A survey reaches the customer by e-mail: once, in their language, to the address that they have then."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import select, update

from api.app import create_app
from channels.attempting import DELIVERED, NOTHING_TO_SAY
from channels.mail import MailChannel
from domain.event import EventKind
from domain.kpi.rules import Sending, SurveyRules
from domain.policy import Policy
from domain.profile import Profile
from letters import Letters
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from store.outbox import Outbox
from store.policies import Policies
from store.surveys import Surveys, SurveySending
from store.tables import CustomerRow, DeliveryRow
from survey_letters import SurveyLetters, language_of
from tests.api.conftest import StandIn, context_of
from tests.channels.test_mail import Mailbox, smtp, smtp_server
from tests.examples import IDS, LI, POLICY, employ, lead, registration

SENDS = POLICY.model_copy(update={"surveys": SurveyRules(send=Sending.EMAIL)})
PUBLIC = "https://crm.example.com/oneowner/"


def customer(database: Database) -> str:
    employ(database, LI)
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", emails=["old@example.com"])
    return str(Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id)


def followed_up(
    database: Database, customer_id: str, policy: Policy, *, can_send: bool = True, id_: str = "f1"
) -> SurveySending:
    with database.write() as session:
        record_event(
            session,
            id=id_,
            customer_id=customer_id,
            kind=EventKind.FOLLOW_UP_LOGGED,
            at=datetime.now(UTC),
            actor="system",
            data={"effective": True, "owner_id": LI.id},
        )
    sending = SurveySending(Policies(database, policy), IDS, can_send=can_send)
    outbox = Outbox(database, [sending])
    while outbox.pass_on(100):
        pass
    return sending


def waiting(database: Database) -> list[DeliveryRow]:
    with database.read() as session:
        return list(session.exec(select(DeliveryRow)))


def channel(database: Database, port: int) -> MailChannel:
    ids = context_of(database, StandIn()).ids  # as the service has them that the link leads to
    letters = SurveyLetters(database, Policies(database, POLICY), ids, PUBLIC)
    return MailChannel(Letters(database, None, letters), smtp(port))


async def test_the_letter_goes_once_to_the_address_of_then_and_its_link_works(database: Database) -> None:
    id_ = customer(database)
    followed_up(database, id_, SENDS)
    followed_up(database, id_, SENDS, id_="f2")
    (delivery,) = waiting(database)
    assert (delivery.channel, delivery.customer_id, delivery.payload) == ("email", id_, {})
    with database.write() as session:
        profile = session.get_one(CustomerRow, id_).profile
        session.exec(update(CustomerRow).values(profile={**profile, "emails": ["new@example.com", "old@example.com"]}))
    box = Mailbox()
    async with smtp_server(box) as port:
        assert await channel(database, port)(delivery) == DELIVERED
        (mail,) = box.mail
        assert (box.recipients, mail["To"], mail["Content-Language"]) == (
            ["new@example.com"],
            "new@example.com",
            "zh-CN",
        )
        plain = mail.get_body(("plain",))
        assert plain is not None
        text = plain.get_content()
        assert LI.name in text
        found = re.search(r"https://crm.example.com/oneowner(/v1/surveys\?token=\S+)", text)
        assert found
        transport = httpx.ASGITransport(create_app(context_of(database, StandIn())))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
            page = await browser.get(found[1])
            assert "您对我们的服务满意吗" in page.text
            token = found[1].partition("token=")[2]
            done = await browser.post("/v1/surveys", data={"token": token, "score": "4"})
            assert done.status_code == 200
        assert await channel(database, port)(delivery) == NOTHING_TO_SAY  # answered: nobody asks again
    assert len(box.mail) == 1
    (survey,) = Surveys(database, Policies(database, POLICY), IDS).of_customer(id_)
    assert survey.score == 4


@pytest.mark.parametrize(
    ("policy", "can_send"), [(POLICY, True), (SENDS, False)], ids=["shipped", "no_address_of_ours"]
)
def test_nothing_is_sent_unless_wanted_and_possible(database: Database, policy: Policy, can_send: bool) -> None:
    followed_up(database, customer(database), policy, can_send=can_send)
    assert waiting(database) == []


def test_what_is_missing_is_logged_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("store.surveys.log.warning", lambda event, **_: told.append(event))
    id_ = customer(database)
    sending = followed_up(database, id_, SENDS, can_send=False)
    for number, case in enumerate(("a", "b")):
        with database.write() as session:
            data = {"case_id": case, "owner_id": LI.id}
            at = datetime.now(UTC)
            kind = EventKind.COLLISION_SETTLED
            record_event(session, id=f"c{number}", customer_id=id_, kind=kind, at=at, actor="system", data=data)
    outbox = Outbox(database, [sending])
    while outbox.pass_on(100):
        pass
    assert told == ["surveys_not_sent"]
    assert waiting(database) == []


async def test_a_customer_without_an_address_is_not_reached(database: Database) -> None:
    id_ = customer(database)
    followed_up(database, id_, SENDS)
    with database.write() as session:
        profile = session.get_one(CustomerRow, id_).profile
        session.exec(update(CustomerRow).values(profile={**profile, "emails": []}))
    (delivery,) = waiting(database)
    assert (await channel(database, 9)(delivery)).error == "no_address"


@pytest.mark.parametrize(
    ("name", "region", "language"),
    [("远航科技", None, "zh-CN"), ("Voyage Ltd", "CN-GD", "zh-CN"), ("Voyage Ltd", "GB", "en"), ("", None, "en")],
)
def test_the_language_is_the_customers(name: str, region: str | None, language: str) -> None:
    company = {"name": name} if name else None
    assert language_of(Profile.model_validate({"company": company, "region": region})) == language
