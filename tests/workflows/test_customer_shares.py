"""Transfers and shares through the customer's workflow, on a real server whose time is moved."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.imports import ImportPlace
from customer_handle import CustomerHandle
from domain.change import Asked, Change, Changed, GrantShare, Transfer
from domain.share import Access
from store.database import Database
from tests.invariants import read_model, violations
from tests.service import Service, audit_place, running_service
from worker import make_worker

DAY = timedelta(days=1)
OWNER, OTHER, THIRD = "chen.jing", "sun.hao", "emma.clarke"


async def stand(service: Service, **fields: Any) -> str:
    """A customer with a clock of 30 days, the first rep's."""
    show = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": OWNER}
    company = {"name": "上海展会客户有限公司"}
    lead = await service.lead(
        **{"company": company, "region": "CN-SH", "customer_type": "trade_show", "show": show, **fields}
    )
    assert lead["owner"]["id"] == OWNER
    return str(lead["customer_id"])


@pytest.fixture
async def customer(service: Service) -> str:
    for rep in (OWNER, OTHER, THIRD):
        await service.rep(rep, "CN-SH")
    return await stand(service)


def worker_of(service: Service) -> Worker:
    """A worker for a service that has none, or has one no more."""
    settings = service.settings
    imports = ImportPlace(settings.database_url, service.policy, settings.import_folder, settings.import_max_rows)
    audit = audit_place(settings)
    queue = settings.task_queue
    return make_worker(service.temporal, queue, service.database, service.policy, service.ids, imports, audit)


def handle(service: Service) -> CustomerHandle:
    return CustomerHandle(service.temporal, service.settings.task_queue)


async def ask(service: Service, customer_id: str, change: Change, id_: str) -> Changed:
    return await handle(service).change(customer_id, Asked(id=id_, actor="approval", change=change))


async def told(service: Service, customer_id: str, change: Change, id_: str) -> str:
    """Who owns it after a change that only this very customer may be asked for, or the refusal's code."""
    try:
        await handle(service).ask(customer_id, Asked(id=id_, actor="approval", change=change))
    except ApplicationError as error:
        return error.type or ""
    return (await service.customer(customer_id))["owner"]["id"]


async def shared(service: Service, customer_id: str, days: float, rep: str = OTHER, id_: str = "apr_1") -> datetime:
    """Share a customer for so many days of its workflow's time; returns until when."""
    started = datetime.fromisoformat((await service.customer(customer_id))["since"])
    until = started + days * DAY
    grant = GrantShare(approval_id=id_, rep_id=rep, access=Access.COLLABORATE, until=until)
    assert (await ask(service, customer_id, grant, id_)).event == "share_granted"
    return until


async def event(service: Service, customer_id: str, kind: str) -> dict[str, Any]:
    events = (await service.http.get(f"/v1/customers/{customer_id}/timeline", params={"limit": 200})).json()["items"]
    (found,) = [it for it in events if it["kind"] == kind]
    return dict(found)


def transfer(to: str = OTHER, of: str = OWNER) -> Transfer:
    return Transfer(approval_id="apr_9", from_id=of, to_id=to, reason="熟悉这个行业")


async def test_a_share_ends_on_time_while_the_clock_goes_on(service: Service, customer: str) -> None:
    until = await shared(service, customer, 10)
    seen = (await service.customer(customer))["shares"]
    assert [(it["rep_id"], it["access"], datetime.fromisoformat(it["until"])) for it in seen] == [
        (OTHER, "COLLABORATE", until)
    ]
    listed = (await service.http.get(f"/v1/reps/{OTHER}/shares")).json()["items"]
    assert [(it["customer_id"], it["owner_id"], it["approval_id"]) for it in listed] == [(customer, OWNER, "apr_1")]
    await service.let_pass(customer, 9 * DAY + timedelta(hours=23))
    assert "share_expired" not in await service.timeline(customer)
    await service.let_pass(customer, timedelta(hours=2))
    at = datetime.fromisoformat((await event(service, customer, "share_expired"))["at"])
    assert until <= at < until + timedelta(seconds=30)
    assert (await service.customer(customer))["shares"] == []
    assert (await service.http.get(f"/v1/reps/{OTHER}/shares")).json()["items"] == []
    await service.let_pass(customer, 13 * DAY)
    assert (await service.timeline(customer))[-1] == "follow_up_warning"
    assert violations(read_model(service.database)) == []


