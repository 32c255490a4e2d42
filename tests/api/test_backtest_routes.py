"""Back-tests over HTTP: whatever is sent, a clear answer, and nothing is begun that cannot be run."""

from typing import Any

import httpx
import pytest

from api.problems import Problem
from domain.backtest import Order
from store.backtests import Backtests
from store.database import Database
from tests.api.conftest import StandIn
from tests.examples import POLICY, POLICY_TEXT

SINCE = {"from": "2026-01-01"}


class Backtesting(StandIn):
    """Takes orders, and runs none."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Order] = {}

    async def begin_backtest(self, backtest_id: str, order: Order) -> None:
        if self.error:
            raise self.error
        self.orders.setdefault(backtest_id, order)

    async def backtest(self, backtest_id: str) -> tuple[str, None]:
        return ("running" if backtest_id in self.orders else "failed"), None


@pytest.fixture
def gateway() -> Backtesting:
    return Backtesting()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "from", "missing"),
        (SINCE, "body", "one_policy"),
        ({**SINCE, "policy": POLICY_TEXT, "policy_id": "2026.11+01234567"}, "body", "one_policy"),
        ({**SINCE, "policy_id": "2026.11+01234567"}, "policy_id", "policy_unknown"),
        ({**SINCE, "policy_id": "../etc/passwd"}, "policy_id", "string_pattern_mismatch"),
        ({**SINCE, "policy_id": 5}, "policy_id", "string_type"),
        ({**SINCE, "policy": {"a": 1}}, "policy", "string_type"),
        ({**SINCE, "policy": ""}, "-", "model_type"),
        ({**SINCE, "policy": "\x00"}, "-", "not_yaml"),
        ({**SINCE, "policy": "策略"}, "-", "model_type"),
        ({**SINCE, "policy": "a" * 500_001}, "policy", "string_too_long"),
        ({"policy": POLICY_TEXT, "from": "2026-02-30"}, "from", "date_from_datetime_parsing"),
        ({"policy": POLICY_TEXT, "from": "yesterday"}, "from", "date_from_datetime_parsing"),
        ({"policy": POLICY_TEXT, "from": None}, "from", "date_type"),
        ({"policy": POLICY_TEXT, "from": "2026-03-01", "until": "2026-03-01"}, "until", "period_empty"),
        ({"policy": POLICY_TEXT, "from": "2999-01-01"}, "until", "period_empty"),
        ({**SINCE, "policy": POLICY_TEXT, "draft": True}, "draft", "extra_forbidden"),
    ],
)
async def test_rubbish_is_refused_by_field(
    client: httpx.AsyncClient, gateway: Backtesting, database: Database, body: dict[str, Any], field: str, code: str
) -> None:
    response = await client.post("/v1/backtests", json=body)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    first = response.json()["errors"][0]
    assert (first["field"], first["code"]) == (field, code)
    assert (gateway.orders, Backtests(database).page(None, 1)) == ({}, [])


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"{", 400), (b"[]", 422), (b"null", 422), (b"\xff\xfe", 400), (b'"=1"', 422)]
)
async def test_what_is_no_object_is_refused(client: httpx.AsyncClient, content: bytes, status: int) -> None:
    response = await client.post("/v1/backtests", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


async def test_a_draft_with_errors_names_each_with_its_line(client: httpx.AsyncClient) -> None:
    text = POLICY_TEXT.replace("queue: management", "queue: managment")
    line = text[: text.index("queue: managment")].count("\n") + 1
    body = {**SINCE, "policy": text}
    response = await client.post("/v1/backtests", json=body, headers={"Accept-Language": "zh-CN"})
    [error] = response.json()["errors"]
    assert (error["code"], error["line"], error["rule"]) == ("unknown_queue", line, "没有名为 managment 的队列")


async def test_once_a_retry_finds_the_first_order(client: httpx.AsyncClient, gateway: Backtesting) -> None:
    """Also when the first one did not come as far as its workflow: then the retry begins it, with the same period."""
    body, key = {**SINCE, "policy": POLICY_TEXT}, {"Idempotency-Key": "one"}
    gateway.error = Problem.unavailable()
    assert (await client.post("/v1/backtests", json=body, headers=key)).status_code == 503
    [listed] = (await client.get("/v1/backtests")).json()["items"]
    assert listed["status"] == "failed"
    gateway.error = None
    first = (await client.post("/v1/backtests", json=body, headers=key)).json()
    again = (await client.post("/v1/backtests", json=body, headers=key)).json()
    assert first == again
    assert (first["id"], first["status"], first["draft"]) == (listed["id"], "running", POLICY.fingerprint)
    assert str(gateway.orders[first["id"]].period.until) == listed["until"]
    other = await client.post("/v1/backtests", json={**body, "from": "2026-02-01"}, headers=key)
    assert other.json()["type"] == "urn:oneowner:problem:idempotency-key-reused"


async def test_nothing_to_read_before_it_is_done(client: httpx.AsyncClient) -> None:
    ordered = (await client.post("/v1/backtests", json={**SINCE, "policy": POLICY_TEXT})).json()
    assert (await client.get(f"/v1/backtests/{ordered['id']}")).json()["status"] == "running"
    for path in ("report", "table"):
        assert (await client.get(f"/v1/backtests/{ordered['id']}/{path}")).status_code == 404
    refused = await client.get(f"/v1/backtests/{ordered['id']}/table", params={"format": "pdf"})
    assert refused.json()["errors"][0]["field"] == "format"
