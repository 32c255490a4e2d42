"""A customer answers one question by a link, without signing in; nobody else's link does anything."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.signing import signed
from api.survey_links import PURPOSE
from domain.role import Role
from store.database import Database
from store.intake import Intake
from tests.api.conftest import StandIn, context_of
from tests.examples import IDS, LI, POLICY, SMITH, ZHANG, employ, lead, registration
from tests.tokens import signed_in

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def customer(database: Database) -> str:
    employ(database, LI, ZHANG, SMITH)
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", named_contact=LI.id)
    return str(Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id)


async def link(client: httpx.AsyncClient, customer: str, **headers: str) -> dict[str, Any]:
    response = await client.post(f"/v1/customers/{customer}/surveys", headers=headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def test_from_the_link_to_the_answer(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, customer: str
) -> None:
    made = await link(client, customer, **signed_in(database, LI.id, Role.REP))
    for _ in range(2):  # a mail scanner looks first
        page = await anonymous.get(made["path"])
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "您对我们的服务满意吗" in page.text
    assert "How satisfied" in page.text
    assert "远航" not in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|<link|<img|https?://", page.text)
    body = {"token": made["token"], "score": "5", "comment": "很好 & 快"}
    done = await anonymous.post("/v1/surveys", data=body)
    assert (done.status_code, "Thank you" in done.text) == (200, True)
    again = await anonymous.post("/v1/surveys", data={**body, "score": "1"})
    assert (again.status_code, "already" in again.text) == (409, True)
    assert "already" in (await anonymous.get(made["path"])).text
    (kept,) = (await client.get(f"/v1/customers/{customer}/surveys")).json()["items"]
    assert (kept["score"], kept["comment"], kept["rep_id"], kept["occasion"]) == (5, "很好 & 快", LI.id, "asked")


async def test_the_readers_language_comes_first(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, customer: str
) -> None:
    path = (await link(client, customer))["path"]
    for language, first in (("zh-CN", "您对"), ("en", "How")):
        page = await anonymous.get(path, headers={"Accept-Language": language})
        assert f"<h1>{first}" in page.text
        assert page.headers["content-language"] == language


async def test_a_link_that_was_changed_or_is_for_something_else_or_too_old(
    app: FastAPI, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, customer: str
) -> None:
    made = await link(client, customer)
    ids = context_of(database, StandIn()).ids
    soon, past = (datetime.now(UTC) + timedelta(days=at) for at in (1, -1))
    survey = {"jti": made["survey_id"]}
    tokens = [
        made["token"][:-2] + "AA",
        "rubbish",
        signed(ids, "approval-links", survey, soon),
        signed(ids, PURPOSE, survey, past),
        signed(ids, PURPOSE, {}, soon),
    ]
    for token in tokens:
        assert (await anonymous.get("/v1/surveys", params={"token": token})).status_code == 403
        answer = await anonymous.post("/v1/surveys", data={"token": token, "score": "1"})
        assert (answer.status_code, "does not work" in answer.text) == (403, True)
    assert (await client.get(f"/v1/customers/{customer}/surveys")).json()["items"][0]["score"] is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ("", "token"),
        ("token=a", "score"),
        ("token=a&score=0", "score"),
        ("token=a&score=6", "score"),
        ("token=a&score=nan", "score"),
        ("token=a&score=5&comment=" + "x" * 2001, "comment"),
        ("token=a&score=5&more=1", "more"),
        ("\xff\x00=%ff", "token"),
        ("&".join("a=1" for _ in range(50)), "token"),
    ],
    ids=range(9),
)
async def test_rubbish_is_refused_by_field(anonymous: httpx.AsyncClient, form: str, field: str) -> None:
    response = await anonymous.post("/v1/surveys", content=form.encode("latin-1"), headers=FORM)
    assert response.status_code == 422, response.text
    assert field in {it["field"] for it in response.json()["errors"]}


async def test_of_somebody_elses_customer_there_is_no_link(
    client: httpx.AsyncClient, database: Database, customer: str
) -> None:
    headers = signed_in(database, SMITH.id, Role.REP)
    for method in ("POST", "GET"):
        response = await client.request(method, f"/v1/customers/{customer}/surveys", headers=headers)
        assert response.status_code == 404