async def test_extended_and_taken_back(service: Service, customer: str) -> None:
    until = await shared(service, customer, 5)
    later = GrantShare(approval_id="apr_2", rep_id=OTHER, access=Access.COLLABORATE, until=until + 5 * DAY)
    assert (await ask(service, customer, later, "apr_2")).event == "share_extended"
    await service.let_pass(customer, 6 * DAY)
    assert "share_expired" not in await service.timeline(customer)
    path = f"/v1/customers/{customer}/shares/{OTHER}"
    taken = await service.http.request("DELETE", path, json={"reason": "项目结束"})
    assert (taken.status_code, taken.json()["owner"]["id"]) == (200, OWNER)
    assert (await event(service, customer, "share_revoked"))["data"]["reason"] == "项目结束"
    again = await service.http.delete(path)
    assert (again.status_code, again.json()["type"]) == (404, "urn:oneowner:problem:not-shared")
    await service.let_pass(customer, 5 * DAY)
    assert "share_expired" not in await service.timeline(customer)


async def test_once_on_time_when_the_worker_is_down_at_the_end_and_comes_back(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    async with running_service(temporal_address, database, tmp_path, worker=False) as service:
        async with worker_of(service):
            for rep in (OWNER, OTHER):
                await service.rep(rep, "CN-SH")
            customer = await stand(service)
            until = datetime.now().astimezone() + timedelta(seconds=3)
            grant = GrantShare(approval_id="apr_1", rep_id=OTHER, access=Access.READ, until=until)
            await ask(service, customer, grant, "apr_1")
        await asyncio.sleep(4)
        assert "share_expired" not in await service.timeline(customer)
        # Nobody sees it as shared any more, although nobody was there to say so.
        assert (await service.customer(customer))["shares"] == []
        assert (await service.http.get(f"/v1/reps/{OTHER}/shares")).json()["items"] == []
        async with worker_of(service):
            for _ in range(150):
                if "share_expired" in await service.timeline(customer):
                    break
                await asyncio.sleep(0.1)
            assert (await service.timeline(customer)).count("share_expired") == 1
        assert violations(read_model(database)) == []


async def test_a_share_alone_keeps_the_workflow_waiting(service: Service, customer: str) -> None:
    lead = await service.lead(company={"name": "苏州无时效有限公司"}, region="CN-SH", named_contact=OWNER)
    await shared(service, lead["customer_id"], 10)
    await service.let_pass(lead["customer_id"], 10 * DAY + timedelta(hours=1))
    assert (await service.timeline(lead["customer_id"]))[-1] == "share_expired"


async def test_a_transfer_restarts_the_clock_and_the_owner_before_reads_for_a_while(
    service: Service, customer: str
) -> None:
    await service.let_pass(customer, 20 * DAY)
    changed = await ask(service, customer, transfer(), "apr_9")
    assert (changed.owner and changed.owner.id, changed.event) == (OTHER, "transferred")
    await service.let_pass(customer, 13 * DAY + timedelta(hours=23))
    assert (await service.timeline(customer))[2:] == ["transferred"]
    noted = {"kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
    reader = await service.post(f"/v1/customers/{customer}/follow-ups", rep_id=OWNER, **noted)
    assert (reader.status_code, reader.json()["type"]) == (403, "urn:oneowner:problem:read-only-share")
    await service.let_pass(customer, timedelta(hours=2))
    assert (await service.timeline(customer))[3:] == ["share_expired"]
    await service.let_pass(customer, 10 * DAY)
    assert (await service.timeline(customer))[4:] == ["follow_up_warning"]
    page = (await service.http.get(f"/v1/customers/{customer}/assignments")).json()["items"]
    assert [(it["kind"], it["owner_id"], it["approval_id"], it["given_reason"]) for it in page] == [
        ("owner_assigned", OWNER, None, None),
        ("transferred", OTHER, "apr_9", "熟悉这个行业"),
    ]
    assert page[-1]["policy_version"] == service.policy.fingerprint
    assert violations(read_model(service.database)) == []


async def test_one_owner_when_a_transfer_and_the_end_of_the_clock_come_at_once(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    """Both wait for the worker, which is away at that instant; the second finds that it is too late, and says so."""
    async with running_service(temporal_address, database, tmp_path, worker=False) as service:
        async with worker_of(service):
            for rep in (OWNER, OTHER, THIRD):
                await service.rep(rep, "CN-SH")
            customer = await stand(service)
            await service.let_pass(customer, 29 * DAY + timedelta(hours=12))
        both = asyncio.gather(
            service.let_pass(customer, timedelta(hours=13)), told(service, customer, transfer(), "apr_9")
        )
        await asyncio.sleep(1.5)
        assert "reassigned" not in await service.timeline(customer)
        async with worker_of(service):
            _, came = await both
            kinds = await service.timeline(customer)
            (moved,) = [kind for kind in kinds if kind in ("transferred", "reassigned")]
            assert (came == OTHER) if moved == "transferred" else came in ("owner_changed", "already_the_owner")
        assert violations(read_model(database)) == []


async def test_one_owner_when_a_transfer_meets_a_merge(service: Service, customer: str) -> None:
    survivor = await stand(service, company={"name": "宁波海曙机电有限公司"})
    merged, came = await asyncio.gather(
        service.post(f"/v1/customers/{survivor}/merge", absorb=customer, by=OWNER, reason="同一家公司"),
        told(service, customer, transfer(THIRD), "apr_9"),
    )
    kinds = [it["kind"] for it in (await service.http.get(f"/v1/customers/{survivor}/timeline")).json()["items"]]
    assert merged.status_code in (200, 201), merged.text
    assert ("transferred" in kinds) == (came != "already_merged")
    assert (await told(service, customer, transfer(THIRD), "apr_10")) == "already_merged"
    assert (await service.customer(survivor))["owner"]["id"] in (OWNER, THIRD)
    assert violations(read_model(service.database)) == []


async def test_one_owner_when_the_new_owner_is_being_deactivated(service: Service, customer: str) -> None:
    came, gone = await asyncio.gather(
        told(service, customer, transfer(OTHER), "apr_9"), service.http.post(f"/v1/reps/{OTHER}/deactivate")
    )
    assert gone.status_code == 200
    await settled(service, OTHER)
    after = (await service.customer(customer))["owner"]["id"]
    assert after == OWNER if came == "rep_inactive" else after != OTHER
    assert await told(service, customer, transfer(OTHER, after), "apr_10") == "rep_inactive"
    assert violations(read_model(service.database)) == []


async def test_nothing_is_shared_with_a_rep_who_left(service: Service, customer: str) -> None:
    await shared(service, customer, 20)
    second = await stand(service, company={"name": "宁波海曙机电有限公司"})
    await shared(service, second, 20, id_="apr_2")
    await service.http.post(f"/v1/reps/{OTHER}/deactivate")
    move = await settled(service, OTHER)
    assert move["progress"]["total"] == 0
    for customer_id in (customer, second):
        assert (await service.customer(customer_id))["shares"] == []
        assert (await event(service, customer_id, "share_revoked"))["data"]["move_id"] == move["id"]
    assert violations(read_model(service.database)) == []


async def settled(service: Service, rep: str) -> dict[str, Any]:
    """The rep's move when nothing of it is left to do."""
    for _ in range(200):
        (move,) = (await service.http.get(f"/v1/reps/{rep}/moves")).json()["items"]
        if move["finished_at"]:
            return dict(move)
        await asyncio.sleep(0.1)
    raise AssertionError("the move does not come to its end")
