"""Events to systems' endpoints: what is sent, how it is signed, and what each answer comes to."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from channels import connecting
from channels.attempting import Outcome
from channels.connecting import Http
from channels.webhook import WebhookChannel, signed
from domain.delivery import Result
from domain.ids import IdMaker
from domain.sealing import Seal
from store.database import Database
from store.tables import WebhookRow
from store.webhooks import Endpoints
from tests.databases import TEMPLATE, NewDatabase
from tests.deliveries import SEAL, SECRET, deliveries, endpoint, happens
from tests.examples import AT
from tests.receivers import Behaviour, Receiver, after, answers, half_closes, receiving, writes

OLD_SECRET = "whsec_" + "YW4tb2xkZXItb25lLWZvci10ZXN0cy0wMTIzNDU2Nzg="


@pytest.fixture
def database(new_sqlite: NewDatabase) -> Database:
    """SQLite is enough: what is asked of the database is tested beside it."""
    return Database(new_sqlite(TEMPLATE))


@pytest.fixture
async def http(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Http]:
    monkeypatch.setattr(connecting, "TOTAL_SECONDS", 0.5)
    async with Http(private=True) as made:
        yield made


async def sent(database: Database, http: Http, receiver: Receiver, **more: object) -> Outcome:
    """Deliver an event to a receiver."""
    endpoint(database, url=receiver.url, **more)
    happens(database, ("e:1", "cus_1"))
    return await WebhookChannel(Endpoints(database), http, SEAL, "/oneowner")(deliveries(database)[0])


async def test_a_receiver_can_verify_and_read_what_it_gets(database: Database, http: Http) -> None:
    async with receiving(answers(204)) as receiver:
        assert await sent(database, http, receiver) == Outcome(Result.DELIVERED, 204)
    got = receiver.received[0]
    Webhook(SECRET).verify(got.body, got.headers)
    assert got.headers["webhook-id"] == deliveries(database)[0].id
    event = from_http_event(HTTPMessage(got.headers, got.body), JSONFormat())
    assert (event.get_id(), event.get_source(), event.get_type()) == (
        "e:1",
        "/oneowner",
        "oneowner.customer.owner_assigned",
    )
    assert (event.get_subject(), event.get_time(), event.get_specversion()) == ("cus_1", AT, "1.0")
    assert event.get_data()["owner_id"] == "zhang.wei"  # type: ignore[index,call-overload]
    assert "王小明".encode() not in got.body
    assert "王小明" not in json.dumps(json.loads(got.body), ensure_ascii=False)


async def test_a_changed_body_a_wrong_secret_and_an_old_message_are_told_apart(database: Database, http: Http) -> None:
    async with receiving(answers(204)) as receiver:
        await sent(database, http, receiver)
    got = receiver.received[0]
    for secret, body, headers in (
        (SECRET, got.body.replace(b"zhang.wei", b"li.na"), got.headers),
        (OLD_SECRET, got.body, got.headers),
        (SECRET, got.body, got.headers | {"webhook-id": "dlv_other"}),
        (SECRET, got.body, got.headers | signed("d", got.body, [SECRET], datetime.now(UTC) - timedelta(minutes=6))),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


async def test_after_a_rotation_both_secrets_verify_until_the_overlap_ends(database: Database, http: Http) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    async with receiving(answers(204)) as receiver:
        await sent(database, http, receiver, previous_secret=SEAL.close(OLD_SECRET), previous_until=soon)
        got = receiver.received[0]
        Webhook(SECRET).verify(got.body, got.headers)
        Webhook(OLD_SECRET).verify(got.body, got.headers)
        with database.write() as session:
            session.get_one(WebhookRow, "whk_crm").previous_until = datetime.now(UTC)
        await WebhookChannel(Endpoints(database), http, SEAL, "/oneowner")(deliveries(database)[0])
    again = receiver.received[1]
    assert again.headers["webhook-id"] == got.headers["webhook-id"], "repeats are known by their id"
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(again.body, again.headers)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (answers(200, b"m" * 2**20), Outcome(Result.DELIVERED, 200)),
        (answers(500), Outcome(Result.AGAIN, 500, "http")),
        (answers(400), Outcome(Result.AGAIN, 400, "http")),
        (answers(429, Retry_After="7"), Outcome(Result.AGAIN, 429, "http", timedelta(seconds=7))),
        (answers(503, Retry_After="9"), Outcome(Result.AGAIN, 503, "http", timedelta(seconds=9))),
        (answers(410), Outcome(Result.GONE, 410, "gone")),
        (answers(301, Location="http://169.254.169.254/"), Outcome(Result.AGAIN, 301, "redirect")),
        (answers(307, Location="http://127.0.0.1:1/"), Outcome(Result.AGAIN, 307, "redirect")),
        (after(30, answers(200)), Outcome(Result.AGAIN, error="timeout")),
        (half_closes, Outcome(Result.AGAIN, error="protocol")),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlie"), Outcome(Result.DELIVERED, 200)),
    ],
    ids=["megabyte", "500", "400", "429", "503", "410", "301", "307", "slow", "half_closed", "lying_length"],
)
async def test_what_each_answer_comes_to(
    database: Database, http: Http, behaviour: Behaviour, outcome: Outcome
) -> None:
    async with receiving(behaviour) as receiver:
        assert await sent(database, http, receiver) == outcome


async def test_an_endpoint_in_the_companys_network_is_refused_unless_that_is_switched_on(database: Database) -> None:
    async with receiving(answers(200)) as receiver, Http(private=False) as http:
        assert await sent(database, http, receiver) == Outcome(Result.AGAIN, error="url_not_https")
    assert receiver.connections == 0


async def test_an_endpoint_that_was_deleted_meanwhile_gets_nothing(database: Database, http: Http) -> None:
    async with receiving(answers(200)) as receiver:
        endpoint(database, url=receiver.url)
        happens(database, ("e1", "cus_1"))
        delivery = deliveries(database)[0]
        Endpoints(database).delete("whk_crm")
        channel = WebhookChannel(Endpoints(database), http, SEAL, "/oneowner")
        assert await channel(delivery) == Outcome(Result.REFUSED, error="endpoint_deleted")
    assert deliveries(database) == []


async def test_with_another_installations_secret_nothing_is_sent_unsigned(database: Database, http: Http) -> None:
    other = Seal(IdMaker(b"another secret of 32 bytes......").key("webhooks"))
    async with receiving(answers(200)) as receiver:
        endpoint(database, url=receiver.url)
        happens(database, ("e1", "cus_1"))
        channel = WebhookChannel(Endpoints(database), http, other, "/oneowner")
        assert await channel(deliveries(database)[0]) == Outcome(Result.AGAIN, error="secret_unreadable")
    assert receiver.received == []
