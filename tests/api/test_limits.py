"""Bodies: how large, and how hostile."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from api.limits import MAX_BODY_BYTES

JSON = {"Content-Type": "application/json"}


def body(size: int) -> bytes:
    """A rep in exactly this many bytes."""
    return b'{"id": "li.wei", "name": "Li Wei"}'.ljust(size)


async def chunked(content: bytes) -> AsyncIterator[bytes]:
    """The content in pieces, without a length in advance."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


async def test_a_mebibyte_is_taken(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/reps", content=body(MAX_BODY_BYTES), headers=JSON)).status_code == 201


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 3 * MAX_BODY_BYTES])
@pytest.mark.parametrize("streamed", [False, True])
async def test_more_is_refused(client: httpx.AsyncClient, size: int, streamed: bool, language: str) -> None:
    content = chunked(body(size)) if streamed else body(size)
    response = await client.post("/v1/reps", content=content, headers=JSON | {"Accept-Language": language})
    assert response.status_code == 413
    assert response.json()["type"] == "urn:oneowner:problem:body-too-large"
    assert response.headers["content-language"] == language


async def test_a_length_that_lies_does_not_help(client: httpx.AsyncClient) -> None:
    headers = JSON | {"Content-Length": "10"}
    response = await client.post("/v1/reps", content=chunked(body(2 * MAX_BODY_BYTES)), headers=headers)
    assert response.status_code == 413


async def test_what_says_that_it_is_too_long_is_not_read(client: httpx.AsyncClient) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError
        yield b""

    headers = JSON | {"Content-Length": str(MAX_BODY_BYTES + 1)}
    assert (await client.post("/v1/reps", content=unread(), headers=headers)).status_code == 413


async def test_an_endless_length_is_a_length(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/reps", content=b"{}", headers=JSON | {"Content-Length": "9" * 5000})
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("content", "status", "name"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "malformed-body"),
        (b"\xff\xfe\x00", 400, "malformed-body"),
        ('{"name": "李伟'.encode("gbk") + b'"}', 400, "malformed-body"),
        (b"[" * 100_000, 400, "malformed-body"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "malformed-body"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "malformed-body"),
        (b'{"name": ' + b"9" * 5000 + b"}", 400, "malformed-body"),
        (b'{"name": NaN}', 422, "invalid"),
        (b'{"name": Infinity}', 422, "invalid"),
        (b'{"name": 1e999}', 422, "invalid"),
        (b'{"name": "x", "on_leave": 1}', 422, "invalid"),
        (b'{"name": "\\ud800"}', 422, "invalid"),
        (b'{"\\ud800": 1, "name": "x"}', 422, "invalid"),
        (b'{"name": "\\u0000"}', 422, "invalid"),
        (b'{"name": "   "}', 422, "invalid"),
        (b'{"name": ["x"]}', 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"x"', 422, "invalid"),
        (b"17", 422, "invalid"),
        (b'{"name": "x", "id": "a/b"}', 422, "invalid"),
        (b'{"name": "x", "id": "' + b"x" * 129 + b'"}', 422, "invalid"),
        ('{"name": "x", "id": "李伟"}'.encode(), 422, "invalid"),
        (b'{"name": "x", "id": "x\\ny"}', 422, "invalid"),
        (b'{"name": "x", "regions": ' + json.dumps(["CN-GD"] * 201).encode() + b"}", 422, "invalid"),
        (b'{"name": "x", "email": "not an address"}', 422, "invalid"),
        (b'{"name": "x", "active": false}', 422, "invalid"),
        (b'{"name": "x", "version": 7}', 422, "invalid"),
    ],
)
async def test_hostile_json_is_a_clear_4xx_and_leaves_nothing(
    client: httpx.AsyncClient, content: bytes, status: int, name: str
) -> None:
    response = await client.post("/v1/reps", content=content, headers=JSON)
    assert (response.status_code, response.json()["type"]) == (status, f"urn:oneowner:problem:{name}")
    assert response.headers["content-type"] == "application/problem+json"
    assert (await client.get("/v1/reps")).json()["items"] == []


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
async def test_what_is_not_said_to_be_json_is_415(client: httpx.AsyncClient, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = await client.post("/v1/reps", content=b'{"name": "x"}', headers=headers)
    assert response.status_code == 415


@pytest.mark.parametrize("rep_id", ["%00", "%ff%fe", "李伟", "x" * 200, "..%2f..", "%ED%A0%80", "a%0Ab"])
async def test_hostile_addresses_are_a_clear_4xx(client: httpx.AsyncClient, rep_id: str) -> None:
    assert (await client.get(f"/v1/reps/{rep_id}")).status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1e9", "active=perhaps", "team_id=%00", "region=" + "x" * 200]
)
async def test_hostile_queries_are_422_and_name_the_parameter(client: httpx.AsyncClient, query: str) -> None:
    response = await client.get(f"/v1/reps?{query}")
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [query.partition("=")[0]]
