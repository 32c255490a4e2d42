"""Webhooks over HTTP: secrets are shown once, and everything that was sent can be seen and sent again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.delivery import Attempt, Result
from domain.sealing import Seal
from store.database import Database
from store.deliveries import Deliveries
from store.webhooks import SECRETS
from tests.api.conftest import StandIn, context_of
from tests.deliveries import attempts, deliveries, happens, states, the_endpoint
from tests.examples import IDS

URL = "https://crm.example.com/hooks"
SINCE = "2026-01-01T00:00:00Z"


async def made(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.post("/v1/webhooks", json={"url": URL, "description": "客户系统"} | fields)
    assert response.status_code == 201, response.text
    webhook: dict[str, Any] = response.json()
    assert response.headers["location"] == f"/v1/webhooks/{webhook['id']}"
    assert response.headers["cache-control"] == "no-store"
    return webhook


def settled(database: Database, event_id: str, result: Result, status: int | None = None) -> None:
    row = next(row for row in deliveries(database) if row.event_id == event_id)
    error = None if result is Result.DELIVERED else "http"
    attempt = Attempt(result, datetime.now(UTC), timedelta(milliseconds=3), status, error)
    Deliveries(database).settle({row.position or 0: attempt})


async def test_a_webhook_is_added_read_changed_and_deleted(client: httpx.AsyncClient) -> None:
    webhook = await made(client, url=" HTTPS://CRM.Example.COM/hooks ", kinds=["lead.settled", "lead.settled"])
    assert (webhook["url"], webhook["kinds"], webhook["enabled"]) == (URL, ["lead.settled"], True)
    path = f"/v1/webhooks/{webhook['id']}"
    got = await client.get(path)
    assert got.json() == {name: value for name, value in webhook.items() if name != "secret"}
    assert (await client.get("/v1/webhooks")).json() == {"items": [got.json()], "next": None}
    change = {"description": "新客户系统", "kinds": [], "url": "https://crm.example.com:8443/"}
    tag = {"If-Match": got.headers["etag"]}
    changed = await client.patch(path, json=change, headers=tag)
    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in change} == change
    assert (await client.patch(path, json=change, headers=tag)).status_code == 412
    assert (await client.patch(path, json=change)).status_code == 428
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == (await client.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"url": "http://crm.example.com/"}, "url", "url_not_https"),
        ({"url": "https://2130706433/"}, "url", "url_private"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url", "url_private"),
        ({"url": "https://localhost:8443/"}, "url", "url_private"),
        ({"url": "https://a:b@crm.example.com/"}, "url", "url_with_credentials"),
        ({"url": "https://crm.example.com:25/"}, "url", "url_port"),
        ({"url": "crm"}, "url", "url_invalid"),
        ({"url": f"https://crm.example.com/{'a' * 2000}"}, "url", "string_too_long"),
        ({"kinds": ["customer.no_such"]}, "kinds", "webhook_kind_unknown"),
        ({"kinds": ["ping"]}, "kinds", "webhook_kind_unknown"),
        ({"description": " "}, "description", "string_too_short"),
        ({"secret": "whsec_mine"}, "secret", "extra_forbidden"),
    ],
)
async def test_what_is_refused_names_the_field_and_the_rule(
    client: httpx.AsyncClient, fields: dict[str, Any], field: str, code: str
) -> None:
    body = {"url": URL, "description": "客户系统"} | fields
    for language in ("en", "zh-CN"):
        refused = await client.post("/v1/webhooks", json=body, headers={"Accept-Language": language})
        assert refused.status_code == 422
        assert [(it["field"], it["code"]) for it in refused.json()["errors"]] == [(field, code)]
    webhook = await made(client)
    patched = await client.patch(f"/v1/webhooks/{webhook['id']}", json=fields, headers={"If-Match": "*"})
    assert patched.status_code == 422


async def test_on_premises_private_endpoints_are_taken(
    app: FastAPI, client: httpx.AsyncClient, database: Database, gateway: StandIn
) -> None:
    app.state.context = context_of(database, gateway, webhooks_private=True)
    assert (await made(client, url="http://crm:8080/hook"))["url"] == "http://crm:8080/hook"
    refused = await client.post("/v1/webhooks", json={"url": "http://169.254.169.254/", "description": "x"})
    assert refused.status_code == 422


async def test_the_secret_is_kept_encrypted_and_rotated_with_an_overlap(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    webhook = await made(client)
    assert webhook["secret"].startswith("whsec_")
    seal = Seal(app.state.context.ids.key(SECRETS))
    kept = the_endpoint(database, webhook["id"])
    assert webhook["secret"] not in kept.secret
    assert seal.open(kept.secret) == webhook["secret"]
    rotated = (await client.post(f"/v1/webhooks/{webhook['id']}/rotate", json={"overlap_hours": 2})).json()
    kept = the_endpoint(database, webhook["id"])
    assert seal.open(kept.secret) == rotated["secret"] != webhook["secret"]
    assert seal.open(kept.previous_secret or "") == webhook["secret"]
    left = datetime.fromisoformat(rotated["previous_until"]) - datetime.now(UTC)
    assert timedelta(hours=1.9) < left < timedelta(hours=2)
    assert seal is not Seal(IDS.key(SECRETS))


async def test_the_log_tells_every_attempt_and_a_delivery_is_sent_again_by_hand(
    client: httpx.AsyncClient, database: Database
) -> None:
    webhook = await made(client)
    path = f"/v1/webhooks/{webhook['id']}/deliveries"
    happens(database, *((f"e{number}", f"cus_{number}") for number in range(5)))
    settled(database, "e0", Result.AGAIN, 500)
    settled(database, "e0", Result.REFUSED, 400)
    settled(database, "e1", Result.DELIVERED, 204)
    first = (await client.get(path, params={"limit": 3})).json()
    rest = (await client.get(path, params={"limit": 3, "cursor": first["next"]})).json()
    assert [it["event_id"] for it in first["items"] + rest["items"]] == ["e4", "e3", "e2", "e1", "e0"]
    failed = (await client.get(path, params={"state": "failed"})).json()["items"]
    assert [(it["event_id"], it["attempts"], it["last_error"], it["next_at"]) for it in failed] == [
        ("e0", 2, "http", None)
    ]
    one = (await client.get(f"{path}/{failed[0]['id']}")).json()
    assert [(it["status"], it["error"], it["took_ms"]) for it in one["log"]] == [(500, "http", 3), (400, "http", 3)]
    assert one["data"]["owner_id"] == "zhang.wei"
    again = await client.post(f"{path}/{failed[0]['id']}/replay")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (202, "pending", 0)
    assert again.json()["id"] == failed[0]["id"]
    assert len(attempts(database)) == 3, "the log of before stays"


async def test_everything_since_is_sent_again(client: httpx.AsyncClient, database: Database) -> None:
    webhook = await made(client)
    happens(database, ("e1", "cus_1"), ("e2", "cus_2"), ("e3", "cus_3"))
    settled(database, "e1", Result.REFUSED, 400)
    settled(database, "e2", Result.DELIVERED, 204)
    path = f"/v1/webhooks/{webhook['id']}/replay"
    ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await client.post(path, json={"since": ahead})).json() == {"deliveries": 0}
    assert (await client.post(path, json={"since": SINCE})).json() == {"deliveries": 1}
    assert states(database) == {"e1": "pending", "e2": "delivered", "e3": "pending"}
    assert (await client.post(path, json={"since": SINCE, "delivered": True})).json() == {"deliveries": 1}
    assert set(states(database).values()) == {"pending"}


async def test_what_comes_up_while_an_endpoint_is_off_is_parked_and_sent_after_all(
    client: httpx.AsyncClient, database: Database
) -> None:
    webhook = await made(client)
    path = f"/v1/webhooks/{webhook['id']}"
    happens(database, ("e1", "cus_1"))
    off = await client.patch(path, json={"enabled": False}, headers={"If-Match": "*"})
    assert (off.json()["enabled"], off.json()["disabled_because"]) == (False, "by_hand")
    happens(database, ("e2", "cus_1"))
    assert states(database) == {"e1": "parked", "e2": "parked"}
    for call in (f"{path}/ping", f"{path}/deliveries/{deliveries(database)[0].id}/replay"):
        assert (await client.post(call)).json()["type"] == "urn:oneowner:problem:webhook-off"
    assert (await client.post(f"{path}/replay", json={"since": SINCE})).status_code == 409
    on = await client.patch(path, json={"enabled": True}, headers={"If-Match": off.headers["etag"]})
    assert (on.json()["enabled"], on.json()["disabled_because"]) == (True, None)
    assert (await client.post(f"{path}/replay", json={"since": SINCE})).json() == {"deliveries": 2}
    assert states(database) == {"e1": "pending", "e2": "pending"}


async def test_a_ping_is_a_delivery_like_any_other(client: httpx.AsyncClient, database: Database) -> None:
    webhook = await made(client, kinds=["lead.settled"])
    sent = await client.post(f"/v1/webhooks/{webhook['id']}/ping")
    assert (sent.status_code, sent.json()["kind"], sent.json()["state"]) == (202, "ping", "pending")
    got = await client.get(f"/v1/webhooks/{webhook['id']}/deliveries/{sent.json()['id']}")
    assert got.json()["data"] == {"webhook_id": webhook["id"], "by": "administrator"}


async def test_what_is_another_endpoints_or_nobodys_is_a_404(client: httpx.AsyncClient, database: Database) -> None:
    mine, other = await made(client), await made(client, kinds=["lead.settled"])
    happens(database, ("e1", "cus_1"))
    delivery = deliveries(database)[0].id
    assert (await client.get(f"/v1/webhooks/{mine['id']}/deliveries/{delivery}")).status_code == 200
    for path in (
        f"/v1/webhooks/{other['id']}/deliveries/{delivery}",
        f"/v1/webhooks/{mine['id']}/deliveries/dlv_none",
        "/v1/webhooks/whk_none/deliveries",
        "/v1/webhooks/whk_none",
    ):
        assert (await client.get(path)).status_code == 404
    for path in (
        f"{other['id']}/deliveries/{delivery}/replay",
        "whk_none/ping",
        f"whk_none/deliveries/{delivery}/replay",
    ):
        assert (await client.post(f"/v1/webhooks/{path}")).status_code == 404
    assert (await client.post("/v1/webhooks/whk_none/rotate", json={})).status_code == 404
    assert (await client.post("/v1/webhooks/whk_none/replay", json={"since": SINCE})).status_code == 404


async def test_deleting_a_webhook_forgets_its_log(client: httpx.AsyncClient, database: Database) -> None:
    gone, stays = await made(client), await made(client)
    happens(database, ("e1", "cus_1"))
    for row in deliveries(database):
        Deliveries(database).settle({row.position or 0: Attempt(Result.AGAIN, datetime.now(UTC), timedelta(0))})
    await client.delete(f"/v1/webhooks/{gone['id']}")
    assert [row.target for row in deliveries(database)] == [stays["id"]]
    assert len(attempts(database)) == 1
