"""Every kind of problem: its words in both languages, and what it becomes of."""

import ast
import json
from typing import Any

import httpx
import pytest
from fastapi.exceptions import RequestValidationError
from psycopg.errors import AdminShutdown
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from api.handlers import problem_of
from api.limits import BodyTooLarge
from api.problems import Fault, Problem, ProblemType, shown
from domain.change import Refused
from messages import LOCALES, has_message
from settings import PROJECT_ROOT
from store.database import Database
from store.errors import AlreadyExists, KeyReused, NotFound, UnusableReference, VersionMismatch

FACTS: dict[ProblemType, dict[str, Any]] = {
    ProblemType.ASSIGNMENT_FROZEN: {"until": "2026-12-01T00:00:00+00:00"},
    ProblemType.CASE_SETTLED: {"outcome": "keep"},
    ProblemType.RESOLUTION_INCOMPLETE: {"lacks": "lines"},
    ProblemType.TOO_MUCH_SAID: {"limit": 200},
    ProblemType.BODY_TOO_LARGE: {"limit": 1},
    ProblemType.INVALID: {"count": 2},
    ProblemType.CLAIM_CAP_REACHED: {"pool": "south", "period": "day", "limit": 5},
    ProblemType.COOLING_OFF: {"pool": "south", "until": "2026-12-01T00:00:00+00:00"},
    ProblemType.NOT_YOUR_POOL: {"pool": "south", "region": "CN-GD"},
    ProblemType.SHARE_OVER: {"until": "2026-12-01T00:00:00+00:00"},
    ProblemType.TOO_MANY_COMMITMENTS: {"limit": 50},
    ProblemType.SIGN_IN_ELSEWHERE: {"issuer": "https://login.example.com"},
    ProblemType.TOO_MANY_SHARES: {"limit": 50},
    ProblemType.APPROVAL_DECIDED: {"outcome": "rejected"},
    ProblemType.APPROVAL_NOT_OFFERED: {"request": "transfer"},
    ProblemType.NO_APPROVER: {"step": "managers", "approver": "owner_manager"},
    ProblemType.REASON_REQUIRED: {"action": "reject"},
    ProblemType.TOO_MANY_STEPS: {"limit": 20},
}


def _called(tree: ast.AST, name: str) -> set[str]:
    """The text constants that stand first in a call of ``name``, also inside a conditional."""
    return {
        constant.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name and call.args
        for constant in ast.walk(call.args[0])
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


def _in_source(name: str, *folders: str) -> set[str]:
    files = [path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*.py")]
    return {code for path in files for code in _called(ast.parse(path.read_text(encoding="utf-8")), name)}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ProblemType)
def test_every_problem_has_its_words(kind: ProblemType, locale: str) -> None:
    response = Problem(kind, about="cus_1", **FACTS.get(kind, {})).response(locale)
    body = json.loads(bytes(response.body))
    assert response.media_type == "application/problem+json"
    assert response.headers["content-language"] == locale
    assert body["type"] == f"urn:oneowner:problem:{kind.code}"
    assert body["status"] == response.status_code == kind.status
    assert body["title"]
    assert body["detail"]
    chinese = any("一" <= character <= "鿿" for character in body["title"] + body["detail"])
    assert chinese == (locale == "zh-CN")


def test_names_are_kebab_case_and_unique() -> None:
    codes = [kind.code for kind in ProblemType]
    assert len(codes) == len(set(codes))
    assert all(kind.code == kind.name.lower().replace("_", "-") for kind in ProblemType)


def test_every_refusal_in_the_source_has_a_problem_type() -> None:
    refusals = _in_source("Refused", "domain", "store", "activities", "workflows")
    assert {"customer_already_owned", "unknown_customer"} <= refusals
    for code in refusals:
        assert Problem.refused(code).kind.code == code.replace("_", "-")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_broken_rule_in_the_source_has_its_sentence(locale: str) -> None:
    codes = _in_source("Malformed", "domain") | _in_source("PydanticCustomError", "domain")
    codes |= {f"{kind}_{state}" for kind in ("rep", "team", "region") for state in ("unknown", "inactive")}
    assert {"phone_invalid", "phone_area_code_missing", "uscc_check_digit", "control_character"} <= codes
    assert [code for code in sorted(codes) if not has_message(locale, f"rule-{code.replace('_', '-')}")] == []


def _rpc(status: RPCStatusCode) -> RPCError:
    return RPCError("secret detail", status, b"")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Problem(ProblemType.FORBIDDEN), ProblemType.FORBIDDEN),
        (HTTPException(404), ProblemType.NOT_FOUND),
        (HTTPException(405), ProblemType.METHOD_NOT_ALLOWED),
        (HTTPException(400), ProblemType.MALFORMED_BODY),
        (BodyTooLarge(5), ProblemType.BODY_TOO_LARGE),
        (HTTPException(418), ProblemType.INTERNAL),
        (RequestValidationError([{"type": "json_invalid", "loc": ("body", 3)}]), ProblemType.MALFORMED_BODY),
        (RequestValidationError([{"type": "missing", "loc": ("body", "name")}], body={}), ProblemType.INVALID),
        (
            RequestValidationError([{"type": "model_type", "loc": ("body",)}], body=b"x"),
            ProblemType.UNSUPPORTED_MEDIA_TYPE,
        ),
        (Refused("customer_already_owned"), ProblemType.CUSTOMER_ALREADY_OWNED),
        (NotFound(), ProblemType.NOT_FOUND),
        (AlreadyExists(), ProblemType.ALREADY_EXISTS),
        (KeyReused(), ProblemType.IDEMPOTENCY_KEY_REUSED),
        (VersionMismatch(), ProblemType.VERSION_MISMATCH),
        (UnusableReference("team_id", "team_unknown", "x"), ProblemType.INVALID),
        (OperationalError("SELECT", {}, AdminShutdown()), ProblemType.UNAVAILABLE),
        (InterfaceError("SELECT", {}, Exception()), ProblemType.UNAVAILABLE),
        (PoolTimeout(), ProblemType.UNAVAILABLE),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), ProblemType.UNAVAILABLE),
        (_rpc(RPCStatusCode.UNAVAILABLE), ProblemType.UNAVAILABLE),
        (_rpc(RPCStatusCode.DEADLINE_EXCEEDED), ProblemType.UNAVAILABLE),
        (_rpc(RPCStatusCode.RESOURCE_EXHAUSTED), ProblemType.UNAVAILABLE),
        (_rpc(RPCStatusCode.INVALID_ARGUMENT), ProblemType.INTERNAL),
        (IntegrityError("INSERT", {}, Exception()), ProblemType.INTERNAL),
        (ZeroDivisionError(), ProblemType.INTERNAL),
    ],
)
def test_every_exception_becomes_its_problem(error: Exception, kind: ProblemType) -> None:
    problem = problem_of(error)
    assert problem.kind is kind
    assert ("Retry-After" in problem.headers) == (kind is ProblemType.UNAVAILABLE)
    assert b"secret" not in problem.response("en").body


