"""Reports seen through: a lead, a touch or a follow-up for the right customer, once, whatever order they come in."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select, update
from temporalio.service import RPCError, RPCStatusCode

from domain.inbound.becoming import Outcome, Reason
from receiving.processing import Receiver
from store.inbound_steps import InboundSteps
from store.tables import FollowUpRow, InboundReportRow, OutboxRow, TouchRow
from tests.receiving.reporting import MAIL, WANG, Reporting, call


async def test_the_owners_call_is_a_follow_up_and_restarts_the_clock(reporting: Reporting) -> None:
    show = {"name": "广交会", "date": "2026-10-15", "contact": "li.wei"}
    customer_id = await reporting.customer(customer_type="trade_show", show=show)
    before = (await reporting.service.customer(customer_id))["due"]
    connector = await reporting.connector()
    (became,) = await reporting.reported(connector, call())
    assert (became["outcome"], became["reason"], became["customer_id"]) == ("follow_up", "by_the_owner", customer_id)
    assert became["rep_id"] == "li.wei"
    (follow_up,) = reporting.kept(FollowUpRow)
    assert (follow_up.rep_id, follow_up.kind, follow_up.effective) == ("li.wei", "call", True)
    assert follow_up.content.startswith("客户来电，通话 1 分 35 秒（电话系统上报） / The customer called; spoke")
    assert reporting.told(customer_id)[-1] == "follow_up_logged"
    assert (await reporting.service.customer(customer_id))["due"] != before
    assert reporting.kept(TouchRow) == []


async def test_somebody_elses_call_is_a_touch_that_detectors_are_shown(reporting: Reporting) -> None:
    customer_id = await reporting.customer()
    connector = await reporting.connector()
    (became,) = await reporting.reported(connector, call(caller="8002", called=WANG, direction="outbound"))
    assert (became["outcome"], became["reason"], became["rep_id"]) == ("touch", "not_by_the_owner", "li.na")
    (touch,) = reporting.kept(TouchRow)
    assert (touch.customer_id, touch.rep_id, touch.kind, touch.source) == (
        customer_id,
        "li.na",
        "call",
        connector["id"],
    )
    assert touch.data["seconds"] == 95
    assert WANG not in str(touch.data)
    assert reporting.told(customer_id)[-1] == "touch_logged"
    with reporting.service.database.read() as session:
        assert f"{touch.id}:touch_logged" in session.exec(select(OutboxRow.event_id)).all()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_once_one_call_is_one_touch_in_whatever_order_its_ends_come(
    reporting: Reporting, order: tuple[int, int]
) -> None:
    await reporting.customer()
    connector = await reporting.connector()
    ends = [call("call_started", called="8002"), call("call_ended", called="8002")]
    for at in order:
        await reporting.reported(connector, ends[at])
    await reporting.reported(connector, *ends)
    assert [touch.rep_id for touch in reporting.kept(TouchRow)] == ["li.na"]


async def test_a_message_that_answers_the_owner_is_a_follow_up(reporting: Reporting) -> None:
    await reporting.customer()
    connector = await reporting.connector()
    mail = {"kind": "email_seen", "theirs": "Wang+crm@Yuanhang-keji.com", "direction": "inbound", "answer": True}
    became = await reporting.reported(
        connector,
        {**mail, "source_id": "m1", "ours": ["Li.Wei@ours.cn"]},
        {**mail, "source_id": "m2", "ours": ["li.na@ours.cn"]},
        {**mail, "source_id": "m3", "ours": ["li.wei@ours.cn"], "automatic": True},
        {**mail, "source_id": "m4", "ours": ["li.wei@ours.cn"], "answer": False, "direction": "outbound"},
    )
    assert [it["outcome"] for it in became] == ["follow_up", "touch", "nothing", "touch"]
    assert [it.kind for it in reporting.kept(FollowUpRow)] == ["email"]


async def test_an_unknown_number_becomes_a_lead_where_the_connector_says_so(reporting: Reporting) -> None:
    connector = await reporting.connector(unknown="lead")
    (became,) = await reporting.reported(connector, call(caller="+86 139 0013 9000"))
    assert (became["outcome"], became["reason"]) == ("lead", "nobody_known")
    lead = await _settled_lead(reporting, became["lead_id"])
    assert lead["outcome"] == "new_customer"
    customer = await reporting.service.customer(lead["customer_id"])
    assert customer["profile"]["phones"] == ["+8613900139000"]
    (again,) = await reporting.reported(connector, call(call_id="c2", caller="13900139000"))
    assert again["customer_id"] == lead["customer_id"]


async def test_what_a_form_says_is_a_lead(reporting: Reporting) -> None:
    connector = await reporting.connector()
    form = {"kind": "form_filled", "source_id": "form-1", "lead": {"emails": [MAIL], "need": "报价", "region": "CN-GD"}}
    (became,) = await reporting.reported(connector, form)
    lead = await _settled_lead(reporting, became["lead_id"])
    assert (lead["outcome"], became["outcome"]) == ("new_customer", "lead")
    listed = await reporting.service.http.get("/v1/leads", params={"source": connector["id"]})
    assert [it["lead_id"] for it in listed.json()["items"]] == [became["lead_id"]]


async def test_who_is_not_certain_waits_for_a_person(reporting: Reporting) -> None:
    """A fixed line is a house's, so that it makes nobody certain."""
    first = await reporting.service.lead(
        company={"name": "珠江精密机械有限公司"}, phones=["0755-26581234"], region="CN-GD"
    )
    connector = await reporting.connector(unknown="lead")
    (became,) = await reporting.reported(connector, call(caller="0755-26581234"))
    assert (became["state"], became["reason"]) == ("unmatched", "several_possible")
    assert became["candidates"] == [first["customer_id"]]
    (waiting,) = await reporting.unmatched()
    assert waiting["reported"]["caller"] == "0755-26581234"


