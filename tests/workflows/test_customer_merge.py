"""Merging and unmerging through the API, on a real server."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.invariants import read_model, violations
from tests.service import Service

CALL = {"kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
SHOW = {"name": "中国国际进口博览会", "date": "2026-11-05"}
WHY = {"by": "chen.jing", "reason": "同一家公司，两个名字"}


async def two(service: Service, **fields: Any) -> tuple[str, str]:
    """Two customers in Shanghai that are one company: Chen's, and Sun's from a stand with a clock."""
    for rep in ("chen.jing", "sun.hao", "wu.di"):
        await service.rep(rep, "CN-SH")
    one = await service.lead(
        company={"name": "上海远航科技有限公司"}, phones=["13800138000"], region="CN-SH", named_contact="chen.jing"
    )
    other = await service.lead(
        company={"name": "Harbour Lights Trading Ltd"},
        emails=["wang@harbour-lights.example"],
        person={"name": "王小明"},
        region="CN-SH",
        customer_type="trade_show",
        show={**SHOW, "contact": "sun.hao"},
        **fields,
    )
    assert {one["outcome"], other["outcome"]} == {"new_customer"}
    return one["customer_id"], other["customer_id"]


async def merge(service: Service, survivor: str, absorb: str, **fields: Any) -> dict[str, Any]:
    response = await service.post(f"/v1/customers/{survivor}/merge", absorb=absorb, **{**WHY, **fields})
    assert response.status_code == 200, response.text
    merged: dict[str, Any] = response.json()
    return merged


async def unmerge(service: Service, customer_id: str, merged: dict[str, Any]) -> dict[str, Any]:
    response = await service.post(f"/v1/customers/{customer_id}/unmerge", merge_id=merged["merge"]["id"], **WHY)
    assert response.status_code == 200, response.text
    undone: dict[str, Any] = response.json()
    return undone


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rpartition(":")[2]


async def test_two_become_one(service: Service) -> None:
    one, other = await two(service)
    merged = await merge(service, one, other)
    customer = merged["customer"]
    assert (customer["id"], customer["owner"]["id"], customer["merged_from"]) == (one, "chen.jing", [other])
    assert customer["profile"]["emails"] == ["wang@harbour-lights.example"]
    assert customer["name"] == "上海远航科技有限公司"
    assert violations(read_model(service.database)) == []
    # Whatever either was known by finds the one.
    for known in (
        {"phones": ["138 0013 8000"]},
        {"emails": ["Wang@Harbour-Lights.example"]},
        {"company": {"name": "Harbour Lights Trading Ltd"}, "region": "CN-SH"},
    ):
        lead = await service.lead(**known)
        assert (lead["outcome"], lead["customer_id"]) == ("duplicate", one), known
    [listed] = (await service.http.get("/v1/customers")).json()["items"]
    assert listed["merged_from"] == [other]


async def test_old_ids_resolve(service: Service) -> None:
    one, other = await two(service)
    await merge(service, one, other)
    response = await service.http.get(f"/v1/customers/{other}")
    assert (response.status_code, response.json()["id"]) == (200, one)
    assert response.headers["Content-Location"] == f"/v1/customers/{one}"
    assert response.headers["ETag"] == (await service.http.get(f"/v1/customers/{one}")).headers["ETag"]
    assert await service.timeline(other) == await service.timeline(one)
    logged = await service.post(f"/v1/customers/{other}/follow-ups", rep_id="chen.jing", **CALL)
    assert (logged.status_code, logged.json()["customer_id"]) == (201, one)
    released = await service.post(f"/v1/customers/{other}/release", rep_id="chen.jing", reason="出差")
    assert released.json()["place"] == "pool"
    corrected = await service.http.patch(
        f"/v1/customers/{other}", json={"industry": "软件"}, headers={"If-Match": response.headers["ETag"]}
    )
    assert (corrected.json()["id"], corrected.json()["profile"]["industry"]) == (one, "软件")
    leads = (await service.http.get("/v1/leads", params={"customer_id": other})).json()["items"]
    assert [lead["customer_id"] for lead in leads] == [one, one]
    referred = await service.lead(
        company={"name": "苏州青禾农业有限公司"},
        region="CN-JS",
        customer_type="referral",
        referrer={"customer_id": other},
    )
    assert referred["queue"] == "unassigned"
    assert violations(read_model(service.database)) == []


async def test_unmerged_as_before(service: Service) -> None:
    one, other = await two(service)
    before = [await service.customer(customer_id) for customer_id in (one, other)]
    merged = await merge(service, one, other, owner="wu.di")
    assert merged["customer"]["owner"]["id"] == "wu.di"
    undone = await unmerge(service, one, merged)
    assert undone["merge"]["placed"] == []
    after = [await service.customer(customer_id) for customer_id in (one, other)]
    for was, is_ in zip(before, after, strict=True):
        changing = {"updated_at": None}
        assert {**is_, **changing} == {**was, **changing}
    assert violations(read_model(service.database)) == []
    assert (await service.timeline(other))[-2:] == ["customer_merged", "customer_unmerged"]
    again = await service.post(f"/v1/customers/{one}/unmerge", merge_id=merged["merge"]["id"], **WHY)
    assert problem(again) == (409, "not-merged")
