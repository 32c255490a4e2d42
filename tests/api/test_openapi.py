"""The API's description of itself: valid, complete and stable."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI

from api.permissions import ROUTES, Permission

TAGS = {
    "access", "approvals", "assignments", "audit",
    "replays", "backtests", "calendars", "collisions", "customers", "decisions",
    "health", "imports", "inbound", "kpis", "leads", "notifications",
    "policies", "pools", "regions", "reps", "teams", "webhooks"
}  # fmt: skip


@pytest.fixture
def description(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_it_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(description).validate()


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(description)))
    assert {"Problem", "FieldError", "SubmittedLead"} <= references
    assert references <= set(description["components"]["schemas"])


def test_every_operation_is_described(description: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(ids) == len(set(ids))
    assert {"submit_lead", "list_reps", "deactivate_rep", "get_decision"} <= set(ids)
    for method, path, operation in operations(description):
        assert re.fullmatch(r"[a-z_]+", operation["operationId"]), path
        assert operation["summary"], path
        assert operation["description"], path
        assert set(operation["tags"]) <= TAGS, (method, path)
    assert {tag["name"] for tag in description["tags"]} == TAGS


def test_every_guarded_operation_says_that_it_wants_a_token(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        assert ("security" in operation) == (ROUTES[method, path] is not Permission.PUBLIC), path
    assert description["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_every_error_is_described_as_a_problem(description: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in description["components"]["schemas"]
    for method, path, operation in operations(description):
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        if path.startswith("/v1"):
            guarded = {"403"} if ROUTES[method, path] is not Permission.PUBLIC else set()
            assert {"400", "401", "413", "415", "422", "429", "500", "503"} | guarded <= set(errors)
            assert {next(iter(answer["content"])) for answer in errors.values()} == {"application/problem+json"}


def test_what_only_the_etag_tells_is_not_in_the_body(description: dict[str, Any]) -> None:
    for name in ("Rep", "Team", "Region"):
        assert "version" not in description["components"]["schemas"][name]["properties"]


async def test_it_is_served_to_who_has_a_token(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "OneOwner"
    assert (await anonymous.get("/openapi.json")).status_code == 401
