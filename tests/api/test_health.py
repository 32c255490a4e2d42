"""Health checks: alive whatever is away, ready only with everything that the work needs."""

import httpx
import pytest
from temporalio.service import RPCError, RPCStatusCode

from store.database import Database
from tests.api.conftest import StandIn


async def test_alive_and_ready(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/healthz")).json() == {"status": "ok"}
    response = await anonymous.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "database": True, "temporal": True})


@pytest.mark.parametrize("error", [RPCError("away", RPCStatusCode.UNAVAILABLE, b""), TimeoutError()])
async def test_without_temporal_alive_but_not_ready(
    anonymous: httpx.AsyncClient, gateway: StandIn, error: Exception
) -> None:
    gateway.error = error
    response = await anonymous.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "database": True, "temporal": False})
    assert int(response.headers["retry-after"]) > 0
    assert (await anonymous.get("/healthz")).status_code == 200


async def test_without_the_database_alive_but_not_ready(
    anonymous: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "engine", Database("sqlite:////nowhere/at/all.db").engine)
    response = await anonymous.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "database": False, "temporal": True})
    assert (await anonymous.get("/healthz")).status_code == 200
