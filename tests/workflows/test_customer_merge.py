"""Merging and unmerging through the API, on a real server."""

import asyncio
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from domain.change import Asked
from domain.merge_order import MergeOrder
from store.merges import Merges
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


async def test_what_came_since_goes_where_it_belongs(service: Service) -> None:
    one, other = await two(service)
    merged = await merge(service, one, other)
    theirs = await service.lead(emails=["wang@harbour-lights.example"], phones=["13700137000"])
    ours = await service.lead(phones=["13800138000"], address="上海市徐汇区漕溪北路1号")
    both = await service.lead(phones=["13800138000"], emails=["wang@harbour-lights.example"])
    assert {lead["customer_id"] for lead in (theirs, ours, both)} == {one}
    for rep in ("sun.hao", "wu.di"):
        assert (await service.post(f"/v1/customers/{one}/follow-ups", rep_id=rep, **CALL)).status_code == 201
    undone = await unmerge(service, other, merged)
    placed = {(it["thing"], it["id"]): (it["customer_id"], it["asked"]) for it in undone["merge"]["placed"]}
    assert placed[("lead", theirs["lead_id"])] == (other, False)
    assert placed[("lead", ours["lead_id"])] == (one, False)
    assert placed[("lead", both["lead_id"])] == (one, True)
    follow_ups = [where for (thing, _), where in placed.items() if thing == "follow_up"]
    assert follow_ups == [(other, False), (one, True)]
    profiles = {id_: (await service.customer(id_))["profile"] for id_ in (one, other)}
    assert profiles[other]["phones"] == ["+8613700137000"]
    assert (profiles[one]["phones"], profiles[one]["emails"]) == (["+8613800138000"], [])
    assert profiles[one]["address"] == "上海市徐汇区漕溪北路1号"
    assert (await service.http.get(f"/v1/leads/{theirs['lead_id']}")).json()["customer_id"] == other
    assert (await service.timeline(other)).count("lead_received") == 1
    assert (await service.lead(phones=["13700137000"]))["customer_id"] == other
    assert violations(read_model(service.database)) == []


async def test_a_clock_runs_on_through_merge_and_unmerge(service: Service) -> None:
    """The absorbed customer's deadlines stand as they were, and its own workflow keeps them."""
    one, other = await two(service)
    due = (await service.customer(other))["due"]
    merged = await merge(service, one, other)
    assert merged["customer"]["due"] == []
    await unmerge(service, one, merged)
    assert (await service.customer(other))["due"] == due
    await service.let_pass(other, timedelta(days=31))
    assert (await service.timeline(other))[-3:] == ["follow_up_warning", "follow_up_escalated", "reassigned"]
    assert violations(read_model(service.database)) == []


async def test_a_survivors_clock_runs_on(service: Service) -> None:
    one, other = await two(service)
    await merge(service, other, one)
    await service.let_pass(other, timedelta(days=24))
    assert (await service.timeline(one))[-1] == "follow_up_warning"
    await service.let_pass(other, timedelta(days=7))
    customer = await service.customer(one)
    assert (customer["id"], customer["previous_owner_id"]) == (other, "sun.hao")
    assert violations(read_model(service.database)) == []


async def test_a_chain_is_undone_from_its_end(service: Service) -> None:
    one, other = await two(service)
    third = (await service.lead(company={"name": "苏州青禾农业有限公司"}, region="CN-SH"))["customer_id"]
    first = await merge(service, one, other)
    second = await merge(service, third, one)
    assert second["customer"]["merged_from"] == [one, other]
    assert (await service.customer(other))["id"] == third
    assert (await service.lead(emails=["wang@harbour-lights.example"]))["customer_id"] == third
    for asked in (other, one):
        early = await service.post(f"/v1/customers/{asked}/unmerge", merge_id=first["merge"]["id"], **WHY)
        assert problem(early) == (409, "later-merge")
        assert second["merge"]["id"] in early.json()["detail"]
    listed = (await service.http.get(f"/v1/customers/{other}/merges")).json()["items"]
    assert [merge["id"] for merge in listed] == [first["merge"]["id"], second["merge"]["id"]]
    await unmerge(service, third, second)
    assert (await service.customer(other))["id"] == one
    await unmerge(service, one, first)
    assert {(await service.customer(id_))["id"] for id_ in (one, other, third)} == {one, other, third}
    assert violations(read_model(service.database)) == []


@pytest.mark.parametrize("times", [1, 5])
async def test_crossing_merges_have_one_outcome(service: Service, times: int) -> None:
    """One of the two wins, whoever of them comes first; the others are told, and nothing hangs."""
    one, other = await two(service)
    answers = await asyncio.gather(
        *(
            service.post(f"/v1/customers/{survivor}/merge", absorb=absorbed, **WHY)
            for _ in range(times)
            for survivor, absorbed in ((one, other), (other, one))
        )
    )
    outcomes = sorted(answer.status_code for answer in answers)
    assert outcomes == [200] + [409] * (2 * times - 1)
    assert {problem(answer)[1] for answer in answers if answer.status_code == 409} == {"already-merged"}
    assert violations(read_model(service.database)) == []


