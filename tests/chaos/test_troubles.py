"""Single troubles, each by itself, in a service in this process."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from temporalio import activity
from temporalio.client import Client, Interceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Worker
from temporalio.worker import Interceptor as WorkerInterceptor

from activities.imports import ImportPlace
from customer_handle import CustomerHandle
from domain.lead import Lead
from domain.submission import Registration, Submission
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
from tests.chaos.sqlite_lock import LockedSqlite
from tests.databases import TEMPLATE, NewDatabase
from tests.invariants import nothing_lost, read_model, violations
from tests.service import Service, audit_place, running_service
from worker import make_worker

CALL = {"rep_id": "chen.jing", "kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
SHOW = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"}
STAND = {"company": {"name": "上海展会客户有限公司"}, "region": "CN-SH", "customer_type": "trade_show", "show": SHOW}
DUE = ["follow_up_warning", "follow_up_warning", "follow_up_escalated", "reassigned"]


def working(service: Service, client: Client | None = None) -> Worker:
    """A worker of the service."""
    queue = service.settings.task_queue
    settings = service.settings
    place = ImportPlace(settings.database_url, service.policy, settings.import_folder, settings.import_max_rows)
    audit = audit_place(settings)
    return make_worker(client or service.temporal, queue, service.database, service.policy, service.ids, place, audit)


async def until_settled(service: Service, leads: set[str], patience: float = 60.0) -> None:
    """Return when all these leads are settled or in doubt, and nobody works on them any more."""
    async with asyncio.timeout(patience):
        while nothing_lost(model := read_model(service.database), leads):
            await asyncio.sleep(0.5)
        for lead in model.leads:
            if lead.id in leads and lead.settled_at:
                await service.temporal.get_workflow_handle(lead.id).result()


class Forgetful(ActivityInboundInterceptor):
    """Does the work and then fails, at the first attempt."""

    def __init__(self, following: ActivityInboundInterceptor, failed: set[str]) -> None:
        super().__init__(following)
        self._failed = failed

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        """The result is lost, as when the connection breaks or the time is over."""
        done = await super().execute_activity(input)
        if activity.info().attempt == 1:
            self._failed.add(activity.info().activity_type)
            raise ConnectionError("done, and nobody has been told")
        return done


class Forgetting(Interceptor, WorkerInterceptor):
    """Makes every worker of a client forgetful, and notes which activities failed."""

    def __init__(self) -> None:
        self.failed: set[str] = set()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put ``Forgetful`` before the activity."""
        return Forgetful(next, self.failed)


async def test_once_what_was_done_and_could_not_be_said(service_on_each: Service) -> None:
    """Invariant once: every activity does its work and fails, and is repeated; nothing happens twice."""
    service = service_on_each
    forgetting = Forgetting()
    config = service.temporal.config()
    config["interceptors"] = [forgetting]
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    async with working(service, Client(**config)):
        stand = await service.lead(**STAND)
        customer = f"/v1/customers/{stand['customer_id']}"
        await service.post(f"{customer}/follow-ups", **CALL)
        named = await service.lead(company={"name": "上海远航科技有限公司"}, region="CN-SH")
        await service.lead(company={"name": "上海远航科技有限公司"}, region="CN-SH", named_contact="sun.hao")
        line = {"phones": ["021-58881234"], "region": "CN-SH"}
        names = ("上海西溪软件有限公司", "上海青禾农业有限公司", "上海云帆物流有限公司")
        first, second, third = [await service.lead(company={"name": name}, **line) for name in names]
        confirm = f"/v1/leads/{second['lead_id']}/confirmation"
        await service.post(confirm, answer="unsure", by="chen.jing")
        await service.post(confirm, answer="same", customer_id=first["customer_id"], by="sun.hao")
        await service.post(f"{customer}/release", rep_id="chen.jing", reason="客户在外地")
        await service.post(f"{customer}/claim", rep_id="sun.hao")
        await service.post("/v1/reps/sun.hao/deactivate")
        (move,) = (await service.http.get("/v1/reps/sun.hao/moves")).json()["items"]
        await service.temporal.get_workflow_handle(move["id"]).result()
    assert violations(read_model(service.database)) == []
    assert await service.timeline(stand["customer_id"]) == [
        "customer_registered", "owner_assigned", "follow_up_logged", "released", "claimed", "owner_assigned",
    ]  # fmt: skip
    assert (await service.customer(named["customer_id"]))["owner"]["id"] == "chen.jing"
    assert (await service.http.get(f"/v1/leads/{third['lead_id']}")).json()["status"] == "waiting"
    assert forgetting.failed == {
        "register_lead", "nudge", "watch_customer", "tell_customer", "look_again",
        "current_ownership", "carry_out", "redistribute", "hand_leads_over", "finish_move",
    }  # fmt: skip


async def test_once_tried_again_out_of_a_queue(service_on_each: Service) -> None:
    """Invariant once: a rep joins, gives a customer back, and whoever waits has one owner, though nobody was told."""
    service = service_on_each
    forgetting = Forgetting()
    config = service.temporal.config()
    config["interceptors"] = [forgetting]
    round_ = f"{service.settings.task_queue}_queue_retry"
    async with working(service, Client(**config)):
        leads = [
            await service.lead(company={"name": name}, region="CN-TJ") for name in ("天津海河制造厂", "天津五大道酒店")
        ]
        customers = [lead["customer_id"] for lead in leads]
        await service.rep("wu.di", "CN-TJ", total_cap=1)
        await service.temporal.get_workflow_handle(round_).result()
        [first] = [it for it in customers if (await service.customer(it))["owner"]]
        await service.post(f"/v1/customers/{first}/release", rep_id="wu.di", reason="客户在外地")
        await service.temporal.get_workflow_handle(round_).result()
    [other] = set(customers) - {first}
    assert (await service.customer(other))["owner"]["id"] == "wu.di"
    assert (await service.timeline(other)).count("owner_assigned") == 1
    assert (await service.timeline(first))[-1] == "released"
    assert violations(read_model(service.database)) == []
    assert {"queue_page", "try_again", "rep_freed"} <= forgetting.failed


