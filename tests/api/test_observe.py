"""What is seen of a request: a line in the log, a count in the metrics, an id; and nothing about anybody."""

import json
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.service import RPCError, RPCStatusCode

from tests.api.conftest import TOKEN, StandIn

SECRET = "13800138000"


@pytest.fixture
def written(log: StringIO) -> Any:
    """The lines that a test caused, as a function."""
    start = len(log.getvalue())
    return lambda: [json.loads(line) for line in log.getvalue()[start:].splitlines()]


async def test_every_request_is_one_line_with_the_routes_template(client: httpx.AsyncClient, written: Any) -> None:
    response = await client.get(f"/v1/reps/{SECRET}?phone={SECRET}", headers={"X-Note": SECRET})
    (line,) = written()
    milliseconds = line.pop("milliseconds")
    assert milliseconds > 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/v1/reps/{rep_id}",
        "status": 404,
        "request_id": response.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", f"/{SECRET}", "unmatched", 404),
        ("BREW", "/v1/reps", "/v1/reps", 405),
        ("PUT", "/v1/reps", "/v1/reps", 405),
    ],
)
async def test_what_matches_nothing_is_told_without_its_address(
    client: httpx.AsyncClient, written: Any, method: str, path: str, route: str, status: int
) -> None:
    await client.request(method, path)
    (line,) = written()
    assert (line["route"], line["status"]) == (route, status)
    assert line["method"] == (method if method == "PUT" else "other" if method == "BREW" else "GET")
    assert SECRET not in json.dumps(line)


async def test_refused_requests_are_seen_too(anonymous: httpx.AsyncClient, written: Any) -> None:
    response = await anonymous.post("/v1/leads", json={"phones": [SECRET]})
    (line,) = written()
    assert (line["status"], line["request_id"]) == (401, response.headers["x-request-id"])


@pytest.mark.parametrize(
    ("unforeseen", "name"),
    [
        (ZeroDivisionError(SECRET), "builtins.ZeroDivisionError"),
        (RPCError(SECRET, RPCStatusCode.INTERNAL, b""), "temporalio.service.RPCError"),
    ],
)
async def test_the_unforeseen_is_logged_without_its_words(
    client: httpx.AsyncClient, gateway: StandIn, written: Any, unforeseen: Exception, name: str
) -> None:
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    gateway.error = unforeseen
    response = await client.post("/v1/reps/li.wei/deactivate")
    error, request = written()[1:]
    assert (error["event"], error["level"]) == ("unforeseen", "error")
    assert error["raised"][0]["type"] == name
    assert error["request_id"] == response.headers["x-request-id"]
    assert (request["event"], request["status"]) == ("request", 500)
    assert SECRET not in json.dumps(error)


async def test_what_a_caller_sends_is_not_logged(client: httpx.AsyncClient, log: StringIO) -> None:
    await client.post("/v1/reps", json={"name": "王小明", "email": f"{SECRET}@example.com", "phone": SECRET})
    assert "王小明" not in log.getvalue()
    assert SECRET not in log.getvalue()
    assert TOKEN not in log.getvalue()


async def test_a_request_keeps_its_id_when_it_is_one(client: httpx.AsyncClient) -> None:
    given = uuid4().hex
    assert (await client.get("/healthz", headers={"X-Request-ID": given})).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["x", SECRET, "a" * 10_000, "王小明".encode(), "'; DROP TABLE leads"])
async def test_an_id_that_is_none_is_replaced(client: httpx.AsyncClient, log: StringIO, given: str | bytes) -> None:
    raw = given if isinstance(given, bytes) else given.encode()
    response = await client.get("/healthz", headers={b"X-Request-ID": raw})
    assert len(response.headers["x-request-id"]) == 32
    if len(raw) > 1:
        assert raw.decode() not in log.getvalue()


async def test_metrics_count_by_template(client: httpx.AsyncClient) -> None:
    def count(text: str) -> float:
        name = 'oneowner_http_request_duration_seconds_count{method="GET",route="/v1/reps/{rep_id}",status="404"}'
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))

    before = count((await client.get("/metrics")).text)
    for _ in range(3):
        await client.get(f"/v1/reps/{SECRET}")
    after = await client.get("/metrics")
    assert count(after.text) == before + 3
    assert SECRET not in after.text
    assert after.headers["content-type"].startswith("text/plain")
