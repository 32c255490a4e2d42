"""What happens to customers and people while a case about them is open: no case comes to a dead end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.policy_file import parse_policy
from domain.touch import TouchKind
from store.database import Database
from store.touches import record_touch
from tests.bureau import KEEP, Bureau, shared_with, to
from tests.examples import edited, firm
from tests.importing import ask, csv_of, lines, row, send
from tests.invariants import read_model, violations
from tests.people import accepted
from tests.service import running_service

TEN_DAYS = parse_policy(edited({"clocks.stand_lead.days": 10}))
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": "li.wei"}
STAND = {"customer_type": "trade_show", "show": SHOW}


@pytest.fixture
async def bureau(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Bureau]:
    async with running_service(temporal_address, database, tmp_path, policy=TEN_DAYS, relayed=True) as service:
        yield Bureau(service)
    assert violations(read_model(database)) == []


async def merge(bureau: Bureau, absorbed_id: str, survivor_id: str) -> str:
    body = {"absorb": absorbed_id, "reason": "同一家公司", "by": "zhao.min"}
    answer = await bureau.call(None, "POST", f"/v1/customers/{survivor_id}/merge", **body)
    merge_id: str = accepted(answer)["merge"]["id"]
    return merge_id


async def test_the_freeze_is_held_against_a_clock_that_expires(bureau: Bureau) -> None:
    """And once the case is settled, what was held runs out."""
    customer_id = await bureau.customer(**STAND)
    case = await bureau.met(customer_id=customer_id)
    await bureau.until(customer_id, "assignment_frozen")
    await bureau.service.let_pass(customer_id, timedelta(days=11))
    assert bureau.told(customer_id)[-1] == "recycling_held"
    assert await bureau.owner(customer_id) == "li.wei"
    accepted(await bureau.rule(None, case["id"], KEEP))
    await bureau.until(customer_id, "reassigned")


async def test_no_freeze_lasts_longer_than_the_policy_says(bureau: Bureau) -> None:
    customer_id = await bureau.customer(**STAND)
    await bureau.met(customer_id=customer_id)
    await bureau.until(customer_id, "assignment_frozen")
    await bureau.service.let_pass(customer_id, timedelta(days=31))
    told = bureau.told(customer_id)
    assert told[told.index("recycling_held") + 1] == "reassigned"


async def test_nobody_new_gets_a_frozen_customer(bureau: Bureau) -> None:
    """It may be given back to the pool, out of which nobody takes it, and then the case gives it to somebody."""
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    await bureau.until(customer_id, "assignment_frozen")
    path = f"/v1/customers/{customer_id}"
    accepted(await bureau.call("li.wei", "POST", f"{path}/release", rep_id="li.wei", reason="不做了"))
    claim = await bureau.call("xu.na", "POST", f"{path}/claim", rep_id="xu.na")
    assert (claim.status_code, claim.json()["type"]) == (409, "urn:oneowner:problem:assignment-frozen")
    await bureau.service.lead(company={"name": firm(0)}, region="CN-GD", named_contact="xu.na")
    assert await bureau.owner(customer_id) is None
    accepted(await bureau.rule(None, case["id"], to("xu.na")))
    assert (await bureau.over(case["id"]))["status"] == "settled"
    assert await bureau.owner(customer_id) == "xu.na"


async def test_a_lead_that_names_another_changes_no_frozen_owner(bureau: Bureau) -> None:
    customer_id = await bureau.customer()
    await bureau.met(customer_id=customer_id)
    await bureau.until(customer_id, "assignment_frozen")
    await bureau.service.lead(company={"name": firm(0)}, region="CN-GD", named_contact="xu.na")
    assert await bureau.owner(customer_id) == "li.wei"


async def test_a_customer_that_is_merged_meanwhile_is_followed(bureau: Bureau) -> None:
    """And one that is taken apart again is the case's as before."""
    survivor_id, absorbed_id = await bureau.customer(1, "xu.na"), await bureau.customer(0)
    case = await bureau.met(customer_id=absorbed_id)
    await bureau.until(absorbed_id, "assignment_frozen")
    merge_id = await merge(bureau, absorbed_id, survivor_id)
    assert (await bureau.service.customer(survivor_id))["frozen_until"] is not None
    assert [it["id"] for it in (await bureau.case(case["id"]))["customers"]] == [survivor_id]
    body = {"merge_id": merge_id, "reason": "并错了", "by": "zhao.min"}
    accepted(await bureau.call(None, "POST", f"/v1/customers/{absorbed_id}/unmerge", **body))
    async with asyncio.timeout(30):  # whether or not the case had looked at the merge before it was undone
        while (await bureau.service.customer(absorbed_id))["frozen_until"] is None:
            await asyncio.sleep(0.05)
    assert [it["id"] for it in (await bureau.case(case["id"]))["customers"]] == [absorbed_id]
    accepted(await bureau.rule(None, case["id"], to("xu.na")))
    assert (await bureau.over(case["id"]))["status"] == "settled"
    assert [await bureau.owner(it) for it in (absorbed_id, survivor_id)] == ["xu.na", "xu.na"]
    assert [(await bureau.service.customer(it))["frozen_until"] for it in (absorbed_id, survivor_id)] == [None, None]


