"""Every route, walked with every role, does what the table says; each refusal leaves a row and no personal data."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.guard import GUARDED, OPEN, wanted
from api.permissions import KEY_SCOPES, ROLES, ROUTES, Permission
from domain.role import PERSONAL, Role
from store.database import Database
from store.refusals import RefusalFilter, Refusals
from store.visibility import Reach
from tests.api.conftest import StandIn, context_of
from tests.examples import LI, employ
from tests.tokens import signed_in

GUARDED_ROUTES = [route for route in ROUTES if ROUTES[route] is not Permission.PUBLIC]
FORBIDDEN = "urn:oneowner:problem:forbidden"


@pytest.fixture
def patient(app: FastAPI, database: Database) -> FastAPI:
    """The application, which lets callers try as much as they like."""
    app.state.context = context_of(database, StandIn(), refusal_limit="100000/minute")
    app.state.context.streams.close()  # a stream would go on for ever
    return app


async def caller(role: Role, database: Database, client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of somebody of this role; a system may do all that systems may."""
    if role is not Role.SYSTEM:
        employ(database, LI)
        return signed_in(database, "somebody", role, LI.id if role in PERSONAL else None)
    made = await client.post("/v1/api-keys", json={"name": "ERP", "scopes": sorted(ROLES[Role.SYSTEM])})
    return {"Authorization": f"Bearer {made.json()['token']}"}


@pytest.mark.parametrize("role", Role)
async def test_every_route_is_open_to_whom_the_table_says(
    patient: FastAPI, database: Database, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, role: Role
) -> None:
    headers = await caller(role, database, client)
    refused = []
    for method, path in GUARDED_ROUTES:
        address = re.sub(r"{\w+}", "x", path)
        response = await anonymous.request(method, address, headers=headers, json={"no": "field"})
        assert response.status_code not in (401, 429), path
        allowed = ROUTES[method, path] in ROLES[role]
        assert (response.status_code != 403) == allowed, (method, path)
        if not allowed:
            assert response.json()["type"] == FORBIDDEN
            refused.append((method, path))
    kept = [row for row in Refusals(database).page(RefusalFilter(), None, 1000) if row.reason == "role"]
    assert [(row.method, row.route) for row in reversed(kept)] == refused
    assert {(row.role, row.record) for row in kept} <= {(role, None)}


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER])
def test_every_record_that_a_path_names_is_guarded(role: Role) -> None:
    """A new kind of record in a path of a route that a rep or a manager may call must be said to be guarded or open."""
    for (method, path), permission in ROUTES.items():
        if permission in ROLES[role] and permission is not Permission.PUBLIC:
            names = set(re.findall(r"{(\w+)}", path))
            assert names <= GUARDED.keys() | OPEN, (method, path)


def test_what_changes_a_record_needs_the_right_to_change_it() -> None:
    """But for the claim of what is seen in a pool, the designation of who waits in a queue, and requests."""
    light = {
        path
        for (method, path), permission in ROUTES.items()
        if method != "GET" and GUARDED.keys() & set(re.findall(r"{(\w+)}", path)) and wanted(method, permission) < 3
    }
    assert light == {
        "/v1/customers/{customer_id}/claim",
        "/v1/customers/{customer_id}/assign",
        "/v1/customers/{customer_id}/transfer-requests",
        "/v1/customers/{customer_id}/share-requests",
    }
    assert wanted("GET", Permission.CUSTOMERS_HISTORY) is Reach.FULL
    assert wanted("GET", Permission.DECISIONS_READ) is Reach.FULL


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    allowed = {route for route, permission in ROUTES.items() if permission in ROLES[Role.AUDITOR]}
    not_reading = {route for route in allowed if route[0] != "GET" and ROUTES[route] is not Permission.PUBLIC}
    assert not_reading == {("POST", "/v1/audit/replays")}, "a replay changes nothing but the list of replays"
    assert {route for route in ROUTES if route[0] == "GET"} <= allowed


def test_roles_grow_out_of_each_other() -> None:
    assert ROLES[Role.REP] < ROLES[Role.MANAGER] < ROLES[Role.SALES_OPERATIONS] < ROLES[Role.ADMINISTRATOR]
    assert ROLES[Role.SYSTEM] > KEY_SCOPES
    assert set(Permission) == ROLES[Role.ADMINISTRATOR]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/leads", {"source": "web", "external_id": "1", "emails": ["a@b.cn"], "owner_id": "li.na"}),
        ("PATCH", "/v1/customers/x", {"owner_id": "li.na"}),
        ("POST", "/v1/customers/x/claim", {"rep_id": "li.na", "owner_id": "li.na"}),
        ("PUT", "/v1/customers/x/standing", {"level": "A", "stage": None, "owner_id": "li.na"}),
        ("PATCH", "/v1/reps/x", {"role": "administrator"}),
        ("POST", "/v1/sessions", {"user": "x", "password": "y", "role": "administrator"}),
        ("POST", "/v1/api-keys", {"name": "x", "role": "administrator"}),
    ],
)
async def test_no_field_is_let_in_by_the_back_door(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    refused = await client.request(method, path, json=body, headers={"If-Match": "*"})
    assert refused.status_code == 422
    assert "extra_forbidden" in {error["code"] for error in refused.json()["errors"]}


async def test_no_address_is_kept_that_may_be_somebodys_number(
    patient: FastAPI, database: Database, anonymous: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    headers = await caller(Role.REP, database, client)
    await anonymous.get("/v1/moves/13800138000", headers=headers)
    await anonymous.get(f"/v1/moves/move_{'a' * 26}", headers=headers)
    rows = Refusals(database).page(RefusalFilter(), None, 10)
    assert [row.record for row in rows] == [f"move_{'a' * 26}", None]


async def test_refusals_are_listed_for_auditors(
    patient: FastAPI, database: Database, anonymous: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    headers = await caller(Role.REP, database, client)
    for path in ("/v1/users", "/v1/policies", "/v1/imports"):
        assert (await anonymous.get(path, headers=headers)).status_code == 403
    auditor = signed_in(database, "auditor", Role.AUDITOR)
    first = (await anonymous.get("/v1/access-refusals", headers=auditor, params={"limit": 2})).json()
    assert [it["route"] for it in first["items"]] == ["/v1/imports", "/v1/policies"]
    second = await anonymous.get("/v1/access-refusals", headers=auditor, params={"limit": 2, "cursor": first["next"]})
    assert [(it["route"], it["principal"], it["role"], it["reason"]) for it in second.json()["items"]] == [
        ("/v1/users", "somebody", "rep", "role")
    ]
    none = await anonymous.get("/v1/access-refusals", headers=auditor, params={"principal": "another"})
    assert none.json()["items"] == []


async def test_whoever_tries_too_much_waits_and_the_administrator_is_told(
    app: FastAPI, database: Database, client: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    app.state.context = context_of(database, StandIn(), refusal_limit="3/minute")
    headers = await caller(Role.REP, database, client)
    answers = [await anonymous.get(f"/v1/customers/cus_{number}", headers=headers) for number in range(6)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    alerts = (await client.get("/v1/access-refusals", params={"reason": "probing"})).json()["items"]
    assert [(it["principal"], it["route"]) for it in alerts] == [("somebody", "/v1/customers/{customer_id}")]
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 200
