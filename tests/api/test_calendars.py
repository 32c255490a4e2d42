"""Working calendars over HTTP: what people check a policy by."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.policy import Policy
from tests.api.conftest import StandIn, context_of
from tests.examples import POLICY


@pytest.fixture
def app(app: FastAPI, database: Any, gateway: StandIn) -> FastAPI:
    """The application with a second calendar."""
    rules = POLICY.model_dump()
    berlin = {"time_zone": "Europe/Berlin", "hours": {"sun": ["01:00-04:00"]}, "holidays": "DE-BE"}
    rules["calendars"]["berlin"] = berlin
    app.state.context = context_of(database, gateway, Policy.model_validate(rules))
    return app


async def days(client: httpx.AsyncClient, name: str, first: str, last: str) -> dict[str, Any]:
    response = await client.get(f"/v1/calendars/{name}", params={"from": first, "to": last})
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def test_calendars_are_listed_by_name(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/calendars")).json()
    assert [(it["name"], it["default"], it["holidays"]) for it in listed["items"]] == [
        ("berlin", False, "DE-BE"),
        ("office", True, "CN"),
    ]
    assert listed["items"][1]["hours"] == {"mon-fri": ["09:00-12:00", "13:30-18:00"]}
    first = (await client.get("/v1/calendars", params={"limit": 1})).json()
    second = (await client.get("/v1/calendars", params={"limit": 1, "cursor": first["next"]})).json()
    assert ([it["name"] for it in (*first["items"], *second["items"])], second["next"]) == (["berlin", "office"], None)


async def test_days_with_their_openings_and_why(client: httpx.AsyncClient) -> None:
    shown = await days(client, "office", "2026-10-07", "2026-10-11")
    assert [(day["date"], day["kind"], len(day["open"])) for day in shown["days"]] == [
        ("2026-10-07", "holiday", 0),
        ("2026-10-08", "regular", 2),
        ("2026-10-09", "regular", 2),
        ("2026-10-10", "make_up", 2),
        ("2026-10-11", "regular", 0),
    ]
    assert shown["days"][3]["open"] == [
        {"from": "2026-10-10T09:00:00+08:00", "until": "2026-10-10T12:00:00+08:00"},
        {"from": "2026-10-10T13:30:00+08:00", "until": "2026-10-10T18:00:00+08:00"},
    ]
    assert shown["warnings"] == []


async def test_times_are_on_the_calendars_own_clock_over_a_change(client: httpx.AsyncClient) -> None:
    shown = await days(client, "berlin", "2026-10-25", "2026-10-25")
    assert shown["days"][0]["open"] == [{"from": "2026-10-25T01:00:00+02:00", "until": "2026-10-25T04:00:00+01:00"}]


@pytest.mark.parametrize(("language", "part"), [("en", "make-up days are not known"), ("zh", "调休安排未知")])
async def test_a_year_of_which_not_everything_is_known_warns(
    client: httpx.AsyncClient, language: str, part: str
) -> None:
    response = await client.get(
        "/v1/calendars/office?from=2034-12-31&to=2035-01-31", headers={"Accept-Language": language}
    )
    warnings = response.json()["warnings"]
    assert [(it["year"], it["code"]) for it in warnings] == [
        (2034, "make_up_days_unknown"),
        (2035, "make_up_days_unknown"),
    ]
    assert "2035" in warnings[1]["text"]
    assert part in warnings[1]["text"]


async def test_a_month_from_today_unless_asked_otherwise(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/v1/calendars/office")).json()["days"]) == 31
    assert len((await client.get("/v1/calendars/office?from=2028-02-01")).json()["days"]) == 31
    assert len((await days(client, "office", "2028-01-01", "2028-12-31"))["days"]) == 366


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("from=2026-10-07&to=2026-10-06", ("to", "calendar_range", "2026-10-06")),
        ("from=2026-01-01&to=2027-01-02", ("to", "calendar_range", "2027-01-02")),
        ("from=9999-12-31", ("from", "time_out_of_range", "9999-12-31")),
        ("from=0001-01-01", ("from", "time_out_of_range", "0001-01-01")),
        ("from=%E6%98%8E%E5%A4%A9", ("from", "date_from_datetime_parsing", "明天")),
    ],
)
async def test_what_cannot_be_shown_is_refused(
    client: httpx.AsyncClient, query: str, error: tuple[str, str, str]
) -> None:
    refused = await client.get(f"/v1/calendars/office?{query}")
    assert refused.status_code == 422
    assert [(it["field"], it["code"], it["value"]) for it in refused.json()["errors"]] == [error]


async def test_the_last_years_that_there_are_can_be_shown(client: httpx.AsyncClient) -> None:
    shown = await days(client, "office", "2999-12-31", "2999-12-31")
    assert [it["code"] for it in shown["warnings"]] == ["year_not_covered"]
    assert (await client.get("/v1/calendars/office?from=2999-12-31")).status_code == 200


async def test_what_does_not_exist_is_404(client: httpx.AsyncClient) -> None:
    missing = await client.get("/v1/calendars/factory")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:oneowner:problem:not-found")
