"""What really happens is told to whom it concerns: leads, clocks, people's decisions, through the relay."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.role import Role
from domain.user import NewUser
from relaying import CaseCaller, relay
from store.collision_calls import CollisionCalls
from store.notifications import Notifications, Only
from store.notifying import Notifying
from store.outbox import Outbox
from store.policies import Policies
from store.users import Users
from tests.people import Company, as_
from tests.service import Service

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def telling(service: Service) -> AsyncIterator[None]:
    """The relay of a worker process."""
    stop, calls = asyncio.Event(), CollisionCalls(service.database)
    cases = CaseCaller(calls, service.temporal, service.settings.task_queue)
    told = Notifying(service.ids, Policies(service.database, service.policy))
    async with asyncio.TaskGroup() as beside:
        beside.create_task(relay(Outbox(service.database, [told]), cases, stop))
        yield
        stop.set()


async def told(service: Service, rep_id: str) -> list[str]:
    """The kinds of what a rep was told, in order, once everything has been told."""
    outbox = Outbox(service.database, ())
    async with asyncio.timeout(20):
        while outbox.waiting():
            await asyncio.sleep(0.05)
    rows = Notifications(service.database).page(rep_id, Only(), None, 100)
    return [row.kind for row in reversed(rows)]


async def test_a_transfer_is_told_to_all_whom_it_concerns_in_order(service: Service) -> None:
    company = Company(service)
    customer_id = await company.customer()
    request = await company.transfer(customer_id)
    await company.agree(request["id"])
    assert await told(service, "li.wei") == ["customer_gained", "approval_granted"]  # what they asked for themselves
    assert await told(service, "chen.jing") == ["approval_granted", "customer_gained"]
    assert await told(service, "zhao.min") == ["approval_asked", "approval_granted"]
    assert (await told(service, "he.tao"))[0] == "approval_asked"
    heads = await company.call("he.tao", "GET", "/v1/notifications")
    assert heads.json()["items"][-1]["approval_id"] == request["id"]


async def test_the_clock_warns_the_owner_then_the_manager_then_moves_the_customer(service: Service) -> None:
    await service.rep("zhao.min")
    await service.post("/v1/teams", id="east", name="华东组", manager_id="zhao.min")
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH", team_id="east")
    lead: dict[str, Any] = await service.lead(
        company={"name": "上海展会客户有限公司"},
        region="CN-SH",
        customer_type="trade_show",
        show={"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"},
    )
    await service.let_pass(lead["customer_id"], 31 * DAY)
    assert await told(service, "chen.jing") == [
        "customer_gained", "follow_up_due", "follow_up_due", "customer_lost",
    ]  # fmt: skip
    assert await told(service, "zhao.min") == ["follow_up_escalated"]
    assert await told(service, "sun.hao") == ["customer_gained"]
    Users(service.database).create(NewUser(id="chen", name="陈静", role=Role.REP, person="chen.jing"), None)
    unread = await service.http.get("/v1/notifications/unread", headers=as_("chen"))
    assert unread.json() == {
        "total": 4, "urgent": 2, "by_kind": {"customer_gained": 1, "follow_up_due": 2, "customer_lost": 1},
    }  # fmt: skip


async def test_a_lead_in_doubt_is_told_to_who_is_asked_then_to_their_manager(service: Service) -> None:
    await service.rep("zhang.wei")
    await service.post("/v1/teams", id="south", name="华南组", manager_id="zhang.wei")
    await service.rep("li.wei", "CN-GD", team_id="south")
    await service.rep("wang.fang", "CN-SH")
    line = {"phones": ["0755-26581234"], "region": "CN-GD"}
    known = (await service.lead(company={"name": "深圳市西溪软件有限公司"}, **line))["customer_id"]
    doubt = await service.lead(company={"name": "深圳市青禾农业有限公司"}, emails=["he@qinghe-farm.com"], **line)
    await service.let_pass(doubt["lead_id"], 3 * DAY)
    await service.confirm(doubt["lead_id"], by="zhang.wei", answer="same", customer_id=known)
    assert await told(service, "li.wei") == ["customer_gained", "lead_asked", "lead_reminded", "lead_received"]
    assert await told(service, "zhang.wei") == ["lead_escalated"]
    assert await told(service, "wang.fang") == []
