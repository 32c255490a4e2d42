"""Connectors: made, changed, rotated, revoked; their secrets are shown once and kept under seal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from store.database import Database
from store.tables import ConnectorRow, MailboxRow

MAILBOX = {"kind": "mailbox", "host": "imap.example.com", "user": "sales", "own_domains": ["example.com"]}
STANDARD, PATTERN = {"kind": "standard"}, "string_pattern_mismatch"


async def made(client: httpx.AsyncClient, secret: str | None = None, **settings: Any) -> dict[str, Any]:
    body = {"name": "呼叫中心", "connector": {"kind": "standard", **settings}, "secret": secret}
    response = await client.post("/v1/connectors", json=body)
    assert response.status_code == 201, response.text
    assert response.headers["cache-control"] == "no-store"
    connector: dict[str, Any] = response.json()
    return connector


async def test_a_connector_is_made_shown_and_listed(client: httpx.AsyncClient) -> None:
    connector = await made(client)
    assert connector["secret"].startswith("whsec_")
    assert connector["path"] == f"/v1/inbound/{connector['id']}"
    shown = await client.get(f"/v1/connectors/{connector['id']}")
    assert shown.json() == {name: value for name, value in connector.items() if name not in ("secret", "recipient")}
    assert shown.headers["etag"] == '"1"'
    listed = await client.get("/v1/connectors")
    assert listed.json()["items"] == [shown.json()]
    assert (await client.get("/v1/connectors/con_none")).status_code == 404


async def test_no_secret_is_kept_in_clear_or_shown_again(client: httpx.AsyncClient, database: Database) -> None:
    connector, mailbox = await made(client), await made(client, "correct horse", **MAILBOX)
    assert (mailbox["secret"], mailbox["path"]) == (None, None)
    listed = await client.get("/v1/connectors")
    with database.read() as session:
        kept = str([row.model_dump() for row in session.exec(select(ConnectorRow))])
    for secret in (connector["secret"], "correct horse"):
        assert secret not in listed.text
        assert secret not in kept


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"connector": {"kind": "twilio"}}, "secret", "secret_missing"),
        ({"connector": MAILBOX}, "secret", "secret_missing"),
        ({"connector": {"kind": "typeform"}, "secret": "x"}, "secret", "secret_made_here"),
        ({"connector": {"kind": "fax"}}, "connector", "union_tag_invalid"),
        ({"connector": STANDARD | {"unknown": "sell"}}, "connector.unknown", "enum"),
        ({"connector": STANDARD | {"follow_up_seconds": -1}}, "connector.follow_up_seconds", "greater_than_equal"),
        ({"connector": STANDARD | {"signature": {"header": "x y"}}}, "connector.signature.header", PATTERN),
        ({"connector": {"kind": "twilio", "url": "file:///etc"}, "secret": "x"}, "connector.url", PATTERN),
        ({"connector": MAILBOX | {"own_domains": []}, "secret": "x"}, "connector.own_domains", "too_short"),
        ({"connector": MAILBOX | {"user": "a\r\nb"}, "secret": "x"}, "connector.user", PATTERN),
        ({"connector": MAILBOX | {"owner_id": "li.na"}, "secret": "x"}, "connector.owner_id", "extra_forbidden"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_fault_is_named(client: httpx.AsyncClient, body: dict[str, Any], field: str, code: str) -> None:
    refused = await client.post("/v1/connectors", json={"name": "x", "secret": None} | body)
    assert refused.status_code == 422
    assert [(it["field"], it["code"]) for it in refused.json()["errors"]] == [(field, code)]


async def test_settings_change_with_the_version_that_was_seen(client: httpx.AsyncClient) -> None:
    connector = await made(client)
    path = f"/v1/connectors/{connector['id']}"
    settings = {"kind": "standard", "unknown": "lead", "follow_up_seconds": 60}
    changed = await client.patch(path, json={"connector": settings, "name": "官网"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["connector"] | settings == changed.json()["connector"]
    assert (changed.json()["name"], changed.json()["active"]) == ("官网", True)
    assert (await client.patch(path, json={"active": False}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.patch(path, json={"active": False})).status_code == 428
    other = await client.patch(path, json={"connector": {"kind": "typeform"}}, headers={"If-Match": "*"})
    assert [it["code"] for it in other.json()["errors"]] == ["connector_kind_stays"]


async def test_a_revoked_connector_forgets_its_secrets(client: httpx.AsyncClient, database: Database) -> None:
    connector = await made(client)
    path = f"/v1/connectors/{connector['id']}"
    revoked = await client.post(f"{path}/revoke")
    assert revoked.json()["revoked_at"]
    assert (await client.post(f"{path}/revoke")).json() == revoked.json()
    assert (await client.post(f"{path}/rotate", json={})).status_code == 404
    assert (await client.patch(path, json={"active": True}, headers={"If-Match": "*"})).status_code == 404
    with database.read() as session:
        row = session.get_one(ConnectorRow, connector["id"])
    assert (row.secret, row.previous_secret, row.active) == ("", None, False)
    assert (await client.post("/v1/connectors/con_none/revoke")).status_code == 404


async def test_rotation_asks_for_a_secret_where_only_the_other_system_has_it(client: httpx.AsyncClient) -> None:
    standard, twilio = await made(client), await made(client, "token", kind="twilio")
    rotated = (await client.post(f"/v1/connectors/{standard['id']}/rotate", json={"overlap_hours": 1})).json()
    assert rotated["secret"] != standard["secret"]
    assert rotated["previous_until"]
    refused = await client.post(f"/v1/connectors/{twilio['id']}/rotate", json={})
    assert [it["code"] for it in refused.json()["errors"]] == ["secret_missing"]
    given = await client.post(f"/v1/connectors/{twilio['id']}/rotate", json={"secret": "new"})
    assert (given.status_code, given.json()["secret"]) == (200, None)


async def test_how_a_mailbox_is_read_is_shown(client: httpx.AsyncClient, database: Database) -> None:
    mailbox = await made(client, "pw", **MAILBOX)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with database.write() as session:
        session.add(MailboxRow(connector_id=mailbox["id"], next_at=at + timedelta(1), read_at=at, error="refused"))
    shown = (await client.get(f"/v1/connectors/{mailbox['id']}")).json()["mailbox"]
    assert shown == {"read_at": "2026-11-23T00:00:00Z", "error": "refused"}


async def test_lines_are_one_reps_each(client: httpx.AsyncClient) -> None:
    for rep in ("li.wei", "li.na"):
        await client.post("/v1/reps", json={"id": rep, "name": rep})
    path = "/v1/reps/{}/lines"
    given = {"lines": ["138 0013 8000", "SIP:8001@pbx.example", "Li.Wei@Ours.cn", "8001"]}
    kept = {"lines": ["+8613800138000", "8001", "li.wei@ours.cn"]}
    assert (await client.put(path.format("li.wei"), json=given)).json() == kept
    assert (await client.get(path.format("li.wei"))).json() == kept
    taken = await client.put(path.format("li.na"), json={"lines": ["8002", "8001"]})
    assert [(it["field"], it["code"]) for it in taken.json()["errors"]] == [("lines.1", "line_in_use")]
    bad = await client.put(path.format("li.na"), json={"lines": ["王小明"]})
    assert [(it["field"], it["code"]) for it in bad.json()["errors"]] == [("lines.0", "line_invalid")]
    assert (await client.put(path.format("li.wei"), json={"lines": []})).json() == {"lines": []}
    assert (await client.put(path.format("li.na"), json={"lines": ["8001"]})).json() == {"lines": ["8001"]}
    assert (await client.get(path.format("nobody"))).status_code == 404
