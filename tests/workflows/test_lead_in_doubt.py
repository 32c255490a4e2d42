"""A lead in doubt on a real server, with the shipped policy: 24, 48 and 120 hours are hours."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import Replayer

from domain.policy import ConfirmationDefault, Policy
from store.database import Database
from tests.examples import POLICY
from tests.invariants import read_model, violations
from tests.service import Service, running_service
from worker import RUNNER, WORKFLOWS

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LINE = {"phones": ["0755-26581234"], "region": "CN-GD"}
KNOWN = {"company": {"name": "深圳市西溪软件有限公司"}, **LINE}
DOUBT = {"company": {"name": "深圳市青禾农业有限公司"}, "emails": ["he@qinghe-farm.com"], **LINE}


def with_default(default: ConfirmationDefault) -> Policy:
    """The shipped policy but for what it does when time is up."""
    return POLICY.model_copy(update={"confirmation": POLICY.confirmation.model_copy(update={"default": default})})


@pytest.fixture
async def deciding(
    request: pytest.FixtureRequest, temporal_address: str, database: Database, tmp_path: Path
) -> AsyncIterator[Service]:
    """A service whose policy decides in people's stead, in the way that the test says."""
    policy = with_default(request.param)
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        yield service


async def in_doubt(service: Service, **fields: Any) -> tuple[str, dict[str, Any]]:
    """A customer of li.wei, whose team zhang.wei leads, and a lead that may be the same or not."""
    await service.rep("zhang.wei")
    await service.post("/v1/teams", id="south", name="华南组", manager_id="zhang.wei")
    await service.rep("li.wei", "CN-GD", team_id="south")
    customer_id: str = (await service.lead(**KNOWN))["customer_id"]
    doubt = await service.lead(**{**DOUBT, **fields})
    assert (doubt["status"], [one["id"] for one in doubt["candidates"]]) == ("waiting", [customer_id])
    return customer_id, doubt


async def kinds(service: Service, lead: dict[str, Any]) -> list[str]:
    """What happened to a lead, in order, by kind."""
    return [event["kind"] for event in await service.lead_events(lead["lead_id"])]


async def view(service: Service, lead: dict[str, Any]) -> dict[str, Any]:
    """A lead as it stands."""
    found: dict[str, Any] = (await service.http.get(f"/v1/leads/{lead['lead_id']}")).json()
    return found


async def settled(service: Service, lead: dict[str, Any]) -> dict[str, Any]:
    """A lead once it is settled, which must be soon."""
    async with asyncio.timeout(30):
        while (found := await view(service, lead))["status"] != "settled":
            await asyncio.sleep(0.05)
    return found


async def test_reminded_escalated_and_kept_waiting_each_at_its_hour(service: Service) -> None:
    _, lead = await in_doubt(service)
    assert lead["asked"] == ["li.wei"]
    assert [due["stage"] for due in lead["due"]] == ["reminded", "escalated", "time_up"]
    await service.let_pass(lead["lead_id"], 24 * HOUR - MINUTE)
    assert await kinds(service, lead) == ["received", "asked"]
    await service.let_pass(lead["lead_id"], 2 * MINUTE)
    assert await kinds(service, lead) == ["received", "asked", "reminded"]
    await service.let_pass(lead["lead_id"], 24 * HOUR)
    found = await view(service, lead)
    assert (found["asked"], [due["stage"] for due in found["due"]]) == (["zhang.wei"], ["time_up"])
    await service.let_pass(lead["lead_id"], 72 * HOUR)
    events = await service.lead_events(lead["lead_id"])
    assert [event["kind"] for event in events] == ["received", "asked", "reminded", "escalated", "time_up"]
    first, *_ = (datetime.fromisoformat(event["at"]) for event in events)
    for event, hours in zip(events[2:], (24, 48, 120), strict=True):
        assert timedelta() <= datetime.fromisoformat(event["at"]) - first - hours * HOUR < MINUTE
        decision = (await service.http.get(event["decision"])).json()
        assert decision["policy_version"] == service.policy.fingerprint
    await service.let_pass(lead["lead_id"], timedelta(days=2000))
    found = await view(service, lead)
    assert (found["status"], found["asked"], found["due"]) == ("waiting", ["zhang.wei"], [])
    assert (await service.confirm(lead["lead_id"], answer="new", by="zhang.wei"))["outcome"] == "new_customer"
    assert violations(read_model(service.database)) == []


