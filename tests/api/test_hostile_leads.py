"""Hostile and careless leads through the API: a clear 4xx or an accepted, normalised lead, in bounded time."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from anyio import to_thread

from domain.answer import Answer
from domain.submission import Registration, Submission
from store.database import Database
from store.intake import Intake
from tests.api.conftest import StandIn
from tests.examples import AT, IDS, POLICY, USCC
from tests.invariants import read_model, violations

SECONDS = 2.0
WHO = {"source": "网站", "external_id": "1"}
NAMED = {"company": {"name": "深圳市远航科技有限公司"}, "region": "CN-GD"}
REGISTERED = frozenset({"new_customer", "rejected"})


class Registering(StandIn):
    """Registers leads as the workflow does, without one."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._intake = Intake(database, POLICY, IDS)

    async def submit(self, submission: Submission) -> Answer:
        registration = Registration(submission=submission, at=AT)
        return (await to_thread.run_sync(self._intake.register, registration)).answer


@pytest.fixture
def gateway(database: Database) -> StandIn:
    return Registering(database)


async def submitted(client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> httpx.Response:
    """The answer to a lead, which must come soon and say what is wrong where."""
    started = time.process_time()
    response = await client.post(path, json={**WHO, **body})
    assert time.process_time() - started < SECONDS
    assert response.status_code in (200, 201, 422), response.text
    if response.status_code == 422:
        assert response.headers["content-type"] == "application/problem+json"
        assert all(fault["field"] and fault["code"] and fault["rule"] for fault in response.json()["errors"])
    return response


@pytest.mark.parametrize("path", ["/v1/leads", "/v1/leads/check"])
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"company": {"name": ""}}, ("company.name", "string_too_short")),
        ({"person": {"name": " \u3000 "}}, ("person.name", "string_too_short")),
        ({"company": {"name": "\u200b\u200e\ufeff"}}, ("company.name", "string_too_short")),
        ({"company": {"name": "\u3164"}}, ("company.name", "string_too_short")),
        ({"company": {"name": "远" * 10_000}}, ("company.name", "string_too_long")),
        ({"person": {"name": "J" * 10_000}}, ("person.name", "string_too_long")),
        ({"company": {"name": "远航\x00科技"}}, ("company.name", "control_character")),
        ({"person": {"name": "\x1b[31mJane"}}, ("person.name", "control_character")),
        ({"address": "南山区\x07"}, ("address", "control_character")),
        ({"address": "科苑路15号" * 200, **NAMED}, ("address", "string_too_long")),
        ({"address": "\ufdfa" * 1000, **NAMED}, ("address", "text_too_long")),
        ({"company": {"uscc": USCC[:-1] + "A"}}, ("company.uscc", "uscc_check_digit")),
        ({"company": {"uscc": "9" * 18}}, ("company.uscc", "uscc_check_digit")),
        ({"company": {"tax_id": "'; DROP TABLE leads; --"}}, ("company.tax_id", "tax_id_invalid")),
        ({"emails": ["13800138000"]}, ("emails.0", "email_invalid")),
        ({"emails": ["a@b@c.com"]}, ("emails.0", "email_invalid")),
        ({"emails": ["x" * 190 + "@qq.com"]}, ("emails.0", "email_invalid")),
        ({"phones": ["wang@example.com"]}, ("phones.0", "phone_invalid")),
        ({"phones": ["1" * 200]}, ("phones.0", "phone_invalid")),
        ({"phones": ["١٣٨"]}, ("phones.0", "phone_invalid")),
        ({"phones": [f"138001{n:05}" for n in range(1000)]}, ("phones", "too_long")),
        ({"emails": [f"a{n}@example.com" for n in range(1000)]}, ("emails", "too_long")),
        ({"external_id": "x" * 10_000, **NAMED}, ("external_id", "string_too_long")),
        ({"region": "CN-GD; --", "company": NAMED["company"]}, ("region", "region_unknown")),
        ({"attributes": {f"k{n}": n for n in range(1000)}, **NAMED}, ("attributes", "too_long")),
        ({"attributes": {"a": [[[[[]]]]]}, **NAMED}, ("attributes.a", "wrong_type")),
    ],
    ids=lambda part: str(part)[:40] if isinstance(part, tuple) else "",
)
async def test_a_fault_is_named_and_nothing_is_kept(
    client: httpx.AsyncClient, database: Database, path: str, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    response = await submitted(client, path, body)
    assert response.status_code == 422
    assert fault in {(one["field"], one["code"]) for one in response.json()["errors"]}
    assert not any(read_model(database).content.values())


@pytest.mark.parametrize(
    "body",
    [
        {"company": {"name": "\u202e深圳市远航科技\u202c有限公司"}},
        {"company": {"name": "深\u200b圳市远航\ufeff科技有限公司"}},
        {"company": {"name": "深圳市遠航科技有限公司"}},
        {"company": {"name": "深圳市远航科技（有限公司）🚀"}},
        {"phones": ["\u202a+86 138 0013 8000\u202c"]},
        {"phones": ["１３８００１３８０００"]},
        {"phones": ["138\u200b0013\u200b8000"]},
        {"emails": ["\u200eWang@Yuanhang-Keji.com"]},
    ],
    ids=ascii,
)
async def test_what_looks_the_same_is_the_same_customer(
    client: httpx.AsyncClient, database: Database, body: dict[str, Any]
) -> None:
    known = {**NAMED, "phones": ["13800138000"], "emails": ["wang@yuanhang-keji.com"]}
    first = (await submitted(client, "/v1/leads", known)).json()
    found = (await submitted(client, "/v1/leads", {"external_id": "2", "region": "CN-GD", **body})).json()
    assert (found["outcome"], found["customer_id"]) == ("duplicate", first["customer_id"])
    said = (await submitted(client, "/v1/leads/check", {"region": "CN-GD", **body})).json()
    assert said["exists"] == "certain"
    assert violations(read_model(database)) == []


@pytest.mark.parametrize(
    "name",
    [
        "🚀🚀🚀",
        "...",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﷽ ㍿",
        "Ａ" * 200,
        "NULL",
        "a\u0301" * 99,
        "٣" * 200,
    ],
)
async def test_an_odd_name_is_registered_or_rejected_and_never_breaks(
    client: httpx.AsyncClient, database: Database, name: str
) -> None:
    for part in ({"company": {"name": name}}, {"person": {"name": name}}):
        body = {"external_id": str(part), "phones": ["0755-26581234"], "region": "CN-GD", **part}
        answered = (await submitted(client, "/v1/leads", {**body, "external_id": next(iter(part))})).json()
        assert answered["outcome"] in (*REGISTERED, "needs_confirmation", "duplicate")
    assert violations(read_model(database)) == []


async def test_a_lead_full_to_the_brim_is_taken_in(client: httpx.AsyncClient, database: Database) -> None:
    body = {
        "company": {"name": "深圳市" + "远航" * 90 + "有限公司", "website": "https://www.example.com"},
        "person": {"name": "王" * 200, "title": "经" * 200},
        "phones": [f"138001{n:05}" for n in range(20)],
        "emails": [f"buyer{n}@example{n}.com" for n in range(20)],
        "address": "广东省深圳市南山区" + "科苑路15号" * 160,
        "need": "报" * 4000,
        "attributes": {f"k{n}": "值" * 1000 for n in range(50)},
        "region": "CN-GD",
    }
    assert (await submitted(client, "/v1/leads", body)).json()["outcome"] == "new_customer"
    again = await submitted(client, "/v1/leads", {**body, "external_id": "2"})
    assert again.json()["outcome"] == "duplicate"
    assert violations(read_model(database)) == []
