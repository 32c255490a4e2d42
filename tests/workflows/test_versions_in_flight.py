"""Versions of the policy while the service runs: each decision follows one, and what runs keeps its own or moves."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from sqlmodel import select

from domain.assignment import Case, Rep, assign
from domain.policy import Policy
from domain.policy_file import parse_policy
from store.database import Database
from store.policies import Policies, in_force_at
from store.tables import DecisionRow, RepRegionRow, RepRow
from tests.examples import edited
from tests.invariants import read_model, violations
from tests.service import Service

LEADS, CLIENTS = 200, 20
EVERY = 0.05
REGIONS = ("CN-GD", "CN-SH")
ROTATION = {"method": "rotation", "pool": "stars"}
STARS = {"reps": ["rep2", "rep3", "rep9"]}
TEXTS = [
    edited({"version": "a"}),
    edited({"version": "b", "assignment.0.methods": [ROTATION], "rotation_pools": {"stars": STARS}}),
    edited({"version": "c", "assignment.0.methods": ["least_loaded"], "running": "move"}),
    edited({"version": "d", "assignment.0.methods": ["named_contact"], "assignment.0.queue": "management"}),
]


async def add(service: Service, text: str, **more: Any) -> str:
    """Store a version and return its id."""
    response = await service.post("/v1/policies", content=text, **more)
    assert response.status_code in (200, 201), response.text
    policy_id: str = response.json()["id"]
    return policy_id


async def activate(service: Service, policy_id: str, **more: Any) -> None:
    response = await service.post(f"/v1/policies/{policy_id}/activate", **more)
    assert response.status_code == 200, response.text


async def decisions(service: Service, customer_id: str) -> list[tuple[str, str]]:
    """What was decided about a customer by which version."""
    page = (await service.http.get(f"/v1/customers/{customer_id}/assignments", params={"limit": 200})).json()
    return [(it["kind"], it["policy_version"]) for it in page["items"]]


def staff(database: Database) -> list[Rep]:
    """The reps as they are all through the test, without what changes from lead to lead."""
    with database.read() as session:
        regions = session.exec(select(RepRegionRow)).all()
        return [
            Rep(id=row.id, name=row.name, regions=tuple(it.region for it in regions if it.rep_id == row.id))
            for row in session.exec(select(RepRow))
        ]


def decided_again(trace: dict[str, Any], policy: Policy, reps: list[Rep]) -> dict[str, Any]:
    """What the pure engine decides from the inputs that a trace has."""
    standings = trace["inputs"]["reps"]
    able = [Rep.model_validate(rep.model_dump() | standings.get(rep.id, {})) for rep in reps]
    seen = {rep_id for trial in trace["assignment"]["trials"] for rep_id in trial["considered"]}
    again = assign(Case.model_validate(trace["inputs"]["case"]), policy, [rep for rep in able if rep.id in seen])
    return again.model_dump(mode="json")


async def test_explained_200_leads_in_flight_while_versions_change_every_50_ms(service: Service) -> None:
    """Each decision follows exactly the version in force at its time, names it, and comes out the same again."""
    for number in range(10):
        await service.rep(f"rep{number}", REGIONS[number % 2])
    ids = [await add(service, text) for text in TEXTS]
    await activate(service, ids[0])

    async def change() -> None:
        for policy_id in cycle(ids):
            await activate(service, policy_id)
            await asyncio.sleep(EVERY)

    async def client(number: int) -> None:
        for n in range(LEADS // CLIENTS):
            phone = f"138{number:04}{n:04}"
            await service.lead(phones=[phone], region=REGIONS[n % 2], named_contact=f"rep{n}" if n % 3 == 0 else None)

    changing = asyncio.create_task(change())
    await asyncio.gather(*map(client, range(CLIENTS)))
    changing.cancel()
    with suppress(asyncio.CancelledError):
        await changing
    policies = {policy_id: parse_policy(text) for policy_id, text in zip(ids, TEXTS, strict=True)}
    reps = staff(service.database)
    with service.database.read() as session:
        rows = session.exec(select(DecisionRow).where(DecisionRow.kind == "intake")).all()
        assert len(rows) == LEADS
        assert {row.policy_version for row in rows} == set(ids), "too few versions to tell anything"
        for row in rows:
            assert row.policy_version == in_force_at(session, row.at)
            assert row.trace["assignment"] == decided_again(row.trace, policies[row.policy_version], reps)
    assert violations(read_model(service.database)) == []


STAND = {"customer_type": "trade_show", "region": "CN-SH"}
SHOW = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"}


async def from_the_stand(service: Service) -> str:
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")
    await activate(service, await add(service, edited({"version": "first"})))
    lead = await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND)
    customer_id: str = lead["customer_id"]
    return customer_id


async def test_a_clock_that_runs_keeps_its_version(service: Service) -> None:
    """Thirty days, two warnings, another owner: as it was when the customer came, though 10 days are in force."""
    customer_id = await from_the_stand(service)
    [(_, first)] = await decisions(service, customer_id)
    changes = {
        "clocks.stand_lead.days": 10,
        "clocks.stand_lead.on_expiry": "recycle",
        "assignment.3.queue": "management",
    }
    await activate(service, await add(service, edited({"version": "second", **changes})))
    await service.let_pass(customer_id, timedelta(days=29, hours=12))
    warned = ["follow_up_warning", "follow_up_warning", "follow_up_escalated"]
    assert (await service.timeline(customer_id))[2:] == warned
    await service.let_pass(customer_id, timedelta(days=1))
    assert (await service.timeline(customer_id))[2:] == [*warned, "reassigned"]
    assert (await service.customer(customer_id))["owner"]["id"] == "sun.hao"
    assert await decisions(service, customer_id) == [("owner_assigned", first), ("reassigned", first)]
    assert violations(read_model(service.database)) == []


async def test_a_clock_that_runs_moves_to_a_version_that_says_so(service: Service) -> None:
    """The first warning is due on day 23; by then ten days are the rule, so that the customer is recycled at once."""
    customer_id = await from_the_stand(service)
    changes = {"clocks.stand_lead.days": 10, "clocks.stand_lead.on_expiry": "recycle", "running": "move"}
    second = await add(service, edited({"version": "second", **changes}))
    await activate(service, second)
    await service.let_pass(customer_id, timedelta(days=22))
    assert len(await service.timeline(customer_id)) == 2
    await service.let_pass(customer_id, timedelta(days=2))
    assert (await service.timeline(customer_id))[2:] == ["rules_changed", "recycled"]
    assert (await decisions(service, customer_id))[-1] == ("recycled", second)
    assert violations(read_model(service.database)) == []


async def test_a_version_comes_into_force_at_its_time(service: Service) -> None:
    """Planned ahead; a customer's workflow that gets there decides by it, and a lead of today does not."""
    await service.rep("chen.jing", "CN-SH")
    await activate(service, await add(service, edited({"version": "first"})))
    customer_id = (await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND))["customer_id"]
    later = edited({"version": "later", "clocks.stand_lead.no_owner_found": "keep", "running": "move"})
    at = datetime.now(UTC) + timedelta(days=10)
    second = await add(service, later, activates_at=at.isoformat())
    today = await service.lead(company={"name": "青岭舟商贸有限公司"}, region="CN-SH")
    assert (await decisions(service, today["customer_id"]))[0][1] != second
    await service.let_pass(customer_id, timedelta(days=30, hours=12))
    assert (await decisions(service, customer_id))[-1] == ("owner_kept", second)