@pytest.mark.parametrize("deciding", [ConfirmationDefault.BEST_CANDIDATE], indirect=True)
async def test_by_default_it_joins_the_likeliest_customer_whose_record_stays_as_it_is(deciding: Service) -> None:
    customer_id, lead = await in_doubt(deciding, named_contact="zhang.wei")
    before = await deciding.customer(customer_id)
    await deciding.let_pass(lead["lead_id"], 121 * HOUR)
    found = await settled(deciding, lead)
    assert (found["outcome"], found["customer_id"]) == ("duplicate", customer_id)
    assert found["reason"] == "default_when_time_was_up"
    assert (await kinds(deciding, lead))[-2:] == ["time_up", "settled"]
    assert await deciding.customer(customer_id) == before
    assert (await deciding.timeline(customer_id))[-1] == "lead_received"
    trace = (await deciding.http.get(found["decision"])).json()["trace"]
    assert trace["identification"]["reason"] == "default_when_time_was_up"
    assert (trace["default"]["rule"], trace["default"]["by"]) == ("best_candidate", "system")
    assert [one["id"] for one in trace["default"]["candidates"]] == [customer_id]
    assert "confirmation" not in trace, "what nobody said is nothing to learn from"


@pytest.mark.parametrize("deciding", [ConfirmationDefault.NEW], indirect=True)
async def test_by_default_it_is_a_new_customer(deciding: Service) -> None:
    customer_id, lead = await in_doubt(deciding)
    beside = await deciding.lead(company=DOUBT["company"], region="CN-GD", emails=["he@qinghe-farm.com"])
    assert beside["status"] == "waiting"
    await deciding.let_pass(lead["lead_id"], 121 * HOUR)
    found = await settled(deciding, lead)
    assert (found["outcome"], found["reason"]) == ("new_customer", "default_when_time_was_up")
    assert found["customer_id"] != customer_id
    assert (await settled(deciding, beside))["customer_id"] == found["customer_id"]
    assert violations(read_model(deciding.database)) == []


@pytest.mark.parametrize("deciding", [ConfirmationDefault.NEW], indirect=True)
async def test_one_customer_a_default_takes_no_identifier_away(deciding: Service) -> None:
    """Two customers each hold one of its strong identifiers: by default it joins one, and is never a third."""
    await deciding.rep("li.wei", "CN-GD")
    one = await deciding.lead(company=KNOWN["company"], phones=["13800138000"], region="CN-GD")
    other = await deciding.lead(company={"name": "Nanshan Trading Co., Ltd."}, emails=["a@nanshan-trading.com"])
    lead = await deciding.lead(phones=["13800138000"], emails=["a@nanshan-trading.com"])
    assert lead["reason"] == "several_customers"
    await deciding.let_pass(lead["lead_id"], 121 * HOUR)
    assert (await settled(deciding, lead))["customer_id"] in (one["customer_id"], other["customer_id"])
    assert len((await deciding.http.get("/v1/customers")).json()["items"]) == 2
    assert violations(read_model(deciding.database)) == []


@pytest.mark.parametrize("deciding", [ConfirmationDefault.BEST_CANDIDATE], indirect=True)
async def test_once_a_word_in_the_moment_when_time_is_up(deciding: Service) -> None:
    """One outcome, whoever was first, and everybody is told the same."""
    customer_id, lead = await in_doubt(deciding)
    await deciding.let_pass(lead["lead_id"], 120 * HOUR - MINUTE)
    _, word = await asyncio.gather(
        deciding.let_pass(lead["lead_id"], 2 * MINUTE),
        deciding.confirm(lead["lead_id"], answer="new", by="li.wei"),
    )
    found = await settled(deciding, lead)
    told = {(answer["outcome"], answer["customer_id"], answer["reason"]) for answer in (word, found)}
    assert len(told) == 1
    assert (found["customer_id"] == customer_id) == (found["reason"] == "default_when_time_was_up")
    happened = await kinds(deciding, lead)
    assert happened.count("settled") == 1
    assert ("answered" in happened) != ("time_up" in happened)
    assert violations(read_model(deciding.database)) == []