async def test_merges_in_a_circle_have_one_outcome(service: Service) -> None:
    one, other = await two(service)
    third = (await service.lead(company={"name": "苏州青禾农业有限公司"}, region="CN-SH"))["customer_id"]
    pairs = ((one, other), (other, third), (third, one))
    answers = await asyncio.gather(*(service.post(f"/v1/customers/{a}/merge", absorb=b, **WHY) for a, b in pairs))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({(await service.customer(id_))["id"] for id_ in (one, other, third)}) < 3
    assert violations(read_model(service.database)) == []


async def test_a_merge_beside_everything_else(service: Service) -> None:
    """Claims, releases, corrections, leads and the clock at the same instant: each has one clear outcome."""
    one, other = await two(service)
    tags = {id_: (await service.http.get(f"/v1/customers/{id_}")).headers["ETag"] for id_ in (one, other)}
    released = service.post(f"/v1/customers/{other}/release", rep_id="sun.hao", reason="休假")
    claims = [service.post(f"/v1/customers/{id_}/claim", rep_id="wu.di") for id_ in (one, other)]
    corrected = [
        service.http.patch(f"/v1/customers/{id_}", json={"industry": "软件"}, headers={"If-Match": tag})
        for id_, tag in tags.items()
    ]
    leads = [service.lead(emails=["wang@harbour-lights.example"]) for _ in range(4)]
    merging = service.post(f"/v1/customers/{one}/merge", absorb=other, **WHY)
    merged, *answers = await asyncio.gather(
        merging, service.let_pass(other, timedelta(days=31)), released, *claims, *corrected, *leads
    )
    assert merged.status_code == 200, merged.text
    for answer in answers[1:6]:
        assert answer.status_code in (200, 409, 412), answer.text
    assert {(await service.customer(lead["customer_id"]))["id"] for lead in answers[6:]} == {one}
    assert violations(read_model(service.database)) == []


async def test_a_crash_between_the_steps(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed on the way is tried again until it is through; meanwhile everything is sound."""
    one, other = await two(service)
    seen: list[list[str]] = []
    handover = Merges.handover

    def failing(merges: Merges, order: MergeOrder) -> Asked | None:
        seen.append(violations(read_model(service.database)))
        if len(seen) < 3:
            raise ConnectionError
        return handover(merges, order)

    monkeypatch.setattr(Merges, "handover", failing)
    merged = await merge(service, one, other, owner="wu.di")
    assert seen == [[], [], []]
    assert merged["customer"]["owner"]["id"] == "wu.di"
    assert (await service.timeline(one)).count("customer_absorbed") == 1


async def test_a_merge_that_the_next_one_overtakes(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The survivor is itself absorbed before it could take over: the first merge is none the less made."""
    one, other = await two(service)
    third = (await service.lead(company={"name": "苏州青禾农业有限公司"}, region="CN-SH"))["customer_id"]
    overtaken, handover = Event(), Merges.handover

    def late(merges: Merges, order: MergeOrder) -> Asked | None:
        found = handover(merges, order)
        if order.absorbed_id == other:
            assert overtaken.wait(20)
        return found

    monkeypatch.setattr(Merges, "handover", late)
    first = asyncio.create_task(merge(service, one, other))
    while (await service.customer(other))["id"] == other:
        await asyncio.sleep(0.05)
    await merge(service, third, one)
    overtaken.set()
    assert (await first)["customer"]["id"] == third
    assert violations(read_model(service.database)) == []


async def test_a_lead_that_waits_is_told(service: Service) -> None:
    """A lead that may be either of two is theirs once the two are one; a candidate's old id still confirms."""
    one, other = await two(service, phones=["021-58881234"])
    either = await service.lead(phones=["13800138000"], emails=["wang@harbour-lights.example"])
    alike = await service.lead(company={"name": "上海云帆物流有限公司"}, phones=["021-58881234"], region="CN-SH")
    assert (either["reason"], alike["reason"]) == ("several_customers", "possible_match")
    await merge(service, one, other)
    for _ in range(100):
        told = (await service.http.get(f"/v1/leads/{either['lead_id']}")).json()
        if told["status"] == "settled":
            break
        await asyncio.sleep(0.1)
    assert (told["outcome"], told["customer_id"]) == ("duplicate", one)
    waiting = (await service.http.get(f"/v1/leads/{alike['lead_id']}")).json()
    assert [candidate["id"] for candidate in waiting["candidates"]] == [one]
    said = {"answer": "same", "customer_id": other, "by": "sun.hao"}
    confirmed = await service.post(f"/v1/leads/{alike['lead_id']}/confirmation", **said)
    assert (confirmed.status_code, confirmed.json()["customer_id"]) == (200, one)
    assert violations(read_model(service.database)) == []


async def test_once_with_an_idempotency_key(service: Service) -> None:
    one, other = await two(service)
    send: dict[str, Any] = {"json": {"absorb": other, **WHY}, "headers": {"Idempotency-Key": "merge-1"}}
    path = f"/v1/customers/{one}/merge"
    answers = await asyncio.gather(*(service.http.post(path, **send) for _ in range(3)))
    answers.append(await service.http.post(path, **send))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["merge"]["id"] for answer in answers}) == 1
    undo: dict[str, Any] = {
        "json": {"merge_id": answers[0].json()["merge"]["id"], **WHY},
        "headers": {"Idempotency-Key": "unmerge-1"},
    }
    undone = [await service.http.post(f"/v1/customers/{one}/unmerge", **undo) for _ in range(2)]
    assert [answer.status_code for answer in undone] == [200, 200]
    timeline = await service.timeline(one)
    assert (timeline.count("customer_absorbed"), timeline.count("customer_separated")) == (1, 1)
    other_body = await service.http.post(path, **{**send, "json": {**send["json"], "force": True}})
    assert problem(other_body) == (422, "idempotency-key-reused")