@pytest.mark.parametrize("running", ["keep", "move"])
async def test_a_lead_that_waits_is_settled_by_its_own_version_or_moves(service: Service, running: str) -> None:
    await service.rep("chen.jing", "CN-SH")
    await activate(service, await add(service, edited({"version": "first", "confirmation.default": "new"})))
    await service.lead(company={"name": "上海远航达科技有限公司"}, region="CN-SH")
    waiting = await service.lead(company={"name": "上海远杭达科技有限公司"}, region="CN-SH")
    assert waiting["status"] == "waiting"
    changes = {"confirmation.default": "best_candidate", "running": running}
    await activate(service, await add(service, edited({"version": "second", **changes})))
    await service.let_pass(waiting["lead_id"], timedelta(days=6))
    settled = (await service.http.get(f"/v1/leads/{waiting['lead_id']}")).json()
    assert settled["outcome"] == ("new_customer" if running == "keep" else "duplicate")
    decision = (await service.http.get(settled["decision"])).json()
    assert decision["policy_version"].startswith("first+" if running == "keep" else "second+")


async def test_api_and_worker_see_the_same_version(service: Service) -> None:
    """What the API says to be in force is what its calendars are, and what a lead is decided by."""
    other = await add(service, edited({"version": "other", "calendars.office.holidays": None}))
    await activate(service, other)
    assert (await service.http.get("/v1/calendars/office")).json()["holidays"] is None
    lead = await service.lead(company={"name": "青岭舟商贸有限公司"}, region="CN-SH")
    assert (await service.http.get(lead["decision"])).json()["policy_version"] == other
    elsewhere = Policies(service.database, service.policy)
    with service.database.read() as session:
        assert elsewhere.in_force(session, datetime.now(UTC)).fingerprint == other
