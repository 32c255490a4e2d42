"""Versions of the policy over HTTP: stored with every fault told by line, compared, brought into force."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.limits import MAX_BODY_BYTES
from domain.policy_file import MAX_CHARACTERS
from store.database import Database
from store.tables import PolicyRow
from tests.examples import POLICY, POLICY_TEXT, edited

YAML = {"Content-Type": "text/yaml"}
LATER = edited({"version": "2026.12", "clocks.stand_lead.days": 20})


async def add(client: httpx.AsyncClient, text: str = POLICY_TEXT, **more: Any) -> dict[str, Any]:
    response = await client.post("/v1/policies", json={"content": text, **more})
    assert response.status_code in (200, 201), response.text
    added: dict[str, Any] = response.json()
    return added


async def test_plain_yaml_is_stored_and_reads_back_as_it_was(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/policies", content=POLICY_TEXT.encode(), headers=YAML)
    assert response.status_code == 201
    added = response.json()
    assert (added["id"], added["version"], added["in_force"]) == (POLICY.fingerprint, "2026.11", False)
    shown = await client.get(response.headers["Location"])
    assert shown.json() == added
    assert shown.json()["content"] == POLICY_TEXT


async def test_json_carries_a_comment_and_a_time(client: httpx.AsyncClient) -> None:
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    added = await add(client, LATER, comment="展会 20 天", activates_at=at.isoformat())
    assert added["comment"] == "展会 20 天"
    assert [datetime.fromisoformat(it["at"]) for it in added["activations"]] == [at]
    assert (added["created_by"], added["activations"][0]["by"]) == ("administrator", "administrator")


async def test_once_the_same_rules_again_are_the_same_version(client: httpx.AsyncClient) -> None:
    first = await add(client)
    again = await client.post("/v1/policies", json={"content": f"# 注释\n{POLICY_TEXT}"})
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert again.json()["content"] == POLICY_TEXT
    assert len((await client.get("/v1/policies")).json()["items"]) == 1


class TestWhatIsRefused:
    """Every fault with its line and rule; nothing is stored."""

    @pytest.fixture(autouse=True)
    def _nothing_is_stored(self, database: Database) -> Any:
        yield
        with database.read() as session:
            assert session.exec(select(PolicyRow)).all() == []

    async def test_each_fault_names_its_line_and_rule(self, client: httpx.AsyncClient) -> None:
        text = POLICY_TEXT.replace("queue: management", "queue: managment").replace("days: 30 ", "days: 0 ")
        line = next(at for at, each in enumerate(text.splitlines(), 1) if "days: 0" in each)
        response = await client.post("/v1/policies", content=text.encode(), headers=YAML)
        body = response.json()
        assert (response.status_code, body["type"]) == (422, "urn:oneowner:problem:invalid")
        [error] = body["errors"]
        assert (error["field"], error["line"], error["code"]) == ("clocks.stand_lead.days", line, "greater_than_equal")
        assert error["rule"] == "must be at least 1"

    async def test_what_makes_no_sense_as_a_whole_in_the_callers_language(self, client: httpx.AsyncClient) -> None:
        text = POLICY_TEXT.replace("queue: management", "queue: managment")
        response = await client.post(
            "/v1/policies", content=text.encode(), headers={**YAML, "Accept-Language": "zh-CN"}
        )
        [error] = response.json()["errors"]
        assert (error["code"], error["field"]) == ("unknown_queue", "assignment.1.queue")
        assert error["rule"] == "没有名为 managment 的队列"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"a: [1\nb: 2", "not_yaml"),
            (b"\xff\xfe", "not_yaml"),
            (b"\x00", "not_yaml"),
            (b"", "model_type"),
            (b"- 1", "model_type"),
            (b"[" * 100_000, "not_yaml"),
            (b"a: &a [*a]", "too_many_parts"),
            (POLICY_TEXT.encode() + b"#" * MAX_CHARACTERS, "string_too_long"),
            (POLICY_TEXT.encode() + b"\nversion: twice\n", "repeated_key"),
            (POLICY_TEXT.replace('version: "2026.11"', 'version: "2026/11"').encode(), "string_pattern_mismatch"),
        ],
    )
    async def test_bad_files(self, client: httpx.AsyncClient, content: bytes, code: str) -> None:
        response = await client.post("/v1/policies", content=content, headers=YAML)
        assert response.status_code == 422, response.text
        assert [error["code"] for error in response.json()["errors"]] == [code]
        assert all(error["line"] >= 1 for error in response.json()["errors"])

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"{", 400),
            (b'{"content": 1}', 422),
            (b'{"content": "a: 1", "owner": "me"}', 422),
            (b'{"content": "\\ud800"}', 400),
            (b'{"content": ' + b"[" * 5000, 400),
            (b"[]", 422),
            (b"", 400),
        ],
    )
    async def test_bad_json(self, client: httpx.AsyncClient, body: bytes, status: int) -> None:
        response = await client.post("/v1/policies", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"

    async def test_bodies_that_are_too_big_or_of_another_kind(self, client: httpx.AsyncClient) -> None:
        big = await client.post("/v1/policies", content=b"#" * (MAX_BODY_BYTES + 1), headers=YAML)
        other = await client.post("/v1/policies", content=b"a=1", headers={"Content-Type": "text/plain"})
        assert (big.status_code, other.status_code) == (413, 415)

    async def test_an_activation_in_the_past(self, client: httpx.AsyncClient) -> None:
        response = await client.post(
            "/v1/policies", json={"content": POLICY_TEXT, "activates_at": "2020-01-01T00:00:00Z"}
        )
        [error] = response.json()["errors"]
        assert (response.status_code, error["field"], error["code"]) == (422, "activates_at", "activation_in_past")


async def test_what_does_not_fit_the_reps_is_told_and_stored_all_the_same(client: httpx.AsyncClient) -> None:
    text = edited({"rotation_pools": {"stars": {"reps": ["nobody.here"]}}})
    codes = [(it["severity"], it["code"]) for it in (await add(client, text))["findings"]]
    assert ("warning", "unknown_rep") in codes
    assert ("warning", "pool_unused") in codes


async def test_into_force_back_and_withdrawn(client: httpx.AsyncClient) -> None:
    first, second = await add(client), await add(client, LATER)
    for version in (first, second, first):
        response = await client.post(f"/v1/policies/{version['id']}/activate")
        assert (response.status_code, response.json()["in_force"]) == (200, True)
    listed = (await client.get("/v1/policies")).json()["items"]
    assert [(it["id"], it["in_force"]) for it in listed] == [(second["id"], False), (first["id"], True)]
    planned = f"/v1/policies/{second['id']}"
    assert (await client.post(f"{planned}/activate", json={"at": "2999-01-01T00:00:00Z"})).status_code == 200
    withdrawn = await client.post(f"{planned}/withdraw")
    assert withdrawn.json()["activations"][-1]["withdrawn_at"] is not None
    again = await client.post(f"{planned}/withdraw")
    assert (again.status_code, again.json()["type"]) == (409, "urn:oneowner:problem:policy-not-scheduled")


async def test_the_difference_of_two(client: httpx.AsyncClient) -> None:
    first, second = await add(client), await add(client, LATER)
    found = (await client.get(f"/v1/policies/{first['id']}/difference", params={"to": second["id"]})).json()
    assert (found["from"], found["to"]) == (first["id"], second["id"])
    assert found["differences"] == [
        {"path": "version", "before": "2026.11", "after": "2026.12"},
        {"path": "clocks.stand_lead.days", "before": 30, "after": 20},
    ]
    assert f"--- {first['id']}\n+++ {second['id']}\n" in found["text"]


@pytest.mark.parametrize("path", ["", "/difference?to=2026.11%2B00000000", "/activate", "/withdraw"])
async def test_unknown_versions(client: httpx.AsyncClient, path: str) -> None:
    method = "GET" if path[:2] in ("", "/d") else "POST"
    assert (await client.request(method, f"/v1/policies/2026.11+00000000{path}")).status_code == 404
    assert (await client.request(method, f"/v1/policies/%00nothing{path}")).status_code == 422


async def test_page_by_page(client: httpx.AsyncClient) -> None:
    ids = [(await add(client, edited({"version": f"版本 {number}"})))["id"] for number in range(3)]
    first = (await client.get("/v1/policies", params={"limit": 2})).json()
    rest = (await client.get("/v1/policies", params={"limit": 2, "cursor": first["next"]})).json()
    assert [it["id"] for it in (*first["items"], *rest["items"])] == ids[::-1]
    assert (await client.get(f"/v1/policies/{ids[0]}")).status_code == 200
