"""Users: who may sign in, and that a change counts with the very next call."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.tokens import Terms, Tokens
from domain.role import Role
from store.database import Database
from tests.api.conftest import StandIn, context_of
from tests.tokens import ISSUER, bearer, signed_in

PASSWORD = "正确的马电池订书钉很安全吧"
WANG = {"id": "wang.fang", "name": "王芳", "role": "auditor", "password": PASSWORD}


async def sign_in(http: httpx.AsyncClient, user: str = "wang.fang", password: str = PASSWORD) -> httpx.Response:
    return await http.post("/v1/sessions", json={"user": user, "password": password})


async def change(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.patch("/v1/users/wang.fang", json=fields, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text
    changed: dict[str, Any] = response.json()
    return changed


async def test_a_user_signs_in_and_is_known(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    made = await client.post("/v1/users", json=WANG)
    assert made.status_code == 201
    assert made.json() == {"id": "wang.fang", "name": "王芳", "role": "auditor", "person": None, "active": True}
    session = await sign_in(anonymous)
    assert (session.status_code, session.json()["token_type"], session.json()["expires_in"]) == (201, "Bearer", 28800)
    headers = {"Authorization": f"Bearer {session.json()['access_token']}"}
    me = (await anonymous.get("/v1/me", headers=headers)).json()
    assert (me["id"], me["role"]) == ("wang.fang", "auditor")
    assert "refusals.read" in me["permissions"]


@pytest.mark.parametrize(("user", "password"), [("wang.fang", "wrong"), ("nobody", PASSWORD), ("wang.fang", "")])
async def test_a_wrong_password_is_a_401(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, user: str, password: str
) -> None:
    await client.post("/v1/users", json=WANG)
    refused = await sign_in(anonymous, user, password)
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:oneowner:problem:wrong-credentials")


async def test_attempts_to_guess_a_password_are_few(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    await client.post("/v1/users", json=WANG)
    answers = [await sign_in(anonymous, password=f"guess {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert (await sign_in(anonymous)).status_code == 429  # even for the right one, or guessing would go on
    assert (await sign_in(anonymous, "another")).status_code == 401


async def test_a_role_counts_from_the_next_call_on(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    headers = signed_in(database, "wang.fang", Role.ADMINISTRATOR)
    assert (await anonymous.get("/v1/users", headers=headers)).status_code == 200
    await change(client, role="sales_operations")
    refused = await anonymous.get("/v1/users", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:oneowner:problem:forbidden")


async def test_whoever_is_deactivated_may_do_nothing_from_the_next_call_on(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    headers = signed_in(database, "wang.fang", Role.AUDITOR)
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 200
    await change(client, active=False)
    refused = await anonymous.get("/v1/me", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:oneowner:problem:unknown-user")


async def test_whoever_has_left_as_a_rep_has_left_as_a_user(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    headers = signed_in(database, "li.wei", Role.REP)
    assert (await anonymous.get("/v1/me", headers=headers)).json()["person"] == "li.wei"
    await client.post("/v1/reps/li.wei/deactivate")
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 403


async def test_a_new_password_ends_sessions(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    await client.post("/v1/users", json=WANG)
    headers = {"Authorization": f"Bearer {(await sign_in(anonymous)).json()['access_token']}"}
    await asyncio.sleep(2.1)  # a token tells whole seconds
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 200
    await change(client, password="另一个同样很长的密码吧吧吧")
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 401
    assert (await sign_in(anonymous)).status_code == 401
    assert (await sign_in(anonymous, password="另一个同样很长的密码吧吧吧")).status_code == 201


async def test_a_good_token_of_nobody_is_a_403(anonymous: httpx.AsyncClient) -> None:
    refused = await anonymous.get("/v1/me", headers=bearer("nobody"))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:oneowner:problem:unknown-user")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"role": "system"}, "role", "role_not_human"),
        ({"role": "king"}, "role", "enum"),
        ({"role": "rep"}, "body", "person_missing"),
        ({"role": "rep", "person": "nobody"}, "person", "rep_unknown"),
        ({"id": "Administrator"}, "id", "user_reserved"),
        ({"password": "short"}, "password", "too_short"),
        ({"owner_id": "li.wei"}, "owner_id", "extra_forbidden"),
    ],
)
async def test_what_makes_no_user_is_refused(
    client: httpx.AsyncClient, fields: dict[str, Any], field: str, code: str
) -> None:
    refused = await client.post("/v1/users", json=WANG | fields)
    assert refused.status_code == 422
    assert [(it["field"], it["code"]) for it in refused.json()["errors"]] == [(field, code)]


async def test_no_answer_repeats_a_password(client: httpx.AsyncClient) -> None:
    for body in ({**WANG, "password": "geheim"}, {**WANG, "password": ["geheim"]}):
        refused = await client.post("/v1/users", json=body)
        assert refused.status_code == 422
        assert "geheim" not in refused.text


async def test_a_rep_stays_somebody(client: httpx.AsyncClient, database: Database) -> None:
    await client.post("/v1/users", json=WANG)
    refused = await client.patch("/v1/users/wang.fang", json={"role": "manager"}, headers={"If-Match": "*"})
    assert refused.json()["errors"][0]["code"] == "person_missing"
    await client.post("/v1/reps", json={"id": "wang.fang", "name": "王芳"})
    assert (await change(client, role="manager", person="wang.fang"))["role"] == "manager"
    refused = await client.patch("/v1/users/wang.fang", json={"person": None}, headers={"If-Match": "*"})
    assert refused.status_code == 422


async def test_users_are_listed_changed_one_at_a_time_and_made_once(client: httpx.AsyncClient) -> None:
    first = await client.post("/v1/users", json=WANG)
    assert (await client.post("/v1/users", json=WANG)).json()["type"] == "urn:oneowner:problem:already-exists"
    await client.post("/v1/users", json={"id": "zhao.lei", "name": "赵磊", "role": "administrator"})
    page = (await client.get("/v1/users", params={"limit": 1})).json()
    assert [it["id"] for it in page["items"]] == ["wang.fang"]
    page = (await client.get("/v1/users", params={"limit": 1, "cursor": page["next"]})).json()
    assert ([it["id"] for it in page["items"]], page["next"]) == (["zhao.lei"], None)
    await change(client, active=False)
    assert [it["id"] for it in (await client.get("/v1/users", params={"active": True})).json()["items"]] == ["zhao.lei"]
    stale = {"If-Match": first.headers["etag"]}
    refused = await client.patch("/v1/users/wang.fang", json={"active": True}, headers=stale)
    assert refused.status_code == 412
    assert (await client.patch("/v1/users/wang.fang", json={"active": True})).status_code == 428
    assert (await client.get("/v1/users/nobody")).status_code == 404


async def test_where_somebody_else_issues_tokens_nobody_signs_in_here(
    anonymous: httpx.AsyncClient, database: Database, app: Any
) -> None:
    context = context_of(database, StandIn())
    elsewhere = Tokens(Terms("https://login.example.com", "oneowner"), ISSUER)
    app.state.context = type(context)(**{**vars(context), "tokens": elsewhere, "issuer": None})
    refused = await sign_in(anonymous)
    assert (refused.status_code, refused.json()["values"]) == (409, {"issuer": "https://login.example.com"})


def test_the_issuers_key_is_kept_where_only_its_owner_reads_it(tmp_path: Any) -> None:
    from api.issuing import issuing
    from settings import Settings

    settings = Settings(data_dir=tmp_path)
    tokens, issuer = issuing(settings)
    assert issuer is not None
    assert (tmp_path / "issuer.key").stat().st_mode & 0o777 == 0o600
    again, _ = issuing(settings)
    assert again.bearer(issuer.issue("li.wei", datetime.now(UTC))).user_id == "li.wei"
    assert tokens.terms == again.terms
