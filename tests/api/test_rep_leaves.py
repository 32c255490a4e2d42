"""Leaves over HTTP, on both databases."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from store.database import Database
from tests.databases import TEMPLATE, NewDatabase

PATH = "/v1/reps/li.na/leaves"
LEAVE = {"from": "2027-02-01T09:00:00+08:00", "until": "2027-02-15T09:00:00+08:00", "reason": "年假"}


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    yield made
    made.close()


@pytest.fixture
async def staffed(client: httpx.AsyncClient) -> httpx.AsyncClient:
    for rep_id, name in (("li.na", "李娜"), ("j.smith", "Jane Smith")):
        assert (await client.post("/v1/reps", json={"id": rep_id, "name": name})).status_code == 201
    return client


async def test_a_leave_reads_as_written(staffed: httpx.AsyncClient) -> None:
    entered = await staffed.post(PATH, json=LEAVE)
    assert entered.status_code == 201
    leave = entered.json()
    assert leave["id"].startswith("leave_")
    assert leave == {
        "id": leave["id"],
        "rep_id": "li.na",
        "from": "2027-02-01T01:00:00Z",
        "until": "2027-02-15T01:00:00Z",
        "reason": "年假",
        "cancelled_at": None,
    }
    assert (await staffed.get(entered.headers["location"])).json() == {"items": [leave], "next": None}
    assert (await staffed.get("/v1/reps/j.smith/leaves")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"until": "2027-02-01T09:00:00+08:00"}, ("until", "leave_ends_too_soon", "2027-02-01T09:00:00+08:00")),
        ({"until": "2027-02-01T00:00:00Z"}, ("until", "leave_ends_too_soon", "2027-02-01T00:00:00Z")),
        ({"from": "2027-02-01T09:00:00"}, ("from", "timezone_aware", "2027-02-01T09:00:00")),
        ({"from": "明天"}, ("from", "datetime_from_date_parsing", "明天")),
        ({"until": "9999-02-01T09:00:00Z"}, ("until", "time_out_of_range", "9999-02-01T09:00:00Z")),
        ({"reason": ""}, ("reason", "string_too_short", "")),
        ({"begins": "2027-02-01T09:00:00Z"}, ("begins", "extra_forbidden", "2027-02-01T09:00:00Z")),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_fault_is_named_and_nothing_is_written(
    staffed: httpx.AsyncClient, change: dict[str, Any], error: tuple[str, str, str], language: str
) -> None:
    refused = await staffed.post(PATH, json=LEAVE | change, headers={"Accept-Language": language})
    assert refused.status_code == 422
    found = refused.json()["errors"]
    assert [(fault["field"], fault["code"], fault["value"]) for fault in found] == [error]
    assert found[0]["rule"].isascii() == (language == "en")
    assert (await staffed.get(PATH)).json()["items"] == []


async def test_once_with_an_idempotency_key(staffed: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "leave-1"}
    first, second = [await staffed.post(PATH, json=LEAVE, headers=key) for _ in range(2)]
    assert (first.status_code, second.json()) == (201, first.json())
    assert len((await staffed.get(PATH)).json()["items"]) == 1
    other = await staffed.post(PATH, json=LEAVE | {"reason": "病假"}, headers=key)
    elsewhere = await staffed.post("/v1/reps/j.smith/leaves", json=LEAVE, headers=key)
    assert [answer.json()["type"] for answer in (other, elsewhere)] == [
        "urn:oneowner:problem:idempotency-key-reused"
    ] * 2


async def test_cancelling_is_repeatable_and_keeps_the_record(staffed: httpx.AsyncClient) -> None:
    leave = (await staffed.post(PATH, json=LEAVE)).json()
    first, second = [await staffed.post(f"{PATH}/{leave['id']}/cancel") for _ in range(2)]
    assert (first.status_code, second.json()) == (200, first.json())
    assert first.json()["cancelled_at"]
    assert (await staffed.get(PATH)).json()["items"] == [first.json()]


async def test_leaves_come_page_by_page(staffed: httpx.AsyncClient) -> None:
    entered = [
        (await staffed.post(PATH, json=LEAVE | {"from": f"2027-01-{day:02}T09:00:00+08:00"})).json()
        for day in (9, 3, 5, 3, 1)
    ]
    expected = sorted(entered, key=lambda leave: (leave["from"], leave["id"]))
    found, cursor = [], None
    for _ in range(3):
        page = (await staffed.get(PATH, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        found, cursor = found + page["items"], page["next"]
    assert (found, cursor) == (expected, None)


async def test_what_does_not_exist_is_404(staffed: httpx.AsyncClient) -> None:
    leave = (await staffed.post(PATH, json=LEAVE)).json()
    for answer in (
        await staffed.get("/v1/reps/nobody/leaves"),
        await staffed.post("/v1/reps/nobody/leaves", json=LEAVE),
        await staffed.post(f"{PATH}/leave_none/cancel"),
        await staffed.post(f"/v1/reps/j.smith/leaves/{leave['id']}/cancel"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:oneowner:problem:not-found")
    assert (await staffed.get(PATH)).json()["items"] == [leave]


async def test_a_reps_calendar_is_one_of_the_policys(staffed: httpx.AsyncClient) -> None:
    made = await staffed.post("/v1/reps", json={"name": "王芳", "calendar": "office"})
    assert (made.status_code, made.json()["calendar"]) == (201, "office")
    anyone = {"If-Match": "*"}
    changed = await staffed.patch("/v1/reps/li.na", json={"calendar": "office"}, headers=anyone)
    assert (changed.json()["calendar"], changed.headers["etag"]) == ("office", '"2"')
    assert (await staffed.patch("/v1/reps/li.na", json={"calendar": None}, headers=anyone)).json()["calendar"] is None
    for refused in (
        await staffed.post("/v1/reps", json={"name": "王芳", "calendar": "factory"}),
        await staffed.patch("/v1/reps/li.na", json={"calendar": "factory"}, headers=anyone),
    ):
        assert refused.status_code == 422
        assert [(it["field"], it["code"], it["value"]) for it in refused.json()["errors"]] == [
            ("calendar", "calendar_unknown", "factory")
        ]
