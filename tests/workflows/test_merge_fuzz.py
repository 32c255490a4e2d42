"""Merges, their undoing and everything else at once, from many clients, on a real server."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from customer_handle import CustomerHandle
from domain.change import Asked, Change, GrantShare, Transfer
from domain.share import Access
from tests.examples import firm
from tests.invariants import nothing_lost, read_model, violations
from tests.service import Service

REPS = ("chen.jing", "sun.hao", "wu.di")
CUSTOMERS, CLIENTS, STEPS = 5, 6, 8
WHY = {"by": "chen.jing", "reason": "同一家公司"}
CALL = {"kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
REFUSALS = {
    "already-merged", "same-customer", "not-merged", "later-merge", "unknown-merge",
    "customer-already-owned", "not-the-owner", "customer-in-queue", "version-mismatch",
    "owner-changed", "already-the-owner", "customer-in-pool", "owner-cannot-share", "not-shared", "read-only-share",
}  # fmt: skip


class Client:
    """One caller that does anything to anybody."""

    def __init__(self, service: Service, seed: int, phones: dict[str, str]) -> None:
        self.service, self.random, self.phones = service, Random(seed), phones
        self.leads: list[dict[str, Any]] = []
        self.refused: set[str] = set()

    async def run(self) -> None:
        acts = (self.merge, self.merge, self.unmerge, self.lead, self.change, self.correct, self.approve, self.revoke)
        for _ in range(STEPS):
            await self.random.choice(acts)()

    def any(self) -> str:
        return self.random.choice(list(self.phones.values()))

    def heard(self, response: httpx.Response) -> None:
        if response.status_code >= 400:
            code = response.json()["type"].rpartition(":")[2]
            assert code in REFUSALS, response.text
            self.refused.add(code)

    async def merge(self) -> None:
        body = {"absorb": self.any(), "owner": self.random.choice((None, *REPS)), **WHY}
        self.heard(await self.service.post(f"/v1/customers/{self.any()}/merge", **body))

    async def unmerge(self) -> None:
        customer_id = self.any()
        merges = (await self.service.http.get(f"/v1/customers/{customer_id}/merges")).json()["items"]
        if merges:
            merge = self.random.choice(merges)
            path = f"/v1/customers/{merge['survivor_id']}/unmerge"
            self.heard(await self.service.post(path, merge_id=merge["id"], **WHY))

    async def lead(self) -> None:
        phone = self.random.choice(list(self.phones))
        self.leads.append(await self.service.lead(phones=[phone], named_contact=self.random.choice((None, *REPS))))

    async def change(self) -> None:
        path, rep = f"/v1/customers/{self.any()}", self.random.choice(REPS)
        asked: list[tuple[str, dict[str, str]]] = [("claim", {}), ("release", {"reason": "休假"}), ("follow-ups", CALL)]
        kind, fields = self.random.choice(asked)
        self.heard(await self.service.post(f"{path}/{kind}", rep_id=rep, **fields))

    async def approve(self) -> None:
        """What an approval would have done."""
        customer_id, one, other = self.any(), self.random.choice(REPS), self.random.choice((None, *REPS))
        access, until = self.random.choice(list(Access)), datetime.now(UTC) + timedelta(days=self.random.randint(1, 9))
        apply: list[Change] = [
            Transfer(approval_id="apr_1", from_id=other, to_id=one, reason="换人负责"),
            GrantShare(approval_id="apr_2", rep_id=one, access=access, until=until),
        ]
        asked = Asked(id=f"apr_{self.random.random()}", actor="approval", change=self.random.choice(apply))
        try:
            await CustomerHandle(self.service.temporal, self.service.settings.task_queue).ask(customer_id, asked)
        except ApplicationError as error:
            code = (error.type or "").replace("_", "-")
            assert code in REFUSALS, error
            self.refused.add(code)

    async def revoke(self) -> None:
        path = f"/v1/customers/{self.any()}/shares/{self.random.choice(REPS)}"
        self.heard(await self.service.http.delete(path))

    async def correct(self) -> None:
        path = f"/v1/customers/{self.any()}"
        tag = (await self.service.http.get(path)).headers["ETag"]
        industry = {"industry": self.random.choice(("软件", "零售"))}
        self.heard(await self.service.http.patch(path, json=industry, headers={"If-Match": tag}))


@pytest.mark.parametrize("seed", range(3))
async def test_everything_at_once(service: Service, seed: int) -> None:
    """Every invariant at the end; every lead is answered, leads to a live customer, and nothing ends in an error."""
    for rep in REPS:
        await service.rep(rep, "CN-SH")
    phones: dict[str, str] = {}
    for number in range(CUSTOMERS):
        phone = f"1380013800{number}"
        stand = {"customer_type": "trade_show", "show": {"name": "进博会", "date": "2026-11-05", "contact": REPS[0]}}
        fields: dict[str, Any] = stand if number % 2 else {}
        lead = await service.lead(company={"name": firm(number * 17)}, region="CN-SH", phones=[phone], **fields)
        phones[phone] = lead["customer_id"]
    clients = [Client(service, seed * 100 + number, phones) for number in range(CLIENTS)]
    await asyncio.gather(*(client.run() for client in clients))
    model = read_model(service.database)
    assert violations(model) == []
    leads = [lead for client in clients for lead in client.leads]
    assert nothing_lost(model, [lead["lead_id"] for lead in leads]) == []
    live = {customer["id"] for customer in (await service.http.get("/v1/customers")).json()["items"]}
    assert {(await service.customer(lead["customer_id"]))["id"] for lead in leads} <= live
    # All that stand are undone, latest first: everybody is back, under their own number.
    standing = [merge for merge in model.merges if merge.unmerged_at is None]
    for merge in sorted(standing, key=lambda merge: merge.position or 0, reverse=True):
        undone = await service.post(f"/v1/customers/{merge.absorbed_id}/unmerge", merge_id=merge.id, **WHY)
        assert undone.status_code == 200, undone.text
    assert violations(read_model(service.database)) == []
    for phone, customer_id in phones.items():
        assert (await service.lead(phones=[phone]))["customer_id"] == customer_id
