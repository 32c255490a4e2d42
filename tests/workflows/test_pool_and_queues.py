"""The public pool and the queues on a real server: claims, protection, the queue's time, and trying again by itself."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.policy import Policy
from store.database import Database
from tests.examples import POLICY, firm
from tests.invariants import read_model, violations
from tests.service import Service, running_service

STAND = {"customer_type": "trade_show", "region": "CN-SH"}
SHOW = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"}
DAY = timedelta(days=1)


def with_claims(**claim: Any) -> Policy:
    pools = [POLICY.model_dump()["pools"][0] | {"claim": claim}]
    return Policy.model_validate(POLICY.model_dump() | {"pools": pools})


async def until_owned(service: Service, *customers: str) -> list[str]:
    """Who owns these customers once all of them are owned."""
    for _ in range(200):
        owners = [(await service.customer(customer))["owner"] for customer in customers]
        if all(owners):
            return [owner["id"] for owner in owners]
        await asyncio.sleep(0.1)
    raise AssertionError([await service.timeline(customer) for customer in customers])


async def settled(service: Service) -> None:
    """Wait until no round of trying again is under way."""
    handle = service.temporal.get_workflow_handle(f"{service.settings.task_queue}_queue_retry")
    await handle.result()


async def test_a_queue_tells_its_owner_once_in_time(service: Service) -> None:
    lead = await service.lead(company={"name": "上海无人接手有限公司"}, region="CN-SH")
    customer_id = lead["customer_id"]
    assert (lead["queue"], lead["owner"]) == ("unassigned", None)
    await service.let_pass(customer_id, timedelta(hours=23))
    assert await service.timeline(customer_id) == ["customer_registered", "queued"]
    await service.let_pass(customer_id, timedelta(hours=2))
    await service.temporal.get_workflow_handle(customer_id).result()
    assert (await service.timeline(customer_id))[2:] == ["queue_overdue"]
    events = (await service.http.get(f"/v1/customers/{customer_id}/timeline", headers={"Accept-Language": "zh"})).json()
    assert events["items"][-1]["text"] == "等待超时：已通知队列负责人"
    decision = (await service.http.get(events["items"][-1]["decision"])).json()
    assert decision["trace"]["assignment"]["trials"][-1]["reason"] == "no_territory"


async def test_those_who_wait_get_owners_when_a_rep_joins(service: Service) -> None:
    """Nothing falls through: whoever the rep may be given is tried again, and nobody else is asked."""
    leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-SH") for n in range(12)))
    elsewhere = await service.lead(company={"name": firm(20)}, region="CN-BJ")
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    owners = Counter(await until_owned(service, *(lead["customer_id"] for lead in leads)))
    assert owners.total() == 12
    await settled(service)
    assert await service.timeline(elsewhere["customer_id"]) == ["customer_registered", "queued"]
    for lead in leads:
        assert (await service.timeline(lead["customer_id"])) == ["customer_registered", "queued", "owner_assigned"]
    assert violations(read_model(service.database)) == []


async def test_a_burst_of_changes_gives_everybody_one_owner(service: Service) -> None:
    leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-SH") for n in range(6)))
    await service.http.post("/v1/regions", json={"code": "CN-SH", "name": "上海"})
    await asyncio.gather(*(service.rep(f"rep{n}", "CN-SH") for n in range(8)))
    await until_owned(service, *(lead["customer_id"] for lead in leads))
    await settled(service)
    for lead in leads:
        assert (await service.timeline(lead["customer_id"])).count("owner_assigned") == 1
    assert violations(read_model(service.database)) == []


async def test_the_end_of_a_day_makes_room_under_a_daily_cap(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH", daily_cap=1)
    first, second = [await service.lead(company={"name": firm(n)}, region="CN-SH") for n in range(2)]
    waiting = await service.customer(second["customer_id"])
    assert (first["owner"]["id"], waiting["reason"]) == ("chen.jing", "all_at_cap")
    assert waiting["retry_at"].endswith("T16:00:00Z")  # midnight in Shanghai
    await service.let_pass(second["customer_id"], DAY + timedelta(minutes=1))
    assert (await service.customer(second["customer_id"]))["owner"]["id"] == "chen.jing"
    assert "queue_overdue" not in await service.timeline(second["customer_id"])


async def test_a_release_makes_room_under_a_total_cap(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH", total_cap=1)
    first, second = [await service.lead(company={"name": firm(n)}, region="CN-SH") for n in range(2)]
    assert second["owner"] is None
    path = f"/v1/customers/{first['customer_id']}/release"
    released = await service.post(path, rep_id="chen.jing", reason="客户在外地")
    assert released.status_code == 200, released.text
    assert await until_owned(service, second["customer_id"]) == ["chen.jing"]


async def test_a_corrected_region_finds_an_owner_by_itself(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH")
    lead = await service.lead(person={"name": "王小明"}, phones=["13800138000"])
    customer_id = lead["customer_id"]
    assert (await service.customer(customer_id))["reason"] == "no_region"
    path = f"/v1/customers/{customer_id}"
    tag = (await service.http.get(path)).headers["ETag"]
    corrected = await service.http.patch(path, json={"region": "CN-SH"}, headers={"If-Match": tag})
    assert corrected.status_code == 200, corrected.text
    assert await until_owned(service, customer_id) == ["chen.jing"]


async def test_management_designates(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH")
    lead = await service.lead(company={"name": firm(1)}, region="CN-SH", customer_type="key_account")
    path = f"/v1/customers/{lead['customer_id']}/assign"
    assert (await service.post(path, rep_id="nobody", reason="x")).json()["type"].endswith("rep-not-available")
    designated = await service.post(path, rep_id="chen.jing", reason="大客户，由陈静负责")
    assert (designated.status_code, designated.json()["owner"]["id"]) == (200, "chen.jing")
    again = await service.post(path, rep_id="chen.jing", reason="x")
    assert (again.status_code, again.json()["type"]) == (409, "urn:oneowner:problem:customer-already-owned")
    assert (await service.timeline(lead["customer_id"]))[-1] == "designated"


async def test_an_open_contract_keeps_the_owner_until_it_is_over(service: Service) -> None:
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    lead = await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND)
    path = f"/v1/customers/{lead['customer_id']}"
    opened = await service.post(f"{path}/commitments", kind="contract", reference="HT-118")
    assert opened.json()["commitments"] == [
        {"kind": "contract", "reference": "HT-118", "until": None, "rep_id": None, "need": None}
    ]
    await service.let_pass(lead["customer_id"], 30 * DAY + timedelta(minutes=1))
    held = await service.customer(lead["customer_id"])
    assert (held["owner"]["id"], held["held"], held["due"]) == ("chen.jing", True, [])
    assert (await service.timeline(lead["customer_id"]))[-1] == "recycling_held"
    closed = await service.http.delete(f"{path}/commitments/contract/HT-118")
    assert closed.status_code == 200, closed.text
    for _ in range(100):
        if (await service.timeline(lead["customer_id"]))[-1] == "reassigned":
            break
        await asyncio.sleep(0.1)
    assert (await service.customer(lead["customer_id"]))["owner"]["id"] == "sun.hao"


async def test_a_stage_with_another_clock(temporal_address: str, database: Database, tmp_path: Path) -> None:
    rules = POLICY.model_dump()
    rules["clocks"]["quote"] = rules["clocks"]["stand_lead"] | {"days": 10}
    rules["assignment"][3]["clock"] = [{"when": {"stage": "报价"}, "clock": "quote"}, {"clock": "stand_lead"}]
    policy = Policy.model_validate(rules)
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        for rep in ("chen.jing", "sun.hao"):
            await service.rep(rep, "CN-SH")
        lead = await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND)
        path = f"/v1/customers/{lead['customer_id']}"
        await service.let_pass(lead["customer_id"], 5 * DAY)
        set_ = await service.http.put(f"{path}/standing", json={"level": "A", "stage": "报价"})
        assert len(set_.json()["due"]) == 4
        await service.let_pass(lead["customer_id"], 10 * DAY + timedelta(minutes=1))
        assert (await service.customer(lead["customer_id"]))["owner"]["id"] == "sun.hao"


async def test_one_owner_20_reps_claim_20_customers_within_their_caps(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    """Invariant one_owner, and caps that are never exceeded: everybody wants everything, and may have two."""
    policy = with_claims(per_day=2, total=2, cool_off_days=3)
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        reps = [f"rep{n}" for n in range(20)]
        for rep in reps:
            await service.rep(rep, "CN-GD")
        leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-GD") for n in range(20)))
        owners = {lead["customer_id"]: lead["owner"]["id"] for lead in leads}
        for customer, owner in owners.items():
            await service.post(f"/v1/customers/{customer}/release", rep_id=owner, reason="休假")
        claims = [(customer, rep) for customer in owners for rep in reps]
        answers = await asyncio.gather(
            *(service.post(f"/v1/customers/{customer}/claim", rep_id=rep) for customer, rep in claims)
        )
        won = [claim for claim, answer in zip(claims, answers, strict=True) if answer.status_code == 200]
        assert sorted(customer for customer, _ in won) == sorted(owners)
        assert max(Counter(rep for _, rep in won).values()) <= 2
        assert all(owners[customer] != rep for customer, rep in won)
        refusals = {answer.json()["type"].rpartition(":")[2] for answer in answers if answer.status_code != 200}
        assert refusals <= {"customer-already-owned", "claim-cap-reached", "cooling-off"}
        assert violations(read_model(database)) == []


async def test_a_refused_claim_names_the_rule_and_its_values(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    async with running_service(temporal_address, database, tmp_path, policy=with_claims(cool_off_days=7)) as service:
        await service.rep("chen.jing", "CN-SH")
        lead = await service.lead(company={"name": firm(1)}, region="CN-SH")
        path = f"/v1/customers/{lead['customer_id']}"
        await service.post(f"{path}/release", rep_id="chen.jing", reason="x")
        body = {"json": {"rep_id": "chen.jing"}, "headers": {"Accept-Language": "zh-CN"}}
        refused = (await service.http.post(f"{path}/claim", **body)).json()
        assert refused["type"] == "urn:oneowner:problem:cooling-off"
        assert refused["values"]["pool"] == "public"
        assert refused["values"]["until"] in refused["detail"]


async def ownerless_pair(service: Service) -> tuple[str, str]:
    """A customer in a queue, because nobody knows where it is, and one in the pool, from Shanghai."""
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    nowhere = await service.lead(company={"name": "远航科技"}, phones=["13800138000"])
    pooled = await service.lead(company={"name": firm(3)}, region="CN-SH", named_contact="sun.hao")
    assert (nowhere["queue"], nowhere["owner"]) == ("unassigned", None)
    path = f"/v1/customers/{pooled['customer_id']}/release"
    assert (await service.post(path, rep_id="sun.hao", reason="客户暂无需求")).status_code == 200
    return nowhere["customer_id"], pooled["customer_id"]


async def merged(service: Service, survivor: str, absorbed: str, **fields: Any) -> dict[str, Any]:
    body = {"absorb": absorbed, "by": "chen.jing", "reason": "同一家公司，两个名字", **fields}
    response = await service.post(f"/v1/customers/{survivor}/merge", **body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_who_waits_is_tried_again_when_a_merge_tells_where_it_is(service: Service) -> None:
    waiting, pooled = await ownerless_pair(service)
    await merged(service, waiting, pooled)
    [owner] = await until_owned(service, waiting)
    assert owner in ("chen.jing", "sun.hao")
    assert (await service.timeline(waiting))[-2:] == ["customer_absorbed", "owner_assigned"]
    assert violations(read_model(service.database)) == []


async def test_who_is_in_the_pool_stays_there_through_a_merge_and_can_be_claimed(service: Service) -> None:
    """And out of the queue, which the other waited in, it is taken; undone, that one waits on."""
    waiting, pooled = await ownerless_pair(service)
    merge = (await merged(service, pooled, waiting))["merge"]
    assert (await service.customer(pooled))["place"] == "pool"
    [listed] = (await service.http.get("/v1/pools/public/customers")).json()["items"]
    assert listed["id"] == pooled
    assert (await service.http.get("/v1/queues/unassigned/customers")).json()["items"] == []
    claim = await service.post(f"/v1/customers/{waiting}/claim", rep_id="chen.jing")
    assert (claim.status_code, (await service.customer(pooled))["owner"]["id"]) == (200, "chen.jing")
    undo = {"merge_id": merge["id"], "by": "chen.jing", "reason": "并非同一家公司"}
    undone = await service.post(f"/v1/customers/{pooled}/unmerge", **undo)
    assert undone.status_code == 200, undone.text
    assert (await service.customer(pooled))["owner"]["id"] == "chen.jing"
    assert (await service.customer(waiting))["place"] == "queue"
    assert violations(read_model(service.database)) == []


async def test_the_owner_of_one_half_takes_the_other_out_of_the_pool(service: Service) -> None:
    _, pooled = await ownerless_pair(service)
    owned = await service.lead(company={"name": firm(9)}, region="CN-SH", named_contact="chen.jing")
    await merged(service, pooled, owned["customer_id"])
    assert (await service.customer(pooled))["owner"]["id"] == "chen.jing"
    assert (await service.http.get("/v1/pools/public/customers")).json()["items"] == []
    assert violations(read_model(service.database)) == []
