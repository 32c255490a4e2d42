"""Nothing but the open routes answers without a token, and no route is forgotten in the table."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.auth import Authentication
from api.permissions import ROLES, ROUTES, Permission, Role
from tests.api.conftest import TOKEN


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path template that the application answers."""
    for route in iter_route_contexts(app.routes):
        for method in (route.methods or set()) - {"HEAD"}:
            assert route.path is not None
            yield method, route.path


def test_every_route_has_a_permission_and_every_permission_a_route(app: FastAPI) -> None:
    assert sorted(routes_of(app)) == sorted(ROUTES)


def test_only_health_and_the_sign_in_are_public() -> None:
    public = {path for (_, path), permission in ROUTES.items() if permission is Permission.PUBLIC}
    assert public == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/sessions",
        "/v1/approval-links",
        "/v1/surveys",
        "/v1/inbound/{connector_id}",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
    ],
)
async def test_every_route_wants_the_token(anonymous: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for method, path in (route for route in ROUTES if ROUTES[route] is not Permission.PUBLIC):
        response = await anonymous.request(method, re.sub(r"{\w+}", "x", path), headers=headers, json={"name": 1})
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.json()["type"] == "urn:oneowner:problem:unauthenticated"


async def test_a_token_beyond_ascii_is_a_wrong_token(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/v1/reps", headers={b"Authorization": "Bearer 令牌".encode()})
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/healthz/", "//healthz", "/v1/../healthz/../v1/reps"])
async def test_addresses_that_do_not_exist_want_the_token_too(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_no_body_is_read_without_a_token(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.post("/v1/reps", content=b"{ no JSON", headers={"Content-Type": "application/json"})
    assert response.status_code == 401


async def test_the_scheme_is_any_case(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/v1/reps", headers={"Authorization": f"bEARER {TOKEN}"})).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_what_is_public_wants_no_token(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 200


def test_an_empty_token_is_no_token(app: FastAPI) -> None:
    with pytest.raises(ValueError, match="empty"):
        Authentication(app, admin_token="")


def test_every_role_is_in_the_table() -> None:
    assert set(ROLES) == set(Role)