async def resolved(reporting: Reporting, report_id: str, **said: Any) -> Any:
    return await reporting.service.post(f"/v1/inbound/unmatched/{report_id}/resolution", **said)


async def test_a_person_says_which_customer_it_is(reporting: Reporting) -> None:
    customer_id = await reporting.customer()
    connector = await reporting.connector()
    (became,) = await reporting.reported(connector, call(caller="13700137000"))
    assert (became["state"], became["reason"]) == ("unmatched", "nobody_known")
    said = {"becomes": "customer", "customer_id": customer_id}
    first, second = [await resolved(reporting, became["id"], **said) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    await reporting.settled()
    after = await reporting.report(became["id"])
    assert (after["outcome"], after["customer_id"], after["reported"]) == ("follow_up", customer_id, None)
    assert [it.rep_id for it in reporting.kept(FollowUpRow)] == ["li.wei"]
    assert (await resolved(reporting, became["id"], **said)).status_code == 202
    other = await resolved(reporting, became["id"], becomes="nothing")
    assert (other.status_code, other.json()["type"]) == (409, "urn:oneowner:problem:report-resolved")
    assert await reporting.unmatched() == []


async def test_a_person_makes_it_a_lead_or_nothing(reporting: Reporting) -> None:
    connector = await reporting.connector()
    became = await reporting.reported(connector, call(caller="13700137000"), call(call_id="c2", caller="13700137001"))
    await resolved(reporting, became[0]["id"], becomes="lead", rep_id="li.na")
    dismissed = (await resolved(reporting, became[1]["id"], becomes="nothing")).json()
    assert (dismissed["state"], dismissed["outcome"], dismissed["reason"]) == ("done", "nothing", "dismissed")
    await reporting.settled()
    lead = await reporting.report(became[0]["id"])
    assert (await _settled_lead(reporting, lead["lead_id"]))["outcome"] == "new_customer"


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"becomes": "customer"}, 422, "customer_id"),
        ({"becomes": "lead", "customer_id": "cus_x"}, 422, "customer_id"),
        ({"becomes": "customer", "customer_id": "cus_x"}, 404, None),
        ({"becomes": "lead", "rep_id": "nobody"}, 422, "rep_id"),
        ({"becomes": "sold"}, 422, "becomes"),
    ],
)
async def test_a_word_that_cannot_be_acted_on_is_refused(
    reporting: Reporting, said: dict[str, str], status: int, field: str | None
) -> None:
    connector = await reporting.connector()
    (became,) = await reporting.reported(connector, call(caller="13700137000"))
    answer = await resolved(reporting, became["id"], **said)
    assert answer.status_code == status
    assert [it["field"] for it in answer.json()["errors"]] == ([field] if field else [])


async def test_a_form_that_names_nobody_makes_no_lead(reporting: Reporting) -> None:
    connector = await reporting.connector()
    (became,) = await reporting.reported(
        connector, {"kind": "form_filled", "source_id": "f", "answers": {"电话": "明天"}}
    )
    answer = await resolved(reporting, became["id"], becomes="lead")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:oneowner:problem:report-names-nobody")


