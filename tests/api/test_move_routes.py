"""Moves over HTTP: ordered, previewed, listed, refused in the caller's language."""

import httpx
import pytest

from domain.moving import WarningCode
from messages import LOCALES, message
from store.database import Database
from store.intake import Intake
from tests.api.conftest import StandIn
from tests.examples import IDS, POLICY, firm, lead, registration

PATH = "/v1/reps/li.na/moves"


@pytest.fixture
async def staffed(client: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    """Li Na, who manages the south and has three customers there, and Wang Fang, her successor."""
    for code in ("CN-GD", "CN-BJ"):
        await client.post("/v1/regions", json={"code": code, "name": code})
    for rep in ({"id": "wang.fang", "name": "王芳"}, {"id": "li.na", "name": "李娜", "successor_id": "wang.fang"}):
        assert (await client.post("/v1/reps", json={**rep, "regions": ["CN-GD"]})).status_code == 201
    await client.post("/v1/teams", json={"id": "south", "name": "华南团队", "manager_id": "li.na"})
    intake = Intake(database, POLICY, IDS)
    for number in range(3):
        intake.register(registration(lead(company={"name": firm(number)}, region="CN-GD", named_contact="li.na")))
    return client


async def test_a_preview_tells_who_would_get_whom_and_why(staffed: httpx.AsyncClient, gateway: StandIn) -> None:
    answer = await staffed.post(f"{PATH}/preview", json={"kind": "leaves"}, headers={"Accept-Language": "zh-CN"})
    found = answer.json()
    assert (answer.status_code, found["successor_id"], found["total"], found["queued"]) == (200, "wang.fang", 3, [])
    assert found["moved"] == [{"owner_id": "wang.fang", "customers": 3}]
    assert {(it["owner_id"], it["method"], it["reason"]) for it in found["customers"]} == {
        ("wang.fang", "named_contact", "chosen")
    }
    [warned] = found["warnings"]
    assert (warned["code"], warned["about"]) == ("team_without_manager", "south")
    assert "不再有经理" in warned["text"]
    assert (gateway.moves, (await staffed.get(PATH)).json()["items"]) == ([], [])
    assert (await staffed.get("/v1/reps/li.na")).json()["active"]


async def test_a_move_is_ordered_once_and_begun_as_often_as_it_is_sent(
    staffed: httpx.AsyncClient, gateway: StandIn
) -> None:
    order = {"kind": "changes_region", "regions": ["CN-BJ"], "by": "wang.fang", "reason": "调往北京"}
    headers = {"Idempotency-Key": "to-beijing"}
    first, second = [await staffed.post(PATH, json=order, headers=headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, second.json())
    move = first.json()
    assert first.headers["location"] == f"/v1/moves/{move['id']}"
    assert move["progress"] == {"total": 3, "done": 0, "moved": [], "queued": [], "elsewhere": 0}
    assert (move["order"]["by"], move["successor_id"], move["finished_at"]) == ("wang.fang", "wang.fang", None)
    assert gateway.moves == [move["id"]] * 2
    assert (await staffed.get("/v1/reps/li.na")).json()["regions"] == ["CN-BJ"]
    assert (await staffed.get(f"/v1/moves/{move['id']}")).json() == move
    other = await staffed.post(PATH, json={**order, "reason": "别的原因"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:oneowner:problem:idempotency-key-reused")


async def test_a_move_that_was_never_begun_is_begun_with_the_next(staffed: httpx.AsyncClient, gateway: StandIn) -> None:
    gateway.error = ZeroDivisionError()
    assert (await staffed.post(PATH, json={"kind": "changes_region", "regions": []})).status_code == 500
    gateway.error = None
    left = (await staffed.post(PATH, json={"kind": "leaves"})).json()
    moves = (await staffed.get(PATH)).json()["items"]
    assert [move["kind"] for move in moves] == ["leaves", "changes_region"]
    assert gateway.moves == [moves[1]["id"], left["id"]]
    page = (await staffed.get(PATH, params={"limit": 1})).json()
    rest = (await staffed.get(PATH, params={"limit": 1, "cursor": page["next"]})).json()
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == [move["id"] for move in moves]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"kind": "changes_region"}, "move_field"),
        ({"kind": "leaves", "regions": ["CN-GD"]}, "move_field"),
        ({"kind": "changes_team"}, "move_field"),
        ({"kind": "leaves", "keep": ["cus_1"]}, "move_keeps"),
        ({"kind": "retires"}, "enum"),
    ],
)
async def test_what_does_not_fit_is_said_in_the_callers_language(
    staffed: httpx.AsyncClient, gateway: StandIn, language: str, order: dict[str, object], code: str
) -> None:
    for path in (PATH, f"{PATH}/preview"):
        answer = await staffed.post(path, json=order, headers={"Accept-Language": language})
        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["errors"]] == [code]
        assert answer.json()["errors"][0]["rule"].isascii() == (language == "en")
    assert gateway.moves == []


async def test_what_is_not_there_is_404_and_who_is_gone_moves_no_more(staffed: httpx.AsyncClient) -> None:
    leaves = {"kind": "leaves"}
    for answer in (
        await staffed.post("/v1/reps/nobody/moves", json=leaves),
        await staffed.post("/v1/reps/nobody/moves/preview", json=leaves),
        await staffed.get("/v1/reps/nobody/moves"),
        await staffed.get("/v1/moves/move_none"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:oneowner:problem:not-found")
    await staffed.post("/v1/reps/li.na/deactivate")
    late = await staffed.post(PATH, json={"kind": "changes_region", "regions": []})
    assert (late.status_code, late.json()["type"]) == (409, "urn:oneowner:problem:rep-not-available")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_warning_has_a_sentence(locale: str) -> None:
    for code in WarningCode:
        assert "somebody" in message(locale, f"move-warning-{code.replace('_', '-')}", about="somebody")
