"""ETag and If-Match: nobody overwrites a change they never saw."""

import httpx
import pytest


@pytest.fixture
async def tag(client: httpx.AsyncClient) -> str:
    """The ETag of a new rep."""
    response = await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟", "email": "li@example.com"})
    tag: str = response.headers["etag"]
    return tag


async def test_a_change_gives_a_new_tag(client: httpx.AsyncClient, tag: str) -> None:
    changed = await client.patch("/v1/reps/li.wei", json={"name": "李薇"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "李薇")
    assert changed.headers["etag"] != tag
    read = await client.get("/v1/reps/li.wei")
    assert read.headers["etag"] == changed.headers["etag"]


async def test_a_change_that_changes_nothing_keeps_the_tag(client: httpx.AsyncClient, tag: str) -> None:
    changed = await client.patch("/v1/reps/li.wei", json={"name": "李伟", "regions": []}, headers={"If-Match": tag})
    assert changed.headers["etag"] == tag


async def test_of_two_who_saw_the_same_one_is_told(client: httpx.AsyncClient, tag: str) -> None:
    first = await client.patch("/v1/reps/li.wei", json={"name": "李薇"}, headers={"If-Match": tag})
    second = await client.patch("/v1/reps/li.wei", json={"name": "李维"}, headers={"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["type"] == "urn:oneowner:problem:version-mismatch"
    assert (await client.get("/v1/reps/li.wei")).json()["name"] == "李薇"


async def test_without_a_tag_nothing_is_changed(client: httpx.AsyncClient, tag: str) -> None:
    response = await client.patch("/v1/reps/li.wei", json={"name": "李薇"})
    assert (response.status_code, response.json()["title"]) == (428, "If-Match required")
    assert (await client.get("/v1/reps/li.wei")).headers["etag"] == tag


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("*", 200),
        (" * ", 200),
        ('"1"', 200),
        ('"7", "1"', 200),
        ('W/"1"', 412),
        ("1", 412),
        ('"x"', 412),
        ("", 412),
        ('"' + "9" * 5000 + '"', 412),
        ('"١"', 412),
        ('"-1"', 412),
    ],
)
async def test_if_match_as_rfc_9110_has_it(client: httpx.AsyncClient, tag: str, header: str, status: int) -> None:
    response = await client.patch("/v1/reps/li.wei", json={"on_leave": True}, headers={b"If-Match": header.encode()})
    assert response.status_code == status


async def test_null_empties_a_field_and_what_is_left_out_stays(client: httpx.AsyncClient, tag: str) -> None:
    changed = await client.patch("/v1/reps/li.wei", json={"email": None}, headers={"If-Match": tag})
    assert (changed.json()["email"], changed.json()["name"]) == (None, "李伟")


@pytest.mark.parametrize("field", ["name", "regions", "on_leave"])
async def test_what_must_have_a_value_cannot_be_emptied(client: httpx.AsyncClient, tag: str, field: str) -> None:
    response = await client.patch("/v1/reps/li.wei", json={field: None}, headers={"If-Match": tag})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["active", "id", "version", "owner_id"])
async def test_a_change_takes_no_other_fields(client: httpx.AsyncClient, tag: str, field: str) -> None:
    response = await client.patch("/v1/reps/li.wei", json={field: "x"}, headers={"If-Match": tag})
    assert response.json()["errors"][0] == {
        "field": field,
        "code": "extra_forbidden",
        "value": "x",
        "rule": "is not a field that is known here",
    }
