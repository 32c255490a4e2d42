"""CollisionCase on a real server: from the moment in which reps met to what was settled, and done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.database import Database
from tests.bureau import KEEP, Bureau, shared_with, to
from tests.invariants import read_model, violations
from tests.people import accepted
from tests.service import running_service

ONE = {"option": "merge", "survivor_id": "cus_another"}


@pytest.fixture
async def bureau(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Bureau]:
    async with running_service(temporal_address, database, tmp_path, relayed=True) as service:
        yield Bureau(service)
    assert violations(read_model(database)) == []


async def test_a_case_opens_proposes_and_freezes(bureau: Bureau) -> None:
    case = await bureau.met()
    (customer,) = case["customers"]
    assert (case["status"], case["reps"], case["asked"]) == ("open", ["li.wei", "xu.na"], ["li.wei", "xu.na"])
    assert (customer["owner_id"], case["detector"]) == ("li.wei", "reported")
    assert case["proposal"]["resolution"] == KEEP
    reasons = {it["rule"]: (it["rep_id"], it["weight"]) for it in case["proposal"]["reasons"]}
    assert reasons["named_contact"] == ("li.wei", 20)
    assert reasons["first_follow_up"] == (None, 30)
    await bureau.until(customer["id"], "assignment_frozen")
    assert (await bureau.service.customer(customer["id"]))["frozen_until"] is not None


async def test_the_reps_agree_in_their_own_words(bureau: Bureau) -> None:
    case = await bureau.met()
    await bureau.until(case["customers"][0]["id"], "assignment_frozen")
    accepted(await bureau.say("li.wei", case["id"], shared_with("xu.na")))
    assert (await bureau.case(case["id"]))["asked"] == ["xu.na"]
    accepted(await bureau.say("xu.na", case["id"], KEEP))
    assert (await bureau.case(case["id"]))["status"] == "open"
    done = await bureau.agree_on(case["id"], shared_with("xu.na", main="li.wei"), ["xu.na"])
    assert (done["status"], done["outcome"], done["settlement"]["level"]) == ("settled", "share", "reps")
    assert sorted(done["settlement"]["by"]) == ["li.wei", "xu.na"]
    customer = await bureau.service.customer(case["customers"][0]["id"])
    assert [(it["rep_id"], it["access"]) for it in customer["shares"]] == [("xu.na", "COLLABORATE")]
    assert (customer["owner"]["id"], customer["frozen_until"]) == ("li.wei", None)
    kinds = [it["kind"] for it in done["timeline"]]
    assert kinds[0] == "reported"
    assert kinds[-1] == "collision_settled"
    told = bureau.told(customer["id"])
    assert [it for it in told if "collision" in it or "assignment" in it or "share" in it] == [
        "collision_opened",
        "collision_proposed",
        "assignment_frozen",
        "collision_position_taken",
        "collision_position_taken",
        "collision_position_taken",
        "collision_settled",
        "share_granted",
        "assignment_thawed",
    ]


async def test_an_agreed_transfer_goes_through_the_chain_of_approval(bureau: Bureau) -> None:
    """The freeze lets what the case asked for pass, and nothing else."""
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    await bureau.until(customer_id, "assignment_frozen")
    other = await bureau.transfer(customer_id, to_id="chen.jing")
    assert (await bureau.agree(other["id"]))["results"][0]["refusal"] == "assignment_frozen"
    for rep_id in ("li.wei", "xu.na"):
        accepted(await bureau.say(rep_id, case["id"], to("xu.na")))
    await bureau.until(customer_id, "approval_requested", 2)
    assert await bureau.owner(customer_id) == "li.wei"
    assert (await bureau.agree(f"{case['id']}.1"))["status"] == "applied"
    done = await bureau.over(case["id"])
    assert (done["status"], done["results"][0]["refusal"]) == ("settled", None)
    assert await bureau.owner(customer_id) == "xu.na"


async def test_what_no_approver_lets_pass_goes_to_the_managers(bureau: Bureau) -> None:
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    for rep_id in ("li.wei", "xu.na"):
        accepted(await bureau.say(rep_id, case["id"], to("xu.na")))
    await bureau.until(customer_id, "approval_requested")
    accepted(await bureau.decide("zhao.min", f"{case['id']}.1", "reject"))
    await bureau.until(customer_id, "collision_escalated")
    again = await bureau.case(case["id"])
    assert (again["status"], again["level"], again["asked"]) == ("open", "managers", ["zhao.min"])
    assert again["results"][0]["refusal"] == "approval_rejected"
    accepted(await bureau.rule("zhao.min", case["id"], KEEP))
    assert (await bureau.over(case["id"]))["outcome"] == "keep"


async def test_reminded_then_the_manager_decides(bureau: Bureau) -> None:
    case = await bureau.met()
    customer_id = case["customers"][0]["id"]
    early = await bureau.rule("zhao.min", case["id"], to("xu.na"))
    assert (early.status_code, early.json()["type"]) == (403, "urn:oneowner:problem:not-asked")
    await bureau.to_level(case["id"], "managers")
    assert "collision_reminded" in bureau.told(customer_id)
    asked = await bureau.case(case["id"])
    assert (asked["level"], asked["asked"]) == ("managers", ["zhao.min"])
    accepted(await bureau.rule("zhao.min", case["id"], to("xu.na")))
    done = await bureau.over(case["id"])
    assert (done["outcome"], done["settlement"]["via_approval"]) == ("transfer", False)
    assert await bureau.owner(customer_id) == "xu.na"


async def test_two_managers_who_do_not_agree(bureau: Bureau) -> None:
    """An administrator decides then; one who stands for nobody has no part in it."""
    bureau.administrator()
    case = await bureau.met("chen.jing")
    await bureau.to_level(case["id"], "managers")
    accepted(await bureau.rule("zhao.min", case["id"], KEEP))
    accepted(await bureau.rule("sun.hao", case["id"], to("chen.jing")))
    asked = await bureau.case(case["id"])
    assert (asked["level"], asked["asked"]) == ("administrators", ["wang.fang"])
    accepted(await bureau.rule(None, case["id"], to("chen.jing")))
    done = await bureau.over(case["id"])
    assert (done["outcome"], done["settlement"]["level"]) == ("transfer", "administrators")


async def test_two_managers_who_agree(bureau: Bureau) -> None:
    case = await bureau.met("chen.jing")
    await bureau.to_level(case["id"], "managers")
    for manager in ("zhao.min", "sun.hao"):
        accepted(await bureau.rule(manager, case["id"], shared_with("li.wei", main="chen.jing")))
    done = await bureau.over(case["id"])
    assert [it["what"] for it in done["results"]] == ["transfer", "grant_share"]
    customer = await bureau.service.customer(case["customers"][0]["id"])
    assert customer["owner"]["id"] == "chen.jing"
    assert ("li.wei", "COLLABORATE") in [(it["rep_id"], it["access"]) for it in customer["shares"]]


async def test_nobody_decides_and_the_owner_stays(bureau: Bureau) -> None:
    case = await bureau.met()
    await bureau.service.let_pass(case["id"], timedelta(days=60))
    done = await bureau.over(case["id"])
    assert (done["outcome"], done["settlement"]["level"]) == ("keep", None)
    kinds = bureau.told(case["customers"][0]["id"])
    assert [it for it in kinds if it in ("collision_reminded", "collision_escalated", "collision_settled")] == [
        "collision_reminded",
        "collision_escalated",
        "collision_reminded",
        "collision_escalated",
        "collision_reminded",
        "collision_settled",
    ]


async def test_an_appeal_reopens_it_once(bureau: Bureau) -> None:
    bureau.administrator()
    case = await bureau.met()
    await bureau.to_level(case["id"], "managers")
    accepted(await bureau.rule("zhao.min", case["id"], to("xu.na")))
    await bureau.over(case["id"])
    path = f"/v1/collisions/{case['id']}/appeal"
    assert (await bureau.call("zhao.min", "POST", path, reason="不公平")).status_code == 403
    again = accepted(await bureau.call("li.wei", "POST", path, reason="是我先拜访的"))
    assert (again["status"], again["level"], again["asked"]) == ("open", "administrators", ["wang.fang"])
    assert again["appeal"]["against"]["resolution"] == to("xu.na")
    assert (await bureau.rule("zhao.min", case["id"], KEEP)).status_code == 403
    accepted(await bureau.rule(None, case["id"], to("li.wei")))
    done = await bureau.over(case["id"])
    assert (done["outcome"], await bureau.owner(case["customers"][0]["id"])) == ("transfer", "li.wei")
    late = await bureau.call("xu.na", "POST", path, reason="再议")
    assert (late.status_code, late.json()["type"]) == (409, "urn:oneowner:problem:already-appealed")


async def test_a_false_alarm_costs_one_click(bureau: Bureau) -> None:
    case = await bureau.met()
    assert (await bureau.call("xu.na", "POST", f"/v1/collisions/{case['id']}/dismissal")).status_code == 403
    accepted(await bureau.call("li.wei", "POST", f"/v1/collisions/{case['id']}/dismissal"))
    done = await bureau.over(case["id"])
    assert (done["status"], done["outcome"]) == ("dismissed", "dismissed")
    customer = await bureau.service.customer(case["customers"][0]["id"])
    assert customer["frozen_until"] is None


@pytest.mark.parametrize(
    ("by", "path", "body", "status", "problem"),
    [
        ("chen.jing", "positions", {"resolution": KEEP, "words": "…好"}, 404, "not-found"),
        ("zhao.min", "positions", {"resolution": KEEP, "words": "好"}, 403, "not-a-party"),
        ("xu.na", "resolution", {"resolution": to("xu.na"), "words": "归我"}, 403, "four-eyes"),
        ("li.wei", "positions", {"resolution": to("chen.jing"), "words": "给她"}, 422, "outside-the-case"),
        ("li.wei", "positions", {"resolution": to("li.wei"), "words": "归我"}, 409, "already-the-owner"),
        ("li.wei", "positions", {"resolution": {"option": "split"}, "words": "分"}, 422, "resolution-incomplete"),
        ("li.wei", "positions", {"resolution": shared_with("li.wei"), "words": "分"}, 409, "owner-cannot-share"),
        (None, "resolution", {"resolution": ONE, "words": "合"}, 409, "nothing-to-merge"),
        ("li.wei", "acknowledgement", {}, 409, "not-a-risk"),
        ("li.wei", "appeal", {"reason": "不服"}, 409, "case-not-settled"),
    ],
)  # fmt: skip
async def test_what_is_refused_is_kept(
    bureau: Bureau, by: str | None, path: str, body: dict[str, Any], status: int, problem: str
) -> None:
    """Invariant four_eyes, among others."""
    case = await bureau.met()
    answer = await bureau.call(by, "POST", f"/v1/collisions/{case['id']}/{path}", **body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:oneowner:problem:{problem}"), answer.text
    refusals = [it["refusal"] for it in (await bureau.case(case["id"]))["timeline"] if it["refusal"]]
    assert refusals == ([] if status == 404 else [problem.replace("-", "_")])
