"""API, worker and Temporal server die in every step of a chain of four approvers over ten days."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from api.approval_links import link_token
from domain.ids import IdMaker
from store.database import Database
from tests.approvals import HEADS, STAFF, TEAMS
from tests.chaos.site import SECRET, Part, Site, running_site
from tests.examples import firm
from tests.invariants import read_model, violations

STRIKES: Sequence[Sequence[Part]] = ((Part.WORKER,), (Part.TEMPORAL,), (Part.API,), tuple(Part))
"""Who dies while each of the four decides."""
PEOPLE = ("zhao.min", "sun.hao", "he.tao", "liu.yang")
DAYS = (2, 3, 2, 3)


async def insist(call: Callable[[], Awaitable[httpx.Response]]) -> dict[str, Any]:
    """Ask again as long as nobody answers; the answer must be yes."""
    while True:
        try:
            answer = await call()
        except httpx.TransportError:
            await asyncio.sleep(0.2)
            continue
        if "Retry-After" not in answer.headers:
            break
        await asyncio.sleep(0.2)
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def organise(http: httpx.AsyncClient) -> None:
    """The organisation of ``tests.approvals``, entered over the API."""
    for code in HEADS:
        await insist(lambda code=code: http.post("/v1/regions", json={"code": code, "name": code}))
    staff = {rep_id: region for rep_id, (_, region) in STAFF.items() if region in HEADS}
    for rep_id, region in staff.items():
        rep = {"id": rep_id, "name": rep_id, "regions": [region]}
        await insist(lambda rep=rep: http.post("/v1/reps", json=rep))
    for team, manager in TEAMS.items():
        if manager in staff:
            body = {"id": team, "name": team, "manager_id": manager}
            await insist(lambda body=body: http.post("/v1/teams", json=body))
    for rep_id in staff:
        team = STAFF[rep_id][0]
        if TEAMS[team] in staff:
            await insist(
                lambda rep_id=rep_id, team=team: http.patch(
                    f"/v1/reps/{rep_id}", json={"team_id": team}, headers={"If-Match": "*"}
                )
            )
    for code, head in HEADS.items():
        await insist(
            lambda code=code, head=head: http.patch(
                f"/v1/regions/{code}", json={"head_id": head}, headers={"If-Match": "*"}
            )
        )


async def struck(site: Site, parts: Sequence[Part], call: Callable[[], Awaitable[httpx.Response]]) -> dict[str, Any]:
    """What comes of a call during which these processes are killed."""
    asking = asyncio.ensure_future(insist(call))
    await asyncio.sleep(0.05)
    await site.send(signal.SIGKILL, *parts)
    answer = await asking
    await site.ready()
    return answer


@pytest.mark.timeout(600)
async def test_nothing_lost_whatever_dies_in_a_chain_of_four(tmp_path: Path) -> None:
    """It ends as if nothing had happened: everybody heard once, one owner, and one transfer."""
    async with running_site(tmp_path, time_skipping=True) as site, site.http() as http:
        await organise(http)
        lead = {"source": "s", "external_id": "1", "company": {"name": firm(1)}, "region": "CN-GD"}
        customer_id = (await insist(lambda: http.post("/v1/leads", json={**lead, "named_contact": "li.wei"})))[
            "customer_id"
        ]
        asked = {"to_id": "chen.jing", "reason": "客户迁往上海", "requested_by": "li.wei"}
        path, once = f"/v1/customers/{customer_id}/transfer-requests", {"Idempotency-Key": "request"}
        request = await struck(site, tuple(Part), lambda: http.post(path, json=asked, headers=once))
        one = f"/v1/approvals/{request['id']}"
        for person, days, parts in zip(PEOPLE, DAYS, STRIKES, strict=True):
            temporal = await site.temporal()  # a new client: the server may have died
            skipper = TimeSkipper(temporal, config=TimeSkippingConfig(enabled=False))
            await skipper.fast_forward(temporal.get_workflow_handle(request["id"]), timedelta(days=days))
            (step,) = (step["id"] for step in (await insist(lambda: http.get(one)))["chain"] if step["current"])
            expires_at = datetime.now(UTC) + timedelta(days=1)
            token = link_token(IdMaker(SECRET.encode()), request["id"], step, person, expires_at)
            word = {"token": token, "decision": "approve"}
            await struck(site, parts, lambda word=word: http.post("/v1/approval-links", json=word))
        await (await site.temporal()).get_workflow_handle(request["id"]).result()
        ended = await insist(lambda: http.get(one))
        said = [seat["by"] for step in ended["chain"] for seat in step["seats"]]
        assert (ended["status"], said) == ("applied", [*PEOPLE])
        acts = (await insist(lambda: http.get(f"{one}/timeline")))["items"]
        assert [act["by"] for act in acts if act["action"] == "approve"] == [*PEOPLE]
        customer = await insist(lambda: http.get(f"/v1/customers/{customer_id}"))
        assert customer["owner"]["id"] == "chen.jing"
    database = Database(site.database_url)
    model = read_model(database)
    database.close()
    assert violations(model) == []
    assert [event.kind for event in model.events if event.kind == "transferred"] == ["transferred"]
