"""Nothing falls through: a version of the policy that comes into force is tried on those in queues whom it may help."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

import workflows.policy_retry
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from store.database import Database
from store.policy_versions import PolicyVersions
from store.tables import PolicyActivationRow
from tests.examples import POLICY, POLICY_TEXT, edited, firm
from tests.invariants import read_model, violations
from tests.service import Service, running_service
from worker import retry_queues

DRAFT = edited({"version": "2026.12", "assignment.0.methods": [{"method": "designated", "rep": "sun.hao"}]})
WAITING = ["customer_registered", "queued"]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflows.policy_retry, "GRACE", timedelta(seconds=1))


async def waiting(service: Service) -> tuple[list[str], str]:
    """Two customers of whose region nobody is, for whom the draft knows somebody; and one for whom it does not."""
    assert (await service.post("/v1/policies", content=POLICY_TEXT)).status_code == 201
    assert (await service.post(f"/v1/policies/{POLICY.fingerprint}/activate")).status_code == 200
    await over(service, 1)
    await service.rep("sun.hao", "CN-BJ")
    leads = [await service.lead(company={"name": firm(n)}, region="CN-SH") for n in range(2)]
    other = await service.lead(company={"name": firm(3)}, region="CN-SH", customer_type="key_account")
    return [lead["customer_id"] for lead in leads], other["customer_id"]


async def over(service: Service, number: int) -> None:
    """Wait until the version that was brought into force as the first, second, ... has been tried on everybody."""
    with service.database.read() as session:
        positions = session.exec(select(PolicyActivationRow.position).order_by(col(PolicyActivationRow.position))).all()
    workflow_id = f"{service.settings.task_queue}_policy_retry_{positions[number - 1]}"
    handle = service.temporal.get_workflow_handle(workflow_id)
    async with asyncio.timeout(60):
        await handle.result()


async def owners(service: Service, customers: list[str]) -> list[Any]:
    return [(await service.customer(customer))["owner"] for customer in customers]


async def test_whom_a_version_helps_gets_an_owner_at_once(service: Service) -> None:
    customers, other = await waiting(service)
    stored = await service.post("/v1/policies", content=DRAFT)
    assert (await service.post(f"/v1/policies/{stored.json()['id']}/activate")).status_code == 200
    await over(service, 2)
    assert [owner["id"] for owner in await owners(service, customers)] == ["sun.hao", "sun.hao"]
    assert await service.timeline(other) == WAITING, "its rule says what it said before"
    assert (await service.timeline(customers[0])) == [*WAITING, "owner_assigned"]
    events = (await service.http.get(f"/v1/customers/{customers[0]}/timeline")).json()["items"]
    decision = (await service.http.get(events[-1]["decision"])).json()
    assert decision["policy_version"] == stored.json()["id"]
    assert PolicyVersions(service.database).turns() == []
    assert violations(read_model(service.database)) == []


async def test_a_version_that_comes_later_helps_then(service: Service) -> None:
    customers, _ = await waiting(service)
    at = datetime.now(UTC) + timedelta(seconds=4)
    stored = await service.post("/v1/policies", content=DRAFT, activates_at=at.isoformat())
    assert stored.status_code == 201
    assert await owners(service, customers) == [None, None]
    await over(service, 2)
    assert datetime.now(UTC) > at
    assert [owner["id"] for owner in await owners(service, customers)] == ["sun.hao", "sun.hao"]


async def test_a_version_that_was_withdrawn_helps_nobody(service: Service) -> None:
    customers, _ = await waiting(service)
    at = datetime.now(UTC) + timedelta(seconds=2)
    stored = await service.post("/v1/policies", content=DRAFT, activates_at=at.isoformat())
    assert (await service.post(f"/v1/policies/{stored.json()['id']}/withdraw")).status_code == 200
    await over(service, 2)
    assert await owners(service, customers) == [None, None]
    assert await service.timeline(customers[0]) == WAITING


async def test_nothing_lost_when_whoever_activated_died(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    """The next process that starts finds the version that nobody was told of; and a worker killed goes on."""
    async with running_service(temporal_address, database, tmp_path) as service:
        customers, _ = await waiting(service)
        draft = parse_policy(DRAFT)
        PolicyVersions(database).add(NewVersion(policy=draft, content=DRAFT), "somebody")
        PolicyVersions(database).activate(draft.fingerprint, None, "somebody")
        await retry_queues(service.temporal, service.settings.task_queue, database)
        await retry_queues(service.temporal, service.settings.task_queue, database)
        await over(service, 2)
        assert [owner["id"] for owner in await owners(service, customers)] == ["sun.hao", "sun.hao"]
        assert await service.timeline(customers[0]) == [*WAITING, "owner_assigned"]
