"""Two databases of different age: either may be the newer one, and nobody ever has two owners or none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from backup.copies import copy_sqlite
from backup.restoring import MARK
from doctor.agreement import agreement
from domain.ownership import Ownership
from domain.pending import next_change
from launcher.embedded import EmbeddedTemporal
from mending import Mending, mend_after_restore
from store.database import Database
from store.unfinished import Unfinished
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, firm
from tests.invariants import read_model, violations
from tests.service import Service, running_service

QUEUE = "mending"
SHOW = {"name": "广交会", "date": "2026-11-20", "contact": "li.na"}


@asynccontextmanager
async def site(folder: Path, database: Database) -> AsyncIterator[Service]:
    """A service on the Temporal server of a folder."""
    async with (
        EmbeddedTemporal(folder) as server,
        running_service(server.address, database, folder, task_queue=QUEUE, ids=IDS) as service,
    ):
        yield service


async def staff(service: Service) -> None:
    await service.rep("li.na", "CN-GD")
    await service.rep("zhang.wei", "CN-GD")


async def met(service: Service, number: int) -> dict[str, Any]:
    """A lead of somebody met at a show, whose owner must follow up."""
    company = {"name": firm(number)}
    return await service.lead(
        external_id=f"show-{number}", customer_type="trade_show", region="CN-GD", company=company, show=SHOW
    )


async def doubted(service: Service, number: int) -> dict[str, Any]:
    """A lead in doubt: the same name and nothing else to go by."""
    answer = await service.lead(external_id=f"doubt-{number}", company={"name": firm(number)})
    assert answer["outcome"] == "needs_confirmation"
    return answer


async def release(service: Service, answer: dict[str, Any]) -> None:
    path = f"/v1/customers/{answer['customer_id']}/release"
    released = await service.post(path, rep_id=answer["owner"]["id"], reason="区域调整")
    assert released.status_code == 200, released.text


async def unwatched(service: Service) -> list[str]:
    """Customers and leads for which something must happen, and no workflow runs."""
    model = read_model(service.database)
    pending = [row.id for row in model.customers if next_change(Ownership.model_validate(row.ownership))]
    return [
        it
        for it in (*pending, *(row.id for row in model.leads if row.settled_at is None))
        if not await runs(service, it)
    ]


async def runs(service: Service, workflow_id: str) -> bool:
    try:
        found = await service.temporal.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return False
    return found.status is WorkflowExecutionStatus.RUNNING


def standing(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything but what a look at a lead in doubt writes, which any look does: its decision, its record anew."""
    content = read_model(database).content
    return {
        name: sorted(rows, key=repr)
        for name, rows in content.items()
        if name not in ("leads", "decisions", "matchables")
    }


def mending(service: Service) -> Mending:
    return Mending(service.temporal, QUEUE, Unfinished(service.database))


def file_of(database: Database) -> Path:
    return Path(make_url(str(database.engine.url)).database or "")


async def test_one_owner_and_nothing_lost_when_the_database_is_newer(new_database: NewDatabase, tmp_path: Path) -> None:
    database, began_at = Database(new_database(TEMPLATE)), datetime.now(UTC)
    (tmp_path / "restored").mkdir()
    async with site(tmp_path / "lost", database) as service:
        await staff(service)
        early = await met(service, 1)
        copy_sqlite(tmp_path / "lost" / "temporal.db", tmp_path / "restored" / "temporal.db")
        await met(service, 2)
        waiting = await doubted(service, 1)
        await release(service, early)
    before = standing(database)
    async with site(tmp_path / "restored", database) as service:
        assert len(await unwatched(service)) == 2  # Temporal knows neither the second customer nor the lead in doubt
        mended = await mending(service).go_on(began_at)
        assert (mended.leads, mended.customers) == (3, 1)
        assert await unwatched(service) == []
        assert standing(database) == before
        await mending(service).go_on(began_at)
        assert standing(database) == before  # once
        assert (await met(service, 2))["lead_id"] == IDS.lead_id("test", "show-2")
        assert (await service.confirm(waiting["lead_id"], answer="new", by="li.na"))["outcome"] == "new_customer"
        assert (await service.customer(early["customer_id"]))["owner"] is None
        assert violations(read_model(database)) == []
    database.close()