async def test_unsure_asks_the_manager_at_once_whose_word_counts(service: Service) -> None:
    customer_id, lead = await in_doubt(service)
    waiting = await service.confirm(lead["lead_id"], answer="unsure", by="li.wei", comment="名字像，电话是总机")
    assert (waiting["status"], waiting["asked"]) == ("waiting", ["zhang.wei"])
    assert [due["stage"] for due in waiting["due"]] == ["time_up"]
    assert await service.confirm(lead["lead_id"], answer="unsure", by="li.wei") == waiting
    for asked, ids in (("zhang.wei", [lead["lead_id"]]), ("li.wei", [])):
        listed = (await service.http.get("/v1/leads", params={"asked": asked})).json()["items"]
        assert [one["lead_id"] for one in listed] == ids
    await service.let_pass(lead["lead_id"], 100 * HOUR)
    assert await kinds(service, lead) == ["received", "asked", "unsure"]
    word = await service.confirm(lead["lead_id"], answer="same", customer_id=customer_id, by="zhang.wei")
    assert (word["outcome"], word["asked"], word["due"]) == ("duplicate", [], [])
    assert await kinds(service, lead) == ["received", "asked", "unsure", "answered", "settled"]
    assert (await service.http.get("/v1/leads", params={"asked": "zhang.wei"})).json()["items"] == []
    late = await service.confirm(lead["lead_id"], answer="unsure", by="li.wei")
    assert late["customer_id"] == customer_id
    assert violations(read_model(service.database)) == []


@pytest.mark.parametrize("answer", ["new", "unsure"])
async def test_only_an_active_rep_may_answer(service: Service, answer: str) -> None:
    _, lead = await in_doubt(service)
    await service.rep("gone")
    await service.post("/v1/reps/gone/deactivate")
    path = f"/v1/leads/{lead['lead_id']}/confirmation"
    for by, status, problem in (("nobody", 422, "unknown-rep"), ("gone", 409, "rep-not-available")):
        refused = await service.post(path, answer=answer, by=by)
        assert (refused.status_code, refused.json()["type"]) == (status, f"urn:oneowner:problem:{problem}")
    assert await kinds(service, lead) == ["received", "asked"]


async def test_an_identical_lead_waits_too_and_is_settled_with_it(service: Service) -> None:
    customer_id, lead = await in_doubt(service)
    again = await service.lead(**DOUBT)
    assert (again["status"], again["asked"]) == ("waiting", ["li.wei"])
    await service.confirm(lead["lead_id"], answer="same", customer_id=customer_id, by="li.wei")
    found = await settled(service, again)
    assert (found["outcome"], found["customer_id"]) == ("duplicate", customer_id)
    assert await kinds(service, again) == ["received", "asked", "settled"]


async def test_the_trace_of_a_word_holds_what_calibration_learns_from(service: Service) -> None:
    customer_id, lead = await in_doubt(service)
    word = await service.confirm(lead["lead_id"], answer="new", by="li.wei", comment="打过电话，不是一家")
    said = (await service.http.get(word["decision"])).json()["trace"]["confirmation"]
    assert (said["answer"], said["customer_id"], said["by"]) == ("new", None, "li.wei")
    [candidate] = said["candidates"]
    assert candidate["id"] == customer_id
    assert 0 <= candidate["probability"] <= 1
    assert "comment" not in said
    answered = next(event for event in await service.lead_events(lead["lead_id"]) if event["kind"] == "answered")
    assert answered["data"]["comment"] == "打过电话，不是一家"


@pytest.mark.parametrize(("language", "text"), [("zh-CN", "电话相同"), ("en", "The same phone number")])
async def test_whoever_confirms_sees_what_speaks_for_and_against(service: Service, language: str, text: str) -> None:
    _, lead = await in_doubt(service)
    shown = await service.http.get(f"/v1/leads/{lead['lead_id']}", headers={"Accept-Language": language})
    [candidate] = shown.json()["candidates"]
    evidence = {one["feature"]: one for one in candidate["evidence"]}
    assert evidence["phone"]["text"] == text
    assert evidence["phone"]["adds"] > 0
    assert any(one["adds"] < 0 for one in evidence.values())
    assert all(reason["text"] for reason in candidate["reasons"])


async def test_replayable_after_every_turn_of_a_wait(service: Service) -> None:
    """A worker that takes over from another one replays; so it may be killed at any of these moments."""
    customer_id, lead = await in_doubt(service)
    handle = service.temporal.get_workflow_handle(lead["lead_id"])
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=service.temporal.data_converter)
    for hours in (25, 24):
        await service.let_pass(lead["lead_id"], hours * HOUR)
        await replayer.replay_workflow(await handle.fetch_history())
    await service.confirm(lead["lead_id"], answer="unsure", by="zhang.wei")
    await replayer.replay_workflow(await handle.fetch_history())
    await service.confirm(lead["lead_id"], answer="same", customer_id=customer_id, by="zhang.wei")
    await handle.result()
    await replayer.replay_workflow(await handle.fetch_history())
