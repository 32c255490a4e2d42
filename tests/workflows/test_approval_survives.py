"""A chain of four approvers over ten days whose worker dies in every step: it ends as if nothing had happened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from temporalio import activity
from temporalio.client import Client, Interceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Worker
from temporalio.worker import Interceptor as WorkerInterceptor

from activities.imports import ImportPlace
from domain.approval.state import ApprovalState
from store.database import Database
from store.tables import ApprovalActRow, ApprovalRow
from tests.databases import empty
from tests.examples import POLICY
from tests.invariants import read_model, violations
from tests.people import Company, accepted, as_
from tests.service import Service, audit_place, running_service
from worker import make_worker

DAYS = (2, 3, 2, 3)
"""Ten in all, before each of the four who decide."""
RULES = POLICY.approvals.model_copy(update={"calendar": None, "expire_after_hours": 400})
AT_ANY_HOUR = POLICY.model_copy(update={"approvals": RULES})
"""So that a reminder and an escalation fall into each of them, whatever the day is today."""
STEPS = {"open_approval", "act_on_approval", "approval_due", "conclude_approval", "ask", "carry_out"}


class Lost(ActivityInboundInterceptor):
    """Does the work, and what came of it is lost with the worker."""

    def __init__(self, following: ActivityInboundInterceptor, deaths: "Deaths") -> None:
        super().__init__(following)
        self._deaths = deaths

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        """Before its work or after it, whichever is the turn; the second attempt succeeds."""
        info = activity.info()
        key = (info.workflow_id, info.activity_type, info.activity_id)
        if self._deaths.before and key not in self._deaths.died:
            self._deaths.died.add(key)
            raise ConnectionError("the worker died before it had begun")
        done = await super().execute_activity(input)
        if not self._deaths.before and key not in self._deaths.died:
            self._deaths.died.add(key)
            raise ConnectionError("the worker died, and nobody has been told")
        return done


class Deaths(Interceptor, WorkerInterceptor):
    """Makes every worker of a client lose each step once."""

    def __init__(self, *, before: bool) -> None:
        self.before = before
        self.died: set[tuple[str | None, str, str]] = set()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put ``Lost`` before the activity."""
        return Lost(next, self)


@asynccontextmanager
async def working(service: Service, deaths: Deaths | None = None) -> AsyncIterator[None]:
    """A worker of the service, for a while."""
    config = service.temporal.config()
    config["interceptors"] = [deaths] if deaths else []
    settings = service.settings
    place = ImportPlace(settings.database_url, service.policy, settings.import_folder, settings.import_max_rows)
    worker: Worker = make_worker(
        Client(**config),
        settings.task_queue,
        service.database,
        service.policy,
        service.ids,
        place,
        audit_place(settings),
    )
    async with worker:
        yield


async def ten_days(company: Company, work: Any) -> tuple[str, str]:
    """Ask, and have all four decide, each some days later by a worker of its own; the customer and the request."""
    async with work():
        customer_id = await company.customer()
        request: str = (await company.transfer(customer_id))["id"]
    people = ("zhao.min", "sun.hao", "he.tao", "liu.yang")
    for days, person in zip(DAYS, people, strict=True):
        async with work():
            await company.service.let_pass(request, timedelta(days=days))
            accepted(await company.decide(person, request))
    async with work():
        await company.ended(request)
    return customer_id, request


def remains(database: Database) -> tuple[Any, ...]:
    """What it came to, without ids and times, which differ from one run to the next."""
    model = read_model(database)
    with database.read() as session:
        states = [ApprovalState.model_validate(row.state) for row in session.exec(select(ApprovalRow))]
        acts = [
            (row.person, row.action, row.refusal)
            for row in session.exec(select(ApprovalActRow).order_by(col(ApprovalActRow.position)))
        ]
    said = [[(seat.holder, seat.by, seat.verdict) for step in it.steps for seat in step.seats] for it in states]
    events = [(event.kind, event.actor) for event in model.events]
    owners = [(row.owner_id, row.place, row.seq) for row in model.customers]
    return [it.status for it in states], said, acts, events, owners, len(model.decisions)


@pytest.mark.timeout(600)
async def test_nothing_lost_and_once_whatever_dies(temporal_address: str, database: Database, tmp_path: Any) -> None:
    """Each step is lost once before it is done, and once after it: the end is that of a quiet run."""
    ends = []
    for deaths in (None, Deaths(before=True), Deaths(before=False)):
        empty(database)
        async with running_service(temporal_address, database, tmp_path, worker=False, policy=AT_ANY_HOUR) as service:
            company = Company(service)
            await ten_days(company, lambda service=service, deaths=deaths: working(service, deaths))
            assert violations(read_model(database)) == []
            ends.append(remains(database))
        if deaths:
            assert {name for _, name, _ in deaths.died} >= STEPS
    assert ends[0][0] == ["applied"]
    assert ends[0][-2] == [("chen.jing", "owned", 2)]
    assert ends[1] == ends[0]
    assert ends[2] == ends[0]


async def test_nothing_lost_while_no_worker_runs(temporal_address: str, database: Database, tmp_path: Any) -> None:
    """Who decides while all workers are away is heard once one is back, and the caller who gave up asks again."""
    async with running_service(temporal_address, database, tmp_path, worker=False, answer_timeout=2) as service:
        company = Company(service)
        async with working(service):
            request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        headers = {"Idempotency-Key": "k", **as_("zhao.min")}
        url, body = f"/v1/approvals/{request}/decisions", {"action": "approve", "reason": "同意"}
        away = await service.http.post(url, json=body, headers=headers)
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
        async with working(service):
            again = accepted(await service.http.post(url, json=body, headers=headers))
            assert again["chain"][0]["seats"][0]["by"] == "zhao.min"
            assert (await company.ended(request))["status"] == "applied"
    assert violations(read_model(database)) == []