async def test_a_workflow_that_remembers_an_older_state_goes_by_the_database(
    new_sqlite: NewDatabase, tmp_path: Path
) -> None:
    database, began_at = Database(new_sqlite(TEMPLATE)), datetime.now(UTC)
    (tmp_path / "restored").mkdir()
    async with site(tmp_path / "lost", database) as service:
        await staff(service)
        early = await met(service, 1)
        copy_sqlite(tmp_path / "lost" / "temporal.db", tmp_path / "restored" / "temporal.db")
        await release(service, early)
    async with site(tmp_path / "restored", database) as service:
        assert await runs(service, early["customer_id"])  # it still watches an owner whom the customer has no more
        await mending(service).go_on(began_at)
        assert violations(read_model(database)) == []
        pending = next_change(Ownership.model_validate(read_model(database).customers[0].ownership))
        async with asyncio.timeout(30):
            while await runs(service, early["customer_id"]) != (pending is not None):
                await asyncio.sleep(0.1)
    database.close()


async def test_one_owner_and_nothing_lost_when_temporal_is_newer(
    new_sqlite: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, began_at = Database(new_sqlite(TEMPLATE)), datetime.now(UTC) - timedelta(minutes=1)
    older = tmp_path / "older.db"
    async with site(tmp_path / "kept", database) as service:
        await staff(service)
        early = await met(service, 1)
        copy_sqlite(file_of(database), older)
        late = await met(service, 2)
        doubt = await doubted(service, 2)
        await service.confirm(doubt["lead_id"], answer="same", customer_id=late["customer_id"], by="li.na")
        await release(service, early)
    lost = read_model(database)
    database.close()
    database = Database(f"sqlite:///{older}")
    async with site(tmp_path / "kept", database) as service:
        assert (await service.customer(early["customer_id"]))["owner"] is not None
        # Both leads; one that is still open is told from one that is just on its way by its age.
        assert await mending(service).newer_leads(began_at, 200) == 2
        monkeypatch.setenv("TEMPORAL_ADDRESS", service.temporal.service_client.config.target_host)
        (finding,) = [finding async for finding in agreement(service.settings)]
        assert (finding.code, finding.facts) == ("leads-missing", {"count": "2"})
        mended = await mending(service).ask_again(began_at)
        assert (mended.again, mended.changes, mended.refused) == (2, 1, 0)
        assert [finding.code async for finding in agreement(service.settings)] == ["leads-known"]
        await mending(service).go_on(began_at)
        model = read_model(database)
        assert violations(model) == []
        assert await unwatched(service) == []
        assert {row.id for row in model.customers} == {row.id for row in lost.customers}
        assert {row.id: row.customer_id for row in model.leads} == {row.id: row.customer_id for row in lost.leads}
        assert {row.id: row.owner_id for row in model.customers} == {row.id: row.owner_id for row in lost.customers}
        again = await mending(service).ask_again(began_at)
        assert (again.again, again.changes) == (0, 0)
        assert read_model(database).content == model.content
    database.close()


async def test_a_worker_mends_once_after_a_restore(new_sqlite: NewDatabase, tmp_path: Path) -> None:
    database, stop = Database(new_sqlite(TEMPLATE)), asyncio.Event()
    async with site(tmp_path, database) as service:
        await staff(service)
        customer_id = (await met(service, 1))["customer_id"]
        await service.temporal.get_workflow_handle(customer_id).terminate()
        await mend_after_restore(service.settings, service.temporal, database, stop)
        assert not await runs(service, customer_id)  # nothing was restored
        (tmp_path / MARK).write_text('{"began_at": "2026-11-23T09:00:00+08:00"}')
        await mend_after_restore(service.settings, service.temporal, database, stop)
        assert await runs(service, customer_id)
        assert not (tmp_path / MARK).exists()
    database.close()
