"""Lists page by page, on both databases: everything once, in order, whatever happens meanwhile."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from store.database import Database
from store.tables import CustomerRow, RepRegionRow, RepRow
from tests.databases import TEMPLATE, NewDatabase

IDS = sorted(f"rep-{n:03}" for n in range(125))


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    with made.write() as session:
        session.add_all(RepRow(id=rep_id, name=f"李{n}", active=n % 2 == 0) for n, rep_id in enumerate(IDS))
        session.add_all(RepRegionRow(rep_id=rep_id, region="CN-GD") for rep_id in IDS[:60])
    yield made
    made.close()


async def follow(client: httpx.AsyncClient, address: str) -> list[str]:
    """The ids of all pages, by the Link header."""
    ids: list[str] = []
    for _ in range(200):
        response = await client.get(address)
        assert response.status_code == 200
        ids += [item["id"] for item in response.json()["items"]]
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("link", ""))
        assert (link is None) == (response.json()["next"] is None)
        if link is None:
            return ids
        address = link[1]
    raise AssertionError("a list without an end")


@pytest.mark.parametrize("limit", [1, 7, 25, 50, 124, 125, 126, 200])
async def test_every_item_comes_once_and_in_order(client: httpx.AsyncClient, limit: int) -> None:
    assert await follow(client, f"/v1/reps?limit={limit}") == IDS


async def test_fifty_unless_asked_otherwise(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/v1/reps")).json()["items"]) == 50


async def test_filters_hold_on_every_page(client: httpx.AsyncClient) -> None:
    assert await follow(client, "/v1/reps?limit=10&active=true") == IDS[::2]
    assert await follow(client, "/v1/reps?limit=10&active=false&region=cn-gd") == IDS[1:60:2]
    assert await follow(client, "/v1/reps?team_id=nobody") == []


async def test_the_cursor_in_the_body_is_the_one_in_the_link(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/reps?limit=3")
    second = await client.get("/v1/reps", params={"limit": 3, "cursor": first.json()["next"]})
    assert [item["id"] for item in second.json()["items"]] == IDS[3:6]


async def test_what_is_added_meanwhile_shifts_nothing(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/reps?limit=50")
    await client.post("/v1/reps", json={"id": "rep-000-early", "name": "王芳"})
    second = await client.get("/v1/reps", params={"limit": 50, "cursor": first.json()["next"]})
    assert [item["id"] for item in second.json()["items"]] == IDS[50:100]


def _encoded(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "游标",
        "A" * 999,
        _encoded(None),
        _encoded([]),
        _encoded({"a": 1}),
        _encoded(["cur_x", 7]),
        _encoded(["cur_x", "rep-003"]),
        _encoded(["\ud800", "\ud800"]),
        _encoded("x"),
        base64.urlsafe_b64encode(b"[" * 600).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
async def test_what_is_no_cursor_is_400(client: httpx.AsyncClient, cursor: str) -> None:
    response = await client.get("/v1/reps", params={"cursor": cursor}, headers={"Accept-Language": "zh"})
    assert (response.status_code, response.json()["title"]) == (400, "游标无效")


async def test_a_changed_cursor_is_400(client: httpx.AsyncClient) -> None:
    cursor = (await client.get("/v1/reps?limit=3")).json()["next"]
    signature, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    assert last == IDS[2]
    response = await client.get("/v1/reps", params={"cursor": _encoded([signature, IDS[3]])})
    assert response.status_code == 400


async def test_a_cursor_belongs_to_its_list(client: httpx.AsyncClient) -> None:
    cursor = (await client.get("/v1/reps?limit=3")).json()["next"]
    assert (await client.get("/v1/teams", params={"cursor": cursor})).status_code == 400


async def test_rows_of_the_same_instant_are_told_apart(client: httpx.AsyncClient, database: Database) -> None:
    """Customers are listed newest first by two columns, of which the first is often the same."""
    start = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    ownership = {
        "customer_id": "x",
        "customer_type": "new_registration",
        "region": None,
        "seq": 1,
        "place": "pool",
        "owner_id": None,
        "queue": "public-pool",
        "since": start.isoformat(),
    }
    with database.write() as session:
        for n in range(20):
            at = start + timedelta(seconds=n // 7)
            session.add(
                CustomerRow(
                    id=f"cus_{n:02}",
                    name="深圳市远航科技有限公司",
                    customer_type="new_registration",
                    place="pool",
                    queue="public-pool",
                    seq=1,
                    ownership=ownership,
                    profile={},
                    created_at=at,
                    updated_at=at,
                )
            )
    assert await follow(client, "/v1/customers?limit=3") == [f"cus_{n:02}" for n in reversed(range(20))]
