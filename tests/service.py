"""The whole service in one process, on a real Temporal server whose workflows' clocks a test can move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.audit import AuditPlace
from activities.imports import ImportPlace
from api.app import create_app
from api.context import Context
from api.gateway import Gateway
from api.tokens import Tokens
from domain.ids import IdMaker
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.tree_head import HeadKey
from keys import audit_key
from launcher.embedded import EmbeddedOptions, EmbeddedTemporal
from relaying import CaseCaller, relay
from settings import PROJECT_ROOT, Settings
from store.collision_calls import CollisionCalls
from store.database import Database
from store.outbox import Outbox
from store.policies import Policies
from tests.tokens import ISSUER
from worker import make_worker

TOKEN = "test-token-of-the-administrator"


@asynccontextmanager
async def temporal_server(folder: Path) -> AsyncIterator[str]:
    """A Temporal server with time skipping; yields its address."""
    async with EmbeddedTemporal(folder, EmbeddedOptions(time_skipping=True)) as server:
        yield server.address


@dataclass(frozen=True)
class Service:
    """A running service and the ways into it."""

    http: httpx.AsyncClient
    temporal: Client
    database: Database
    ids: IdMaker
    policy: Policy
    settings: Settings

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """POST a JSON body."""
        return await self.http.post(path, json=body)

    async def lead(self, **fields: Any) -> dict[str, Any]:
        """Submit a lead that must be accepted; its source and external id are made up unless given."""
        body = {"source": "test", "external_id": uuid4().hex, **fields}
        response = await self.http.post("/v1/leads", json=body)
        assert response.status_code in (200, 201), response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def rep(self, rep_id: str, *regions: str, **fields: Any) -> None:
        """Add a rep, and the regions that it covers when they are new."""
        for region in regions:
            await self.http.post("/v1/regions", json={"code": region, "name": region})
        body = {"id": rep_id, "name": rep_id.title(), "regions": list(regions), **fields}
        response = await self.http.post("/v1/reps", json=body)
        assert response.status_code == 201, response.text

    async def customer(self, customer_id: str) -> dict[str, Any]:
        """A customer as the API shows it."""
        response = await self.http.get(f"/v1/customers/{customer_id}")
        assert response.status_code == 200, response.text
        customer: dict[str, Any] = response.json()
        return customer

    async def lead_events(self, lead_id: str) -> list[dict[str, Any]]:
        """What happened to a lead, in order."""
        response = await self.http.get(f"/v1/leads/{lead_id}/timeline", params={"limit": 200})
        assert response.status_code == 200, response.text
        events: list[dict[str, Any]] = response.json()["items"]
        return events

    async def confirm(self, lead_id: str, **word: Any) -> dict[str, Any]:
        """Say who a lead in doubt is; it must be accepted."""
        response = await self.post(f"/v1/leads/{lead_id}/confirmation", **word)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def timeline(self, customer_id: str) -> list[str]:
        """The kinds of a customer's events, in order."""
        response = await self.http.get(f"/v1/customers/{customer_id}/timeline", params={"limit": 200})
        assert response.status_code == 200, response.text
        return [event["kind"] for event in response.json()["items"]]

    async def let_pass(self, workflow_id: str, time: timedelta) -> None:
        """Move one workflow's clock on, firing what falls due on the way."""
        skipper = TimeSkipper(self.temporal, config=TimeSkippingConfig(enabled=False))
        await skipper.fast_forward(self.temporal.get_workflow_handle(workflow_id), time)


def audit_place(settings: Settings) -> AuditPlace:
    """Where heads of the audit log go, with the key of the data folder."""
    return AuditPlace(HeadKey(audit_key(settings)), settings.heads_folder, settings.audit_webhook)


@asynccontextmanager
async def running_service(
    address: str,
    database: Database,
    data_dir: Path,
    *,
    worker: bool = True,
    answer_timeout: float = 60,
    policy: Policy | None = None,
    relayed: bool = False,
    task_queue: str | None = None,
    ids: IdMaker | None = None,
) -> AsyncIterator[Service]:
    """API and worker on a task queue of their own, by the shipped policy unless another is given.

    The machine may be busy, and few tests ask about a 503. With ``relayed`` collision
    cases are told what happens, as a worker process does all the time.
    """
    settings = Settings(
        data_dir=data_dir,
        task_queue=task_queue or f"test-{uuid4().hex}",
        database_url=str(database.engine.url),
        answer_timeout=answer_timeout,
    )
    policy = policy or parse_policy((PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
    ids = ids or IdMaker(uuid4().bytes * 2)
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    context = Context(
        settings=settings,
        database=database,
        gateway=Gateway(client, settings),
        ids=ids,
        policies=Policies(database, policy),
        admin_token=TOKEN,
        tokens=Tokens(ISSUER.TERMS, ISSUER),
        issuer=ISSUER,
    )
    transport = httpx.ASGITransport(app=create_app(context), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://oneowner", headers=headers, timeout=60) as http:
        service = Service(http, client, database, ids, policy, settings)
        if not worker:
            yield service
            return
        place = ImportPlace(settings.database_url, policy, settings.import_folder, settings.import_max_rows)
        audit = audit_place(settings)
        async with (
            make_worker(client, settings.task_queue, database, policy, ids, place, audit),
            _relay(service) if relayed else nullcontext(),
        ):
            yield service


@asynccontextmanager
async def _relay(service: Service) -> AsyncIterator[None]:
    stop, calls = asyncio.Event(), CollisionCalls(service.database)
    cases = CaseCaller(calls, service.temporal, service.settings.task_queue)
    async with asyncio.TaskGroup() as beside:
        beside.create_task(relay(Outbox(service.database, (calls,)), cases, stop))
        try:
            yield
        finally:
            stop.set()
