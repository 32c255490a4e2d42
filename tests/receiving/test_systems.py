"""Systems as they report: in their own form, in any order, again and again; the same comes of it."""

import base64
import hashlib
import hmac
import json
import random
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlmodel import select

from domain.inbound.signatures import twilio
from store.tables import FollowUpRow, InboundReportRow, TouchRow
from tests.receiving.reporting import MAIL, WANG, Reporting, call

PUBLIC = "https://crm.example.com/calls"


async def rung(reporting: Reporting, connector: dict[str, Any], status: str, **fields: str) -> httpx.Response:
    """A status callback as Twilio sends it."""
    form = {"CallSid": "CA1", "CallStatus": status, "From": WANG, "To": "8001", "Direction": "inbound", **fields}
    mark = twilio("auth-token", PUBLIC, list(form.items()))
    headers = {"X-Twilio-Signature": mark, "Authorization": "", "Content-Type": "application/x-www-form-urlencoded"}
    return await reporting.service.http.post(connector["path"], content=urlencode(form), headers=headers)


async def test_a_whole_call_at_twilio_is_one_follow_up(reporting: Reporting) -> None:
    customer_id = await reporting.customer()
    connector = await reporting.connector("twilio", "auth-token", url=PUBLIC)
    for status in ("initiated", "ringing", "in-progress", "completed", "completed"):
        answer = await rung(reporting, connector, status, **({"CallDuration": "95"} if status == "completed" else {}))
        assert answer.status_code in (200, 202), answer.text
        await reporting.settled()
    assert [(it.customer_id, it.rep_id) for it in reporting.kept(FollowUpRow)] == [(customer_id, "li.wei")]
    assert reporting.kept(TouchRow) == []


async def test_a_forwarded_call_is_the_reps_who_took_it(reporting: Reporting) -> None:
    """The leg that Twilio dials to a rep is called outbound, although the customer called."""
    await reporting.customer()
    connector = await reporting.connector("twilio", "auth-token", url=PUBLIC)
    said = {"To": "client:8002", "Direction": "outbound-dial", "CallDuration": "40"}
    await rung(reporting, connector, "completed", **said)
    await reporting.settled()
    assert [(it.rep_id, it.data["reason"]) for it in reporting.kept(TouchRow)] == [("li.na", "not_by_the_owner")]


@pytest.mark.parametrize("number", ["anonymous", "Restricted", "unknown", "+266696687"])
async def test_a_withheld_number_is_nobodys(reporting: Reporting, number: str) -> None:
    connector = await reporting.connector("twilio", "auth-token", url=PUBLIC, unknown="lead")
    answer = await rung(reporting, connector, "completed", From=number, CallDuration="40")
    await reporting.settled()
    (report_id,) = answer.json()["reports"]
    assert (await reporting.report(report_id))["outcome"] in ("nothing", "lead")
    assert reporting.kept(TouchRow) == []


async def test_a_form_at_typeform_is_a_lead_and_the_same_customers_is_found(reporting: Reporting) -> None:
    customer_id = await reporting.customer()
    connector = await reporting.connector("typeform")
    answer = {"type": "email", "email": MAIL.upper(), "field": {"id": "q1", "type": "email"}}
    body = json.dumps({"event_type": "form_response", "form_response": {"token": "t1", "answers": [answer]}}).encode()
    mark = base64.b64encode(hmac.new(connector["secret"].encode(), body, hashlib.sha256).digest()).decode()
    headers = {"Typeform-Signature": f"sha256={mark}", "Authorization": ""}
    sent = [await reporting.service.http.post(connector["path"], content=body, headers=headers) for _ in range(2)]
    assert [it.status_code for it in sent] == [202, 200]
    await reporting.settled()
    lead_id = (await reporting.report(sent[0].json()["reports"][0]))["lead_id"]
    lead = (await reporting.service.http.get(f"/v1/leads/{lead_id}")).json()
    while lead.get("status") != "settled":
        lead = (await reporting.service.http.get(f"/v1/leads/{lead_id}")).json()
    assert (lead["outcome"], lead["customer_id"]) == ("duplicate", customer_id)


def calls() -> list[dict[str, Any]]:
    """Twelve calls of several lengths, to the owner and to somebody else, each with its beginning and its end."""
    reports = []
    for number in range(12):
        who = {"call_id": f"c{number}", "called": "8002" if number % 3 == 0 else "8001"}
        reports += [call("call_started", **who), call(**who, seconds=number * 10, answered=number != 11)]
    return reports


@pytest.mark.parametrize("seed", range(3))
async def test_once_in_whatever_order_and_however_often(reporting: Reporting, seed: int) -> None:
    """A third of the reports come twice, ends come before beginnings, some are seen through in between."""
    chance = random.Random(seed)
    await reporting.customer()
    connector = await reporting.connector()
    reports = calls()
    reports += chance.sample(reports, len(reports) // 3)
    chance.shuffle(reports)
    while reports:
        some, reports = reports[: chance.randint(1, 6)], reports[6:]
        assert (await reporting.send(connector, *some)).status_code in (200, 202)
        if chance.random() < 0.5:
            await reporting.receiver.process(3)
    await reporting.send(connector, *calls())
    await reporting.settled()
    follow_ups = Counter(it.rep_id for it in reporting.kept(FollowUpRow))
    touches = Counter((it.rep_id, it.kind) for it in reporting.kept(TouchRow))
    assert follow_ups == {"li.wei": sum(1 for n in range(12) if n % 3 and 10 * n >= 30 and n != 11)}
    assert touches == {("li.na", "call"): 4, ("li.wei", "call"): 3}
    with reporting.service.database.read() as session:
        rows = session.exec(select(InboundReportRow)).all()
    assert len(rows) == 24
    assert {(row.state, str(row.content)) for row in rows} == {("done", "{}")}
