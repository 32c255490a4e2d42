"""Figures over HTTP: for whom one answers, each with its rows, in both languages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.kpi.names import Kpi
from domain.role import Role
from store.database import Database
from store.kpi_snapshots import Snapshots
from store.policies import Policies
from store.tables import TeamRow
from tests.api.conftest import StandIn, context_of
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import BROWN, LI, POLICY, SMITH, WANG
from tests.store.kpi_world import World
from tests.tokens import signed_in

MONTH = {"month": "2026-10"}


@pytest.fixture(scope="module")
def played(new_sqlite: NewDatabase) -> Iterator[Database]:
    """September to November of a team, September closed."""
    made = Database(new_sqlite(TEMPLATE))
    world = World(made, 9, datetime(2026, 9, 1, tzinfo=UTC))
    world.play(160, datetime(2026, 11, 10, tzinfo=UTC))
    while world.outbox.pass_on(100):
        pass
    with made.write() as session:
        session.get_one(TeamRow, "west").manager_id = WANG.id
    Snapshots(made, Policies(made, POLICY)).close_next(datetime(2026, 11, 20, tzinfo=UTC))
    yield made
    made.close()


@pytest.fixture
def app(built: FastAPI, played: Database) -> FastAPI:
    built.state.context = context_of(played, StandIn())
    return built


@pytest.fixture
def as_manager(played: Database) -> dict[str, str]:
    return signed_in(played, WANG.id, Role.MANAGER)


@pytest.fixture
def as_rep(played: Database) -> dict[str, str]:
    return signed_in(played, LI.id, Role.REP)


async def test_every_figure_has_its_formula_its_target_and_its_rows(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/kpis", params=MONTH)).json()
    assert [it["kpi"] for it in answer["figures"]] == [*Kpi]
    assert (answer["closed_at"], answer["time_zone"], answer["parts"]) == (None, "Asia/Shanghai", [])
    rate = answer["figures"][0]
    assert (rate["name"], rate["target"], rate["missed"]) == ("Collision rate", 0.02, True)
    rows = await _rows(client, rate["rows"])
    assert rate["value"] == pytest.approx(len({it["subject_id"] for it in rows}) / rate["over"])
    assert {it["measure"] for it in rows} == {"collision"}


async def test_causes_and_outcomes_are_told_in_words(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/v1/kpis", params={**MONTH, "by": "reason"}, headers={"Accept-Language": language})
        for language in ("en", "zh-CN")
    ]
    english, chinese = ({it["key"]: it["name"] for it in answer.json()["parts"]} for answer in answers)
    assert english.keys() == chinese.keys() >= {"second_lead", "keep"}
    assert (english["second_lead"], chinese["keep"]) == ("Another rep's lead", "负责人不变")


async def test_parts_link_to_their_own_rows(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/kpis", params={**MONTH, "by": "team"})).json()
    assert [(it["key"], it["name"]) for it in answer["parts"]] == [("", None), ("south", "south"), ("west", "west")]
    for part in answer["parts"]:
        figures = {it["kpi"]: it for it in part["figures"]}
        rows = await _rows(client, figures["customers"]["rows"])
        assert len(rows) == figures["customers"]["value"]
        assert {it["team"] for it in rows} <= {part["key"] or None}


async def test_in_chinese(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/kpis", params=MONTH, headers={"Accept-Language": "zh-CN"})).json()
    assert (answer["figures"][0]["name"], answer["figures"][0]["formula"]) == ("撞单频率", "当月撞单数 ÷ 月末客户数")


async def test_a_closed_month_says_since_when(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/kpis", params={"month": "2026-09"})).json()
    assert answer["closed_at"] is not None
    assert all(it["correction"] is None for it in answer["figures"])


async def test_a_manager_sees_the_own_team_only(client: httpx.AsyncClient, as_manager: dict[str, str]) -> None:
    for month in ("2026-09", "2026-10"):
        asked = {"month": month, "by": "rep"}
        answer = (await client.get("/v1/kpis", params=asked, headers=as_manager)).json()
        assert {it["key"] for it in answer["parts"]} <= {WANG.id, SMITH.id, BROWN.id}
    rows = await _rows(client, "/v1/kpis/customers/rows?month=2026-10", as_manager)
    assert {it["rep"] for it in rows} <= {WANG.id, SMITH.id, BROWN.id}
    assert rows
    assert (await client.get("/v1/kpis/alerts", headers=as_manager)).status_code == 200
    page = (await client.get("/v1/kpis/report", params=MONTH, headers=as_manager)).text
    assert "李娜" not in page
    assert "王芳" in page


async def test_a_rep_sees_themselves_and_no_alerts(client: httpx.AsyncClient, as_rep: dict[str, str]) -> None:
    rows = await _rows(client, "/v1/kpis/information_sharing/rows?month=2026-10", as_rep)
    assert {it["rep"] for it in rows} == {LI.id}
    assert (await client.get("/v1/kpis/alerts", headers=as_rep)).status_code == 403


async def test_missed_targets_are_listed(client: httpx.AsyncClient) -> None:
    items = (await client.get("/v1/kpis/alerts")).json()["items"]
    assert {it["month"] for it in items} == {"2026-09"}
    assert {"collision_rate", "completeness"} <= {it["kpi"] for it in items}


async def test_the_report_in_both_forms(client: httpx.AsyncClient) -> None:
    page = await client.get("/v1/kpis/report", params=MONTH, headers={"Accept-Language": "zh-CN"})
    assert (page.status_code, page.headers["content-language"]) == (200, "zh-CN")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "2026-10 客户归属月报" in page.text
    book = await client.get("/v1/kpis/report", params={**MONTH, "format": "xlsx"})
    assert book.content.startswith(b"PK")
    assert "kpis-2026-10.xlsx" in book.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("/v1/kpis?month=2026-13", "month", "string_pattern_mismatch"),
        ("/v1/kpis?month=0001-01", "month", "month_unknown"),
        ("/v1/kpis?month=0000-01", "month", "month_unknown"),
        ("/v1/kpis/report?month=9999-12", "month", "month_unknown"),
        ("/v1/kpis?by=customer", "by", "enum"),
        ("/v1/kpis/profit/rows", "kpi", "enum"),
        ("/v1/kpis/report?format=pdf", "format", "literal_error"),
    ],
)
async def test_rubbish_is_refused_by_field(client: httpx.AsyncClient, path: str, field: str, code: str) -> None:
    response = await client.get(path)
    assert response.status_code == 422, response.text
    first = response.json()["errors"][0]
    assert (first["field"], first["code"]) == (field, code)


async def _rows(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Every row, over all pages."""
    found: list[dict[str, Any]] = []
    url, more = httpx.URL(path).copy_merge_params({"limit": 30}), {}
    while True:
        page = (await client.get(url.copy_merge_params(more), headers=headers)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        more = {"cursor": page["next"]}
