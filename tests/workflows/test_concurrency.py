"""The invariants under concurrency, through the API, on a real server."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.examples import firm
from tests.invariants import read_model, violations
from tests.near_identical import SETS
from tests.service import Service


async def test_one_customer_of_50_at_once(service: Service) -> None:
    """Invariant one_customer: 50 sources submit one customer in the same moment."""
    for rep in ("li.wei", "zhao.min", "wu.di"):
        await service.rep(rep, "CN-GD")
    forms = [
        {"phones": ["13800138000"]},
        {"phones": ["+86 138 0013 8000"], "company": {"name": "深圳市远航科技有限公司"}, "region": "CN-GD"},
        {"phones": ["0086-13800138000"], "emails": ["wang@yuanhang-keji.com"]},
    ]
    answers = await asyncio.gather(
        *(service.post("/v1/leads", source=f"s{n}", external_id="1", **forms[n % 3]) for n in range(50))
    )
    assert {answer.status_code for answer in answers} == {201}
    outcomes = Counter(answer.json()["outcome"] for answer in answers)
    assert outcomes == {"new_customer": 1, "duplicate": 49}
    assert len({answer.json()["customer_id"] for answer in answers}) == 1
    customers = (await service.http.get("/v1/customers")).json()["items"]
    assert len(customers) == 1


@pytest.mark.parametrize("region", SETS)
async def test_one_customer_of_200_near_identical_leads_from_20_clients(service: Service, region: str) -> None:
    """Invariant one_customer through HTTP: typos, formats, short and full names, another script, all at once."""
    await service.rep("li.wei", region)
    forms = SETS[region]

    async def client(number: int) -> list[dict[str, Any]]:
        return [
            await service.lead(region=region, external_id=f"{number}-{n}", **forms[(number + n) % len(forms)])
            for n in range(10)
        ]

    answers = [answer for answers in await asyncio.gather(*map(client, range(20))) for answer in answers]
    [customer] = (await service.http.get("/v1/customers")).json()["items"]
    outcomes = Counter(answer["outcome"] for answer in answers)
    assert outcomes["new_customer"] == 1
    assert outcomes["duplicate"] >= 19  # whichever form came first, it comes 19 times more
    assert outcomes.total() == len(answers) == 200
    for answer in answers:
        named = {candidate["id"] for candidate in answer["candidates"]} | {answer["customer_id"]}
        assert customer["id"] in named, answer
    assert violations(read_model(service.database)) == []


async def test_once_the_same_lead_50_times_at_once(service: Service) -> None:
    """Invariant once: a client that retries wildly gets 201, 200 or 409 with Retry-After, and one lead."""
    await service.rep("li.wei", "CN-GD")
    lead = {"source": "web", "external_id": "1", "phones": ["13800138000"], "region": "CN-GD"}
    answers = await asyncio.gather(*(service.post("/v1/leads", **lead) for _ in range(50)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1
    assert set(statuses) <= {200, 201, 409}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    [customer] = (await service.http.get("/v1/customers")).json()["items"]
    assert await service.timeline(customer["id"]) == ["customer_registered", "owner_assigned"]


async def test_one_owner_20_reps_claim_20_customers(service: Service) -> None:
    """Invariant one_owner: every customer of the pool is claimed by 20 reps at once and gets one of them."""
    reps = [f"rep{n}" for n in range(20)]
    for rep in reps:
        await service.rep(rep, "CN-GD")
    leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-GD") for n in range(20)))
    customers = [lead["customer_id"] for lead in leads]
    await asyncio.gather(
        *(
            service.post(f"/v1/customers/{lead['customer_id']}/release", rep_id=lead["owner"]["id"], reason="休假")
            for lead in leads
        )
    )
    claims = {
        customer: [service.post(f"/v1/customers/{customer}/claim", rep_id=rep) for rep in reps]
        for customer in customers
    }
    answers = await asyncio.gather(*(claim for of_one in claims.values() for claim in of_one))
    for number, customer in enumerate(customers):
        of_one = answers[number * 20 : number * 20 + 20]
        won = [answer.json() for answer in of_one if answer.status_code == 200]
        assert len(won) == 1
        assert {answer.status_code for answer in of_one} == {200, 409}
        assert (await service.customer(customer))["owner"] == won[0]["owner"]
        assert (await service.timeline(customer)).count("claimed") == 1


async def test_rotation_is_exact_under_concurrency(service: Service) -> None:
    reps = [f"rep{n}" for n in range(7)]
    for rep in reps:
        await service.rep(rep, "CN-GD")
    leads = await asyncio.gather(*(service.lead(company={"name": firm(n)}, region="CN-GD") for n in range(60)))
    turns = Counter(lead["owner"]["id"] for lead in leads)
    assert set(turns) == set(reps)
    assert max(turns.values()) - min(turns.values()) <= 1