async def test_a_case_that_goes_on_with_the_survivor(bureau: Bureau) -> None:
    survivor_id, absorbed_id = await bureau.customer(1, "xu.na"), await bureau.customer(0)
    case = await bureau.met(customer_id=absorbed_id)
    await merge(bureau, absorbed_id, survivor_id)
    done = await bureau.agree_on(case["id"], shared_with("li.wei"), ["li.wei", "xu.na"])
    assert done["status"] == "settled"
    customer = await bureau.service.customer(survivor_id)
    assert (customer["frozen_until"], [it["rep_id"] for it in customer["shares"]]) == (None, ["li.wei"])


async def test_two_customers_that_are_one_are_merged(bureau: Bureau) -> None:
    one, other = await bureau.customer(0), await bureau.customer(1, "xu.na")
    case = await bureau.met(customer_id=one)
    await bureau.also(case["id"], other)
    resolution = {"option": "merge", "survivor_id": one, "owner_id": "li.wei"}
    accepted(await bureau.rule(None, case["id"], resolution))
    done = await bureau.over(case["id"])
    assert (done["status"], done["results"][0]["refusal"]) == ("settled", None)
    assert (await bureau.service.customer(other))["id"] == one
    assert (await bureau.service.customer(one))["frozen_until"] is None


async def test_split_by_product_line(bureau: Bureau) -> None:
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    lines = [{"products": "机床", "rep_id": "li.wei"}, {"products": "刀具", "rep_id": "xu.na"}]
    await bureau.agree_on(case["id"], {"option": "split", "lines": lines}, ["li.wei", "xu.na"])
    customer = await bureau.service.customer(customer_id)
    assert (customer["owner"]["id"], [it["rep_id"] for it in customer["shares"]]) == ("li.wei", ["xu.na"])
    timeline = accepted(await bureau.call(None, "GET", f"/v1/customers/{customer_id}/timeline"))["items"]
    (settled,) = [it["data"] for it in timeline if it["kind"] == "collision_settled"]
    assert settled["resolution"]["lines"] == lines


async def test_a_rep_who_leaves_overtakes_the_case(bureau: Bureau) -> None:
    """Nobody stands in anybody's way any more; whoever left keeps no customer, frozen or not."""
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    await bureau.until(customer_id, "assignment_frozen")
    accepted(await bureau.call(None, "POST", "/v1/reps/li.wei/deactivate"))
    done = await bureau.over(case["id"])
    assert (done["status"], done["outcome"]) == ("overtaken", "overtaken")
    await bureau.until(customer_id, "owner_assigned", 2)
    await bureau.until(customer_id, "assignment_thawed")
    assert await bureau.owner(customer_id) not in (None, "li.wei")