async def test_nothing_lost_of_more_leads_at_once_than_a_worker_has_slots(service: Service) -> None:
    """Each must ask the customer's own workflow, which needs a slot as well: they must not wait for each other."""
    async with working(service):
        first = await service.lead(emails=["it@xixi-soft.com"], region="CN-ZJ")
        assert first["queue"] == "unassigned"
    asking = [
        service.http.post(
            "/v1/leads",
            json={"source": "burst", "external_id": str(number), "emails": ["it@xixi-soft.com"], "region": "CN-ZJ"},
            headers={"Prefer": "respond-async"},
        )
        for number in range(110)
    ]
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {202}
    async with working(service):
        await until_settled(service, {answer.json()["lead_id"] for answer in answers})
    assert violations(read_model(service.database)) == []


async def test_once_a_clock_that_goes_on_while_nobody_works(service: Service) -> None:
    """A stage falls due while no worker is there, the others as soon as one is back."""
    async with working(service):
        for rep in ("chen.jing", "sun.hao"):
            await service.rep(rep, "CN-SH")
        customer_id = (await service.lead(**STAND))["customer_id"]
    passing = asyncio.create_task(service.let_pass(customer_id, timedelta(days=31)))
    await asyncio.sleep(1)
    assert not passing.done()
    assert len(await service.timeline(customer_id)) == 2
    async with working(service):
        await passing
    assert (await service.timeline(customer_id))[2:] == DUE
    assert violations(read_model(service.database)) == []


async def test_once_a_clock_that_ran_out_while_everything_was_away(service: Service) -> None:
    """The customer was registered 31 days ago, and since then there has been nothing and nobody."""
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    lead = Lead.model_validate({"source": "fair", "external_id": "1", **STAND})
    submission = Submission(lead_id=service.ids.lead_id("fair", "1"), fingerprint="f", lead=lead)
    at = datetime.now(UTC) - timedelta(days=31)
    settlement = Intake(service.database, service.policy, service.ids).register(
        Registration(submission=submission, at=at)
    )
    customer_id = settlement.answer.customer_id or ""
    customers = CustomerHandle(service.temporal, service.settings.task_queue)
    async with working(service), asyncio.timeout(20):
        await asyncio.gather(*(customers.watch(customer_id) for _ in range(5)))
        while "reassigned" not in await service.timeline(customer_id):
            await asyncio.sleep(0.1)
    assert (await service.timeline(customer_id))[2:] == DUE
    customer = await service.customer(customer_id)
    assert customer["owner"]["id"] == "sun.hao"
    assert all(datetime.fromisoformat(due["at"]) > datetime.now(UTC) + timedelta(days=20) for due in customer["due"])
    assert violations(read_model(service.database)) == []


async def test_what_a_client_is_told_again_and_again_is_no_error_of_ours(
    temporal_address: str, new_sqlite: NewDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a worker a lead and a change are answered with 503, then 409; nothing is logged as an error."""
    database = Database(new_sqlite(TEMPLATE))
    lead = {"source": "web", "external_id": "1", "emails": ["it@xixi-soft.com"]}
    async with running_service(temporal_address, database, tmp_path, worker=False, answer_timeout=0.5) as service:
        answers = [await service.http.post("/v1/leads", json=lead) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [503, 409, 409]
        assert all("Retry-After" in answer.headers for answer in answers)
        again = await service.http.post("/v1/leads", json=lead, headers={"Prefer": "respond-async"})
        assert again.status_code == 202
        gc.collect()
        await asyncio.sleep(0)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    database.close()


@asynccontextmanager
async def locked(database: LockedSqlite, seconds: float) -> AsyncIterator[None]:
    """Keep a file locked until the block has come to its end, and for so long at least."""
    database.kill()
    until = monotonic() + seconds
    try:
        yield
        await asyncio.sleep(until - monotonic())
    finally:
        database.start()


async def test_read_model_locked(temporal_address: str, tmp_path: Path) -> None:
    """SQLite is locked for 8 s: 503 with Retry-After in time, for many at once too; then everything arrives."""
    file = LockedSqlite(tmp_path / "oneowner.db")
    database = Database(file.url)
    migrate(database)
    async with running_service(temporal_address, database, tmp_path, answer_timeout=5) as service:

        async def submit(number: int) -> tuple[httpx.Response, float]:
            lead = {"source": "web", "external_id": str(number), "emails": [f"it@firm{number}-soft.com"]}
            keyed = {"Idempotency-Key": str(number)} if number % 2 else {}
            began = monotonic()
            return await service.http.post("/v1/leads", json=lead, headers=keyed), monotonic() - began

        async with locked(file, 8.0):
            answers = await asyncio.gather(*(submit(number) for number in range(24)))
            assert (await service.http.get("/v1/customers")).json()["items"] == []
        assert {answer.status_code for answer, _ in answers} == {503}
        assert {int(answer.headers["Retry-After"]) > 0 for answer, _ in answers} == {True}
        assert max(seconds for _, seconds in answers) < 8
        await until_settled(service, {service.ids.lead_id("web", str(number)) for number in range(0, 24, 2)})
        assert {(await submit(number))[0].status_code for number in range(24)} == {200, 201}
    assert violations(read_model(database)) == []
    database.close()