async def test_a_merged_customers_calls_go_to_its_survivor(reporting: Reporting) -> None:
    absorbed = await reporting.customer()
    survivor = (
        await reporting.service.lead(
            company={"name": "珠江精密机械有限公司"}, phones=["13900139000"], region="CN-GD", named_contact="li.wei"
        )
    )["customer_id"]
    merge = await reporting.service.post(
        f"/v1/customers/{survivor}/merge", absorb=absorbed, by="li.wei", reason="同一家"
    )
    assert merge.status_code == 200, merge.text
    connector = await reporting.connector()
    (became,) = await reporting.reported(connector, call())
    assert became["customer_id"] == survivor
    assert became["outcome"] in ("follow_up", "touch")


async def test_nothing_lost_while_temporal_is_away(reporting: Reporting, monkeypatch: pytest.MonkeyPatch) -> None:
    await reporting.customer()
    connector = await reporting.connector()

    async def away(*_: object) -> None:
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    with monkeypatch.context() as broken:
        broken.setattr("customer_handle.CustomerHandle.change", away)
        (became,) = await reporting.reported(connector, call())
        assert became["state"] == "waiting"
    await _at_once(reporting)
    assert (await reporting.report(became["id"]))["outcome"] == "follow_up"


async def test_what_only_a_newer_release_understands_waits_and_holds_nothing_up(reporting: Reporting) -> None:
    await reporting.customer()
    connector = await reporting.connector()
    taken = (await reporting.send(connector, call(), call(call_id="c2"))).json()["reports"]
    with reporting.service.database.write() as session:
        session.get_one(InboundReportRow, taken[0]).content = {"kind": "hologram_seen"}
    await reporting.settled()
    assert [(await reporting.report(it))["state"] for it in taken] == ["waiting", "done"]


@pytest.mark.parametrize("outcome", ["follow_up", "lead"])
async def test_once_although_the_process_dies_before_it_writes_that_down(
    reporting: Reporting, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    await reporting.customer()
    connector = await reporting.connector(unknown="lead")

    def dies(*_: object) -> None:
        raise SystemError("killed")

    said = call() if outcome == "follow_up" else call(caller="13700137000")
    with monkeypatch.context() as broken:
        broken.setattr(InboundSteps, "settle", dies)
        answer = await reporting.send(connector, said)
        with pytest.raises(SystemError):
            await reporting.receiver.process(10)
    (report_id,) = answer.json()["reports"]
    if outcome == "lead":
        leads = reporting.service.http.get("/v1/leads", params={"source": connector["id"]})
        while not (await leads).json()["items"]:
            leads = reporting.service.http.get("/v1/leads", params={"source": connector["id"]})
    else:
        await reporting.service.http.put("/v1/reps/li.wei/lines", json={"lines": []})
    await _at_once(reporting)
    assert (await reporting.report(report_id))["outcome"] == outcome
    assert len(reporting.kept(FollowUpRow)) == (outcome == "follow_up")
    assert reporting.kept(TouchRow) == []


async def test_once_although_several_processes_see_it_through(reporting: Reporting) -> None:
    await reporting.customer()
    connector = await reporting.connector()
    reports = [call(call_id=f"c{at}", called="8002" if at % 2 else "8001") for at in range(12)]
    for report in reports:
        await reporting.send(connector, report)
    service = reporting.service
    others = [
        Receiver(service.database, service.policy, service.ids, service.temporal, service.settings.task_queue)
        for _ in range(3)
    ]
    assert sum(await asyncio.gather(*(it.process(5) for it in others))) >= 5
    await reporting.settled()
    assert (len(reporting.kept(FollowUpRow)), len(reporting.kept(TouchRow))) == (6, 6)


async def test_a_time_that_is_still_to_come_is_now(reporting: Reporting) -> None:
    await reporting.customer()
    connector = await reporting.connector()
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    (became,) = await reporting.reported(connector, call(occurred_at=ahead))
    assert became["occurred_at"] == became["received_at"]
    assert became["outcome"] == "follow_up"


async def test_a_follow_up_that_the_customer_does_not_take_is_a_touch(
    reporting: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reporting.customer()
    monkeypatch.setattr("domain.said.may_log", lambda *_: False)
    (became,) = await reporting.reported(await reporting.connector(), call())
    assert (became["outcome"], became["reason"]) == (Outcome.TOUCH, Reason.REFUSED)


async def _settled_lead(reporting: Reporting, lead_id: str) -> dict[str, Any]:
    """A lead once its workflow has answered."""
    while True:
        lead: dict[str, Any] = (await reporting.service.http.get(f"/v1/leads/{lead_id}")).json()
        if lead.get("status") == "settled":
            return lead
        await asyncio.sleep(0.05)


async def _at_once(reporting: Reporting) -> None:
    """See through what waits, without waiting for its time."""
    with reporting.service.database.write() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.connection().execute(update(InboundReportRow).values(next_at=past))
    await reporting.settled()