async def test_two_cases_on_one_customer_that_became_one(bureau: Bureau) -> None:
    """Each is settled; what the second would do is done to the customer as it is by then."""
    one, other = await bureau.customer(0), await bureau.customer(1, "chen.jing")
    first, second = await bureau.met(customer_id=one), await bureau.met("li.wei", customer_id=other, by=None)
    assert first["id"] != second["id"]
    await merge(bureau, other, one)
    for case, owner in ((first, "xu.na"), (second, "chen.jing")):
        accepted(await bureau.rule(None, case["id"], to(owner)))
        assert (await bureau.over(case["id"]))["status"] == "settled"
    customer = await bureau.service.customer(one)
    assert (customer["owner"]["id"], customer["frozen_until"]) == ("chen.jing", None)


async def test_an_import_is_not_undone_where_reps_have_met(bureau: Bureau) -> None:
    """Customers that are in a case, or that somebody was in touch with, stay; the others are taken back."""
    rows = [row(firm(number), 手机号=f"1390013900{number}", 省份="广东") for number in range(3)]
    view = await send(bureau.service, csv_of(rows))
    await ask(bureau.service, view["id"], "confirm")
    met, touched, _ = [it["customer_id"] for it in await lines(bureau.service, view["id"])]
    case = await bureau.met("li.wei", "xu.na", customer_id=met, by=None)
    now = datetime.now(UTC)
    with bureau.service.database.write() as session:
        record_touch(
            session,
            id="t1",
            customer_id=touched,
            rep_id="xu.na",
            kind=TouchKind.CALL,
            source="pbx",
            occurred_at=now,
            at=now,
        )
    await ask(bureau.service, view["id"], "undo")
    assert [it["state"] for it in await lines(bureau.service, view["id"])] == ["left", "left", "undone"]
    accepted(await bureau.rule(None, case["id"], KEEP))
    assert (await bureau.over(case["id"]))["status"] == "settled"


async def test_reported_twice_it_is_one_case(bureau: Bureau) -> None:
    """Invariant once; and what is seen again joins the case that is open."""
    customer_id = await bureau.customer()
    body = {"customer_id": customer_id, "reason": "客户说还有别人在联系"}
    headers = {"Idempotency-Key": "r1"}
    first, again = [
        accepted(await bureau.service.http.post("/v1/collisions", json=body | {"rep_ids": ["xu.na"]}, headers=headers))
        for _ in range(2)
    ]
    joined = accepted(await bureau.call("chen.jing", "POST", "/v1/collisions", **body))
    assert {first["id"], again["id"], joined["id"]} == {first["id"]}
    await bureau.until(customer_id, "collision_seen_again")
    case = await bureau.case(first["id"])
    assert case["reps"] == ["li.wei", "xu.na", "chen.jing"]
    assert [it["kind"] for it in case["timeline"]].count("reported") == 2


async def test_killed_and_started_again(temporal_address: str, database: Database, tmp_path: Path) -> None:
    """Whatever a process leaves undone, the next one does, once."""
    async with running_service(temporal_address, database, tmp_path, relayed=True) as service:
        bureau = Bureau(service)
        case = await bureau.met()
        accepted(await bureau.say("li.wei", case["id"], shared_with("xu.na")))
    queue = service.settings.task_queue
    async with running_service(
        temporal_address, database, tmp_path, relayed=True, task_queue=queue, ids=service.ids
    ) as restarted:
        bureau.service = restarted
        accepted(await bureau.say("xu.na", case["id"], shared_with("xu.na")))
        done = await bureau.over(case["id"])
    assert (done["status"], done["outcome"]) == ("settled", "share")
    assert violations(read_model(database)) == []