@pytest.mark.parametrize("error", [_rpc(RPCStatusCode.UNAVAILABLE), OperationalError("SELECT", {}, AdminShutdown())])
async def test_what_is_away_is_answered_with_503(client: httpx.AsyncClient, gateway: Any, error: Exception) -> None:
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    gateway.error = error
    response = await client.post("/v1/reps/li.wei/deactivate", headers={"Accept-Language": "zh"})
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["type"] == "urn:oneowner:problem:unavailable"
    assert response.headers["content-language"] == "zh-CN"


@pytest.mark.parametrize("error", [ZeroDivisionError("13800138000"), _rpc(RPCStatusCode.INTERNAL)])
async def test_the_unforeseen_is_answered_with_500_and_nothing_inside(
    client: httpx.AsyncClient, gateway: Any, error: Exception
) -> None:
    await client.post("/v1/reps", json={"id": "li.wei", "name": "李伟"})
    gateway.error = error
    response = await client.post("/v1/reps/li.wei/deactivate")
    assert response.status_code == 500
    assert response.json() == {
        "type": "urn:oneowner:problem:internal",
        "title": "Internal error",
        "status": 500,
        "detail": "Something went wrong on our side. The log has more under this answer's X-Request-ID.",
        "errors": [],
    }
    assert response.headers["x-request-id"]


async def test_the_database_away_is_answered_with_503(client: httpx.AsyncClient, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE reps")
    response = await client.get("/v1/reps")
    assert response.status_code == 503
    assert response.json()["errors"] == []


async def test_405_names_the_methods(client: httpx.AsyncClient) -> None:
    response = await client.delete("/v1/reps/x")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert response.json()["type"] == "urn:oneowner:problem:method-not-allowed"


async def test_an_unknown_address_is_404(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/nothing", headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 404
    assert response.json()["title"] == "未找到"
    assert response.headers["vary"] == "Accept-Language"


async def test_a_slash_too_many_is_404_and_no_redirect(client: httpx.AsyncClient) -> None:
    """A redirect would be made of the Host header that the caller sent."""
    assert (await client.get("/v1/reps/")).status_code == 404


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("王小明", "王小明"),
        ("长" * 81, "长" * 79 + "…"),
        ("x" * 80, "x" * 80),
        ("\ud800", "?"),
        ({"a": 1}, "{…}"),
        ([1], "[…]"),
        (True, "True"),
        (float("nan"), "nan"),
        (12, "12"),
    ],
)
def test_a_value_is_shown_short_and_storable(value: object, text: str | None) -> None:
    assert shown(value) == text


def test_a_huge_number_is_shown_at_all() -> None:
    text = shown(-(10**5000))
    assert text is not None
    assert len(text) == 80


def test_a_fault_says_field_code_value_and_rule() -> None:
    fault = Fault("phones.0", "too_long", "x", {"max_length": 20})
    body = json.loads(bytes(Problem(ProblemType.INVALID, faults=[fault], count=1).response("zh").body))
    assert body["errors"] == [{"field": "phones.0", "code": "too_long", "value": "x", "rule": "最多 20 项"}]


@pytest.mark.parametrize(
    ("language", "period", "words"),
    [("en", "day", "5 customers"), ("en", "total", "owns 5"), ("zh", "day", "每日上限"), ("zh", "total", "5 个上限")],
)
def test_a_refusal_tells_the_values_of_its_rule(language: str, period: str, words: str) -> None:
    refused = problem_of(Refused("claim_cap_reached", pool="south", period=period, limit=5))
    body = json.loads(bytes(refused.response(language).body))
    assert body["values"] == {"pool": "south", "period": period, "limit": 5}
    assert words in body["detail"]


def test_what_is_no_refusal_of_a_rule_has_no_values() -> None:
    assert "values" not in json.loads(bytes(Problem(ProblemType.NOT_FOUND).response("en").body))
