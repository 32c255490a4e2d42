"""RepMove on a real server: previewed, seen through, with leads in doubt, and while customers come in."""

import asyncio
from typing import Any

from tests.examples import firm
from tests.invariants import read_model, violations
from tests.service import Service


async def finished(service: Service, move_id: str) -> dict[str, Any]:
    """A move once its workflow has ended."""
    await service.temporal.get_workflow_handle(move_id).result()
    move: dict[str, Any] = (await service.http.get(f"/v1/moves/{move_id}")).json()
    assert move["finished_at"]
    return move


async def test_what_the_preview_said_happens(service: Service) -> None:
    for rep in ("li.wei", "zhao.min", "emma.clarke"):
        await service.rep(rep, "CN-GD")
    for n in range(9):
        await service.lead(company={"name": firm(n)}, region="CN-GD", named_contact="li.wei")
    stay = await service.lead(company={"name": firm(20)}, region="CN-SH", named_contact="li.wei")
    preview = (await service.post("/v1/reps/li.wei/moves/preview", kind="leaves")).json()
    assert (preview["total"], [it["code"] for it in preview["warnings"]]) == (10, ["no_successor"])
    ordered = await service.post("/v1/reps/li.wei/moves", kind="leaves", reason="离职", by="zhao.min")
    assert ordered.status_code == 202, ordered.text
    move = await finished(service, ordered.json()["id"])
    for customer in preview["customers"]:
        now = await service.customer(customer["customer_id"])
        assert ((now["owner"] or {}).get("id"), now["queue"]) == (customer["owner_id"], customer["queue"])
    assert (move["progress"]["total"], move["progress"]["done"]) == (10, 10)
    assert (move["progress"]["moved"], move["progress"]["queued"]) == (preview["moved"], preview["queued"])
    assert (await service.customer(stay["customer_id"]))["queue"] == "unassigned"
    assert violations(read_model(service.database)) == []


async def test_one_owner_while_20_clients_bring_customers(service: Service) -> None:
    """Nothing stays with who is gone; a lead in doubt is asked of the successor."""
    for rep in ("li.wei", "zhao.min"):
        await service.rep(rep, "CN-GD")
    named = {"region": "CN-GD", "named_contact": "li.wei"}
    await service.lead(company={"name": "深圳市远航科技有限公司", "uscc": "91350100M000100Y43"}, **named)
    doubt = await service.lead(company={"name": "深圳市远航科技有限公司", "uscc": "91440199MAY5PY8M3J"}, region="CN-GD")
    assert doubt["asked"] == ["li.wei"]

    async def client(number: int) -> None:
        for n in range(3):
            await service.lead(company={"name": firm(3 * number + n)}, **named)

    async def leave() -> str:
        await asyncio.sleep(0.5)
        move: str = (await service.post("/v1/reps/li.wei/moves", kind="leaves", successor_id="zhao.min")).json()["id"]
        return move

    move_id, *_ = await asyncio.gather(leave(), *(client(number) for number in range(20)))
    move = await finished(service, move_id)
    model = read_model(service.database)
    assert {row.owner_id for row in model.customers} == {"zhao.min"}
    assert move["progress"]["elsewhere"] == 0
    asked = (await service.http.get(f"/v1/leads/{doubt['lead_id']}")).json()
    assert asked["asked"] == ["zhao.min"]
    assert [event["kind"] for event in await service.lead_events(doubt["lead_id"])] == [
        "received",
        "asked",
        "handed_over",
    ]
    word = await service.confirm(doubt["lead_id"], answer="new", by="zhao.min")
    assert word["outcome"] == "new_customer"
    assert violations(read_model(service.database)) == []
