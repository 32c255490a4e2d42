"""Reps, teams and regions as resources, on both databases."""

import asyncio
from collections.abc import Iterator
from threading import Event, Thread

import httpx
import pytest

from store.database import Database
from tests.api.conftest import StandIn
from tests.databases import TEMPLATE, NewDatabase


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    """Both databases."""
    made = Database(new_database(TEMPLATE))
    yield made
    made.close()


@pytest.fixture
async def organised(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a small sales organisation."""
    for code, name in (("CN-GD", "广东 Guangdong"), ("US-CA", "California"), ("CN-HB", "湖北 Hubei")):
        assert (await client.post("/v1/regions", json={"code": code, "name": name})).status_code == 201
    assert (await client.post("/v1/teams", json={"id": "south", "name": "华南团队"})).status_code == 201
    rep = {
        "id": "liang.wenbo",
        "name": "梁文博",
        "email": "liang@example.com",
        "team_id": "south",
        "regions": ["CN-GD", "CN-HB"],
    }
    assert (await client.post("/v1/reps", json=rep)).status_code == 201
    return client


UNLIMITED = {
    "verticals": [], "languages": [], "weight": 1, "daily_cap": None, "total_cap": None, "deal_min": None,
    "deal_max": None, "successor_id": None,
}  # fmt: skip
"""A rep of whom nobody said what they know or may get."""


async def change(client: httpx.AsyncClient, path: str, **fields: object) -> httpx.Response:
    return await client.patch(path, json=fields, headers={"If-Match": "*"})


async def test_a_rep_reads_as_written(organised: httpx.AsyncClient) -> None:
    response = await organised.get("/v1/reps/liang.wenbo")
    assert response.json() == {
        "id": "liang.wenbo",
        "name": "梁文博",
        "email": "liang@example.com",
        "team_id": "south",
        "regions": ["CN-GD", "CN-HB"],
        "active": True,
        "on_leave": False,
        "calendar": None,
        **UNLIMITED,
    }


@pytest.mark.parametrize(
    ("path", "body", "prefix"), [("/v1/reps", {"name": "王芳"}, "rep_"), ("/v1/teams", {"name": "Americas"}, "team_")]
)
async def test_without_an_id_one_is_made(
    client: httpx.AsyncClient, path: str, body: dict[str, str], prefix: str
) -> None:
    first, second = await client.post(path, json=body), await client.post(path, json=body)
    assert first.json()["id"].startswith(prefix)
    assert first.json()["id"] != second.json()["id"]
    assert (await client.get(first.headers["location"])).json() == first.json()


@pytest.mark.parametrize(("given", "code"), [("cn-gd", "CN-GD"), ("hk", "CN-HK"), ("US_CA", "US-CA"), ("DE", "DE")])
async def test_a_region_has_one_code(client: httpx.AsyncClient, given: str, code: str) -> None:
    made = await client.post("/v1/regions", json={"code": given, "name": "x"})
    assert (made.status_code, made.json()["code"]) == (201, code)
    shown = {"code": code, "name": "x", "active": True, "head_id": None}
    assert (await client.get(f"/v1/regions/{code.lower()}")).json() == shown
    assert (await client.post("/v1/regions", json={"code": code, "name": "y"})).status_code == 409


@pytest.mark.parametrize(
    ("path", "fields", "error"),
    [
        ("/v1/regions", {"code": "CN-XX", "name": "x"}, ("code", "region_unknown", "CN-XX")),
        ("/v1/regions", {"code": "CN-ZJ", "name": "x", "head_id": "nobody"}, ("head_id", "rep_unknown", "nobody")),
        ("/v1/teams", {"name": "x", "manager_id": "nobody"}, ("manager_id", "rep_unknown", "nobody")),
        ("/v1/reps", {"name": "x", "team_id": "nobody"}, ("team_id", "team_unknown", "nobody")),
        ("/v1/reps", {"name": "x", "regions": ["CN-GD", "CN-ZJ"]}, ("regions.1", "region_unknown", "CN-ZJ")),
        ("/v1/reps", {"name": "x", "regions": ["CN-GD", "广东"]}, ("regions.1", "region_unknown", "广东")),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_reference_to_nothing_names_the_field(
    organised: httpx.AsyncClient, path: str, fields: dict[str, object], error: tuple[str, str, str], language: str
) -> None:
    response = await organised.post(path, json=fields, headers={"Accept-Language": language})
    assert response.status_code == 422
    found = response.json()["errors"]
    assert [(fault["field"], fault["code"], fault["value"]) for fault in found] == [error]
    assert found[0]["rule"].isascii() == (language == "en")


@pytest.mark.parametrize(
    ("path", "field", "value", "code"),
    [
        ("/v1/teams/south", "team_id", "south", "team_inactive"),
        ("/v1/regions/CN-GD", "regions", ["CN-GD"], "region_inactive"),
    ],
)
async def test_what_is_inactive_takes_no_new_reps_and_keeps_the_old(
    organised: httpx.AsyncClient, path: str, field: str, value: object, code: str
) -> None:
    await organised.post(f"{path}/deactivate")
    refused = await organised.post("/v1/reps", json={"name": "邓军", field: value})
    assert [error["code"] for error in refused.json()["errors"]] == [code]
    kept = await change(organised, "/v1/reps/liang.wenbo", name="梁文", **{field: value})
    assert kept.status_code == 200
    await organised.post(f"{path}/activate")
    assert (await organised.post("/v1/reps", json={"name": "邓军", field: value})).status_code == 201


async def test_a_manager_is_an_active_rep(organised: httpx.AsyncClient) -> None:
    made = await change(organised, "/v1/teams/south", manager_id="liang.wenbo")
    team = {"id": "south", "name": "华南团队", "manager_id": "liang.wenbo", "parent_id": None, "active": True}
    assert made.json() == team
    await organised.post("/v1/reps/liang.wenbo/deactivate")
    assert (await change(organised, "/v1/teams/south", name="South China")).status_code == 200
    assert (await change(organised, "/v1/teams/south", manager_id=None)).json()["manager_id"] is None
    refused = await change(organised, "/v1/teams/south", manager_id="liang.wenbo")
    assert [error["code"] for error in refused.json()["errors"]] == ["rep_inactive"]


async def test_a_refused_change_changes_nothing(organised: httpx.AsyncClient) -> None:
    before = await organised.get("/v1/reps/liang.wenbo")
    refused = await change(organised, "/v1/reps/liang.wenbo", name="x", regions=["US-CA", "FR"])
    assert [error["field"] for error in refused.json()["errors"]] == ["regions.1"]
    after = await organised.get("/v1/reps/liang.wenbo")
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


async def test_regions_are_replaced_together(organised: httpx.AsyncClient) -> None:
    before = await organised.get("/v1/reps/liang.wenbo")
    changed = await change(organised, "/v1/reps/liang.wenbo", regions=["us-ca", "CN-GD", "CN-GD"])
    assert changed.json()["regions"] == ["CN-GD", "US-CA"]
    assert changed.headers["etag"] != before.headers["etag"]
    found = await organised.get("/v1/reps?region=cn-hb")
    assert found.json()["items"] == []


@pytest.mark.parametrize("path", ["/v1/reps/liang.wenbo", "/v1/teams/south", "/v1/regions/CN-GD"])
async def test_deactivating_is_repeatable_and_undone_by_activating(organised: httpx.AsyncClient, path: str) -> None:
    first = await organised.post(f"{path}/deactivate")
    second = await organised.post(f"{path}/deactivate")
    assert (first.status_code, first.json()["active"]) == (200, False)
    assert (second.json(), second.headers["etag"]) == (first.json(), first.headers["etag"])
    assert (await organised.get(path)).json()["active"] is False
    listed = (await organised.get(path.rpartition("/")[0], params={"active": False})).json()["items"]
    assert listed == [first.json()]
    assert (await organised.post(f"{path}/activate")).json()["active"] is True


async def test_a_deactivated_reps_customers_move_on_every_time_it_is_said(
    organised: httpx.AsyncClient, gateway: StandIn
) -> None:
    for _ in range(2):
        await organised.post("/v1/reps/liang.wenbo/deactivate")
    (move,) = (await organised.get("/v1/reps/liang.wenbo/moves")).json()["items"]
    assert (move["kind"], move["created_by"], gateway.moves) == ("leaves", "administrator", [move["id"], move["id"]])


@pytest.mark.parametrize("action", ["", "/activate", "/deactivate"])
@pytest.mark.parametrize("path", ["/v1/reps/nobody", "/v1/teams/nobody", "/v1/regions/CN-ZJ"])
async def test_what_does_not_exist_is_404(
    organised: httpx.AsyncClient, gateway: StandIn, path: str, action: str
) -> None:
    response = await (organised.post(path + action) if action else organised.get(path))
    assert (response.status_code, response.json()["type"]) == (404, "urn:oneowner:problem:not-found")
    assert (await change(organised, path, name="x")).status_code == 404
    assert gateway.moves == []


async def test_a_deactivation_waits_for_customers_that_are_being_assigned(
    organised: httpx.AsyncClient, database: Database
) -> None:
    """Assignment holds the lock ``reps`` shared (``store.rotation``); nobody leaves while it chooses."""
    holding, assigned = Event(), Event()

    def assign() -> None:
        with database.write() as session:
            database.lock_shared(session, "reps")
            holding.set()
            assigned.wait(10)

    assignment = Thread(target=assign)
    assignment.start()
    holding.wait(10)
    leaving = asyncio.create_task(organised.post("/v1/reps/liang.wenbo/deactivate"))
    await asyncio.sleep(0.3)
    assert not leaving.done()
    assigned.set()
    assert (await leaving).status_code == 200
    assignment.join()


async def test_changes_at_once_are_all_kept(organised: httpx.AsyncClient) -> None:
    """Each changes another field without a precondition; none is lost."""
    fields: list[dict[str, object]] = [
        {"name": "梁博"},
        {"email": None},
        {"on_leave": True},
        {"regions": ["US-CA"]},
        {"team_id": None},
    ]
    answers = await asyncio.gather(*(change(organised, "/v1/reps/liang.wenbo", **field) for field in fields))
    assert {answer.status_code for answer in answers} == {200}
    read = await organised.get("/v1/reps/liang.wenbo")
    assert read.headers["etag"] == '"6"'
    assert read.json() == {
        "id": "liang.wenbo",
        "name": "梁博",
        "email": None,
        "team_id": None,
        "regions": ["US-CA"],
        "active": True,
        "on_leave": True,
        "calendar": None,
        **UNLIMITED,
    }


async def test_what_a_rep_may_get_reads_as_written(organised: httpx.AsyncClient) -> None:
    fields = {
        "verticals": ["制造业", "Machinery"], "languages": ["zh", "en"], "weight": 3, "daily_cap": 5, "total_cap": 200,
        "deal_min": 10000, "deal_max": 10**12, "successor_id": "liang.wenbo",
    }  # fmt: skip
    made = await organised.post("/v1/reps", json={"id": "li.na", "name": "李娜", **fields})
    assert made.status_code == 201
    assert {name: made.json()[name] for name in fields} == fields | {"verticals": ["Machinery", "制造业"]}
    assert (await organised.get("/v1/reps/li.na")).json() == made.json()
    listed = (await organised.get("/v1/reps")).json()["items"]
    assert made.json() in listed
    changes = {"verticals": [], "languages": ["de"], "weight": 1, "daily_cap": None, "successor_id": None}
    changed = await change(organised, "/v1/reps/li.na", **changes)
    assert changed.status_code == 200
    assert changed.json() == made.json() | changes
    assert changed.headers["ETag"] == '"2"'


async def test_verticals_alone_count_as_a_change_and_the_same_ones_do_not(organised: httpx.AsyncClient) -> None:
    tags = [
        (await change(organised, "/v1/reps/liang.wenbo", verticals=verticals)).headers["ETag"]
        for verticals in (["软件"], ["软件"], ["軟件", "软件"], [])
    ]
    assert tags == ['"2"', '"2"', '"2"', '"3"']


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"weight": 0}, "weight", "greater_than_equal"),
        ({"weight": 21}, "weight", "less_than_equal"),
        ({"weight": True}, "weight", "int_type"),
        ({"daily_cap": -1}, "daily_cap", "greater_than_equal"),
        ({"total_cap": 1.5}, "total_cap", "int_type"),
        ({"languages": ["Chinese"]}, "languages.0", "string_pattern_mismatch"),
        ({"verticals": [""]}, "verticals.0", "string_too_short"),
        ({"verticals": [str(number) for number in range(51)]}, "verticals", "too_long"),
        ({"deal_min": 10**15 + 1}, "deal_min", "less_than_equal"),
        ({"successor_id": "nobody"}, "successor_id", "rep_unknown"),
        ({"successor_id": "liang.wenbo"}, "successor_id", "rep_own_successor"),
    ],
)
async def test_what_a_rep_cannot_be_is_refused(
    organised: httpx.AsyncClient, fields: dict[str, object], field: str, code: str
) -> None:
    response = await change(organised, "/v1/reps/liang.wenbo", **fields)
    assert response.status_code == 422
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [(field, code)]


async def test_a_region_has_a_head_who_is_there(organised: httpx.AsyncClient) -> None:
    """Whoever heads it may leave and stays named; nobody who left becomes head."""
    made = await change(organised, "/v1/regions/CN-GD", head_id="liang.wenbo")
    assert (made.status_code, made.json()["head_id"]) == (200, "liang.wenbo")
    await organised.post("/v1/reps/liang.wenbo/deactivate")
    assert (await change(organised, "/v1/regions/CN-GD", name="广东省")).json()["head_id"] == "liang.wenbo"
    assert (await change(organised, "/v1/regions/CN-GD", head_id=None)).json()["head_id"] is None
    refused = await change(organised, "/v1/regions/CN-GD", head_id="liang.wenbo")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "rep_inactive")