async def test_refused(service: Service) -> None:
    one, other = await two(service)
    path = f"/v1/customers/{one}/merge"
    asked: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
        (path, {"absorb": one}, (422, "same-customer")),
        (path, {"absorb": "cus_nobody"}, (422, "invalid")),
        ("/v1/customers/cus_nobody/merge", {"absorb": one}, (404, "unknown-customer")),
        (path, {"absorb": other, "owner": "nobody"}, (409, "rep-not-available")),
        (path, {"absorb": other, "fields": {"phones": "loudest"}}, (422, "invalid")),
        (f"/v1/customers/{one}/unmerge", {"merge_id": "mrg_nobody"}, (404, "unknown-merge")),
    ]
    for where, body, expected in asked:
        assert problem(await service.post(where, **{**WHY, **body})) == expected, body
    merged = await merge(service, one, other)
    for survivor, absorbed in ((other, one), (one, other)):
        again = await service.post(f"/v1/customers/{survivor}/merge", absorb=absorbed, **WHY)
        assert problem(again) == (409, "already-merged")
        assert one in again.json()["detail"]
    stranger = (await service.lead(company={"name": "苏州青禾农业有限公司"}, region="CN-SH"))["customer_id"]
    elsewhere = await service.post(f"/v1/customers/{stranger}/unmerge", merge_id=merged["merge"]["id"], **WHY)
    assert problem(elsewhere) == (404, "unknown-merge")
    assert violations(read_model(service.database)) == []


async def test_two_credit_codes_are_merged_only_by_force(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH")
    codes = ("91350100M000100Y43", "91440300708461136T")
    names = ("上海远航科技有限公司", "Harbour Lights Trading Ltd")
    one, other = [
        (await service.lead(company={"name": name, "uscc": code}, region="CN-SH"))["customer_id"]
        for name, code in zip(names, codes, strict=True)
    ]
    preview = (await service.post(f"/v1/customers/{one}/merge/preview", absorb=other, **WHY)).json()
    assert preview["conflicts"] == ["uscc"]
    assert problem(await service.post(f"/v1/customers/{one}/merge", absorb=other, **WHY)) == (
        409,
        "conflicting-identifier",
    )
    merged = await merge(service, one, other, force=True)
    assert merged["customer"]["profile"]["company"]["uscc"] == codes[0]
    assert (await service.lead(company={"name": names[1], "uscc": codes[1]}))["customer_id"] == one
    await unmerge(service, one, merged)
    assert (await service.customer(other))["profile"]["company"]["uscc"] == codes[1]
    assert violations(read_model(service.database)) == []


async def test_a_preview_tells_field_by_field(service: Service) -> None:
    one, other = await two(service)
    body = {"absorb": other, "fields": {"name": "keep_absorbed"}, **WHY}
    preview = await service.post(f"/v1/customers/{one}/merge/preview", **body)
    fields = {field["field"]: field for field in preview.json()["fields"]}
    assert fields["name"] == {
        "field": "name",
        "rule": "keep_absorbed",
        "side": "absorbed",
        "why": "kept",
        "survivor": "上海远航科技有限公司",
        "absorbed": "Harbour Lights Trading Ltd",
        "after": "Harbour Lights Trading Ltd",
    }
    assert (fields["phones"]["side"], fields["phones"]["why"]) == ("survivor", "only_value")
    assert (await service.customer(other))["id"] == other
    merged = await merge(service, one, other, fields={"name": "keep_absorbed"})
    assert merged["customer"]["profile"] == preview.json()["profile"]


async def test_explained(service: Service) -> None:
    one, other = await two(service)
    await merge(service, one, other)
    events = (await service.http.get(f"/v1/customers/{one}/timeline")).json()["items"]
    told = {event["kind"]: event for event in events}
    trace = (await service.http.get(told["customer_merged"]["decision"])).json()["trace"]
    assert {choice["field"] for choice in trace["choices"]} == {"name", "region", "people", "phones", "emails"}
    assert told["customer_absorbed"]["data"]["owner_id"] == "chen.jing"
    assert datetime.fromisoformat(told["customer_merged"]["at"]) <= datetime.fromisoformat(
        told["customer_absorbed"]["at"]
    )
