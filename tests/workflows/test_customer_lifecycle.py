"""CustomerLifecycle on a real server, with the shipped policy: 30 days are 30 days."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.examples import firm
from tests.service import Service

EFFECTIVE = {"kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}


async def _from_the_stand(service: Service, *reps: str) -> dict[str, Any]:
    for rep in reps:
        await service.rep(rep, "CN-SH")
    return await service.lead(
        company={"name": "上海展会客户有限公司"},
        region="CN-SH",
        customer_type="trade_show",
        show={"name": "中国国际进口博览会", "date": "2026-11-05", "contact": reps[0]},
    )


async def test_warned_escalated_reassigned(service: Service) -> None:
    lead = await _from_the_stand(service, "chen.jing", "sun.hao")
    customer_id = lead["customer_id"]
    assert lead["owner"]["id"] == "chen.jing"
    await service.let_pass(customer_id, timedelta(days=22, hours=23))
    assert await service.timeline(customer_id) == ["customer_registered", "owner_assigned"]
    await service.let_pass(customer_id, timedelta(hours=2))
    assert (await service.timeline(customer_id))[2:] == ["follow_up_warning"]
    await service.let_pass(customer_id, timedelta(days=6))
    assert (await service.timeline(customer_id))[3:] == ["follow_up_warning", "follow_up_escalated"]
    await service.let_pass(customer_id, timedelta(days=1))
    assert (await service.timeline(customer_id))[5:] == ["reassigned"]
    customer = await service.customer(customer_id)
    assert (customer["owner"]["id"], customer["previous_owner_id"]) == ("sun.hao", "chen.jing")
    assert len(customer["due"]) == 4
    # Each stage carries the workflow's time, not the database's.
    events = (await service.http.get(f"/v1/customers/{customer_id}/timeline")).json()["items"]
    first, last = (datetime.fromisoformat(events[n]["at"]) for n in (0, -1))
    assert timedelta(days=30) <= last - first < timedelta(days=30, minutes=1)


async def test_only_an_effective_follow_up_restarts_the_clock(service: Service) -> None:
    lead = await _from_the_stand(service, "chen.jing", "sun.hao")
    path = f"/v1/customers/{lead['customer_id']}/follow-ups"
    await service.let_pass(lead["customer_id"], timedelta(days=20))
    for lacking in ({"kind": "note"}, {"content": "没人接"}, {"customer_answered": False}, {"rep_id": "sun.hao"}):
        logged = await service.post(path, **{"rep_id": "chen.jing", **EFFECTIVE, **lacking})
        assert (logged.status_code, logged.json()["effective"]) == (201, False)
    before = (await service.customer(lead["customer_id"]))["due"]
    logged = (await service.post(path, rep_id="chen.jing", **EFFECTIVE)).json()
    assert logged["effective"]
    shift = datetime.fromisoformat(logged["due"][-1]["at"]) - datetime.fromisoformat(before[-1]["at"])
    assert timedelta(days=19, hours=23) < shift < timedelta(days=20, hours=1)
    await service.let_pass(lead["customer_id"], timedelta(days=20))
    assert "follow_up_warning" not in await service.timeline(lead["customer_id"])


async def test_nobody_else_can_take_it(service: Service) -> None:
    lead = await _from_the_stand(service, "chen.jing")
    await service.let_pass(lead["customer_id"], timedelta(days=31))
    customer = await service.customer(lead["customer_id"])
    assert (customer["place"], customer["queue"], customer["owner"]) == ("pool", "public", None)
    assert (await service.timeline(lead["customer_id"]))[-1] == "recycled"


async def test_release_and_claim(service: Service) -> None:
    lead = await _from_the_stand(service, "chen.jing", "sun.hao")
    path = f"/v1/customers/{lead['customer_id']}"
    not_owner = await service.post(f"{path}/release", rep_id="sun.hao", reason="不是我的")
    assert (not_owner.status_code, not_owner.json()["type"]) == (409, "urn:oneowner:problem:not-the-owner")
    released = (await service.post(f"{path}/release", rep_id="chen.jing", reason="客户在外地")).json()
    assert (released["place"], released["due"]) == ("pool", [])
    unknown = await service.post(f"{path}/claim", rep_id="nobody")
    assert unknown.status_code == 409
    claimed = (await service.post(f"{path}/claim", rep_id="sun.hao")).json()
    assert (claimed["owner"]["id"], len(claimed["due"])) == ("sun.hao", 4)


async def test_once_with_an_idempotency_key(service: Service) -> None:
    lead = await _from_the_stand(service, "chen.jing")
    path = f"/v1/customers/{lead['customer_id']}/follow-ups"
    send = {"json": {"rep_id": "chen.jing", **EFFECTIVE}, "headers": {"Idempotency-Key": "call-1"}}
    answers = [await service.http.post(path, **send) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await service.timeline(lead["customer_id"])).count("follow_up_logged") == 1
    other = await service.http.post(path, json={**send["json"], "kind": "visit"}, headers=send["headers"])
    assert other.status_code == 422


async def test_a_deactivated_reps_customers_move_on(service: Service) -> None:
    for rep in ("li.wei", "zhao.min"):
        await service.rep(rep, "CN-GD")
    leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-GD") for n in range(12)))
    await service.http.post("/v1/reps/li.wei/deactivate")
    for _ in range(100):
        left = (await service.http.get("/v1/customers", params={"owner_id": "li.wei"})).json()["items"]
        if not left:
            break
        await asyncio.sleep(0.1)
    for lead in leads:
        customer = await service.customer(lead["customer_id"])
        assert customer["owner"]["id"] == "zhao.min"
        assert (await service.timeline(lead["customer_id"])).count("owner_assigned") <= 2
    after = await service.lead(company={"name": "佛山市新家具有限公司"}, region="CN-GD", named_contact="li.wei")
    assert after["owner"]["id"] == "zhao.min"


async def test_a_profile_is_corrected_by_whoever_saw_the_latest(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    one = await service.lead(company={"name": "深圳市远航科技有限公司"}, phones=["13800138000"], region="CN-GD")
    await service.lead(company={"name": "珠海市海风有限公司"}, phones=["13900139000"], region="CN-GD")
    path = f"/v1/customers/{one['customer_id']}"
    tag = (await service.http.get(path)).headers["ETag"]
    without = await service.http.patch(path, json={"industry": "软件"})
    taken = await service.http.patch(path, json={"phones": ["139 0013 9000"]}, headers={"If-Match": tag})
    changed = await service.http.patch(path, json={"phones": ["13700137000"]}, headers={"If-Match": tag})
    stale = await service.http.patch(path, json={"industry": "软件"}, headers={"If-Match": tag})
    statuses = [answer.status_code for answer in (without, taken, changed, stale)]
    assert statuses == [428, 409, 200, 412]
    assert (await service.lead(phones=["13700137000"]))["customer_id"] == one["customer_id"]
    freed = await service.lead(phones=["13800138000"])
    assert freed["outcome"] == "new_customer"
