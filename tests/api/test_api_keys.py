"""API keys: scoped, rotated, ended; their secrets are shown once and kept nowhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.permissions import KEY_SCOPES
from store.database import Database
from store.tables import ApiKeyRow


async def made(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.post("/v1/api-keys", json={"name": "官网表单"} | fields)
    assert response.status_code == 201, response.text
    assert response.headers["cache-control"] == "no-store"
    key: dict[str, Any] = response.json()
    return key


async def status(http: httpx.AsyncClient, token: str, path: str = "/v1/reps") -> int:
    return (await http.get(path, headers={"Authorization": f"Bearer {token}"})).status_code


async def rotated(client: httpx.AsyncClient, key: dict[str, Any], hours: float) -> str:
    response = await client.post(f"/v1/api-keys/{key['id']}/rotate", json={"overlap_hours": hours})
    token: str = response.json()["token"]
    return token


async def test_a_key_may_do_what_it_was_made_for(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    key = await made(client)
    assert key["token"].startswith("ook_")
    assert set(key["scopes"]) == KEY_SCOPES
    me = await anonymous.get("/v1/me", headers={"Authorization": f"Bearer {key['token']}"})
    assert (me.json()["id"], me.json()["role"], me.json()["person"]) == (key["id"], "system", None)
    assert await status(anonymous, key["token"]) == 200
    assert await status(anonymous, key["token"], "/v1/decisions/x") == 403
    assert await status(anonymous, key["token"], "/v1/users") == 403
    narrow = await made(client, scopes=["leads.submit"])
    assert await status(anonymous, narrow["token"]) == 403
    wide = await made(client, scopes=["decisions.read"])
    assert await status(anonymous, wide["token"], "/v1/decisions/x") == 404


@pytest.mark.parametrize("scope", ["users.change", "keys.change", "policies.change", "refusals.read"])
async def test_no_key_may_do_more_than_a_system(client: httpx.AsyncClient, scope: str) -> None:
    refused = await client.post("/v1/api-keys", json={"name": "x", "scopes": [scope]})
    assert [(it["field"], it["code"]) for it in refused.json()["errors"]] == [("scopes", "scope_not_a_systems")]


@pytest.mark.parametrize("change", [lambda t: t + "x", lambda t: t[:-1], lambda t: t[:25], lambda t: t.upper()])
async def test_a_secret_that_is_not_the_keys_is_a_401(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, change: Any
) -> None:
    key = await made(client)
    assert await status(anonymous, change(key["token"])) == 401


async def test_no_secret_is_kept_or_shown_again(client: httpx.AsyncClient, database: Database) -> None:
    key = await made(client)
    secret = key["token"].split("_", 2)[2]
    listed = await client.get("/v1/api-keys")
    assert [it["id"] for it in listed.json()["items"]] == [key["id"]]
    assert secret not in listed.text
    with database.read() as session:
        row = session.exec(select(ApiKeyRow)).one()
    assert secret not in str(vars(row))


async def test_a_rotated_secret_counts_for_the_overlap_and_no_longer(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    key = await made(client)
    second = await rotated(client, key, 1)
    assert [await status(anonymous, it) for it in (key["token"], second)] == [200, 200]
    third = await rotated(client, key, 1)
    assert [await status(anonymous, it) for it in (key["token"], second, third)] == [401, 200, 200]
    with database.write() as session:
        row = session.get_one(ApiKeyRow, key["id"])
        row.previous_until = datetime.now(UTC) - timedelta(seconds=1)
    assert [await status(anonymous, it) for it in (second, third)] == [401, 200]
    fourth = await rotated(client, key, 0)
    assert [await status(anonymous, it) for it in (third, fourth)] == [401, 200]


async def test_a_revoked_key_counts_no_more(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    key = await made(client)
    second = await rotated(client, key, 24)
    first = await client.post(f"/v1/api-keys/{key['id']}/revoke")
    assert [await status(anonymous, it) for it in (key["token"], second)] == [401, 401]
    assert (await client.post(f"/v1/api-keys/{key['id']}/revoke")).json() == first.json()
    assert (await client.post(f"/v1/api-keys/{key['id']}/rotate", json={})).status_code == 404


async def test_a_key_ends_when_it_was_made_to(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    key = await made(client, expires_at=soon)
    assert await status(anonymous, key["token"]) == 200
    with database.write() as session:
        session.get_one(ApiKeyRow, key["id"]).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert await status(anonymous, key["token"]) == 401
    refused = await client.post("/v1/api-keys", json={"name": "x", "expires_at": "2020-01-01T00:00:00Z"})
    assert refused.json()["errors"][0]["code"] == "expires_in_past"


@pytest.mark.parametrize("action", ["rotate", "revoke"])
async def test_an_unknown_key_is_not_found(client: httpx.AsyncClient, action: str) -> None:
    assert (await client.post(f"/v1/api-keys/key_none/{action}", json={})).status_code == 404
