"""Signed reports: taken in once; everything that is not signed well gets the same answer; nothing makes it fail."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from domain.inbound.signatures import twilio
from store.database import Database
from store.tables import ConnectorRow, InboundReportRow
from tests.api.conftest import StandIn, context_of
from tests.api.test_connectors import made
from tests.receiving.reporting import WANG, call, signed

REFUSED = "urn:oneowner:problem:signature-not-accepted"


@pytest.fixture
def patient(app: FastAPI, database: Database) -> FastAPI:
    app.state.context = context_of(database, StandIn(), inbound_refusal_limit="100000/minute")
    return app


def rows(database: Database) -> list[InboundReportRow]:
    with database.read() as session:
        return list(session.exec(select(InboundReportRow)).all())


async def send(http: httpx.AsyncClient, connector: dict[str, Any], *reports: dict[str, Any]) -> httpx.Response:
    body = json.dumps({"reports": reports}).encode()
    return await http.post(connector["path"], content=body, headers=signed(connector["secret"], body))


async def test_once_a_report_is_taken_in_and_its_repeat_answered(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    connector = await made(client)
    first = await send(anonymous, connector, call(), call(call_id="c2"))
    assert first.status_code == 202, first.text
    assert len(first.json()["reports"]) == 2
    again = await send(anonymous, connector, call(), call(call_id="c2"))
    assert (again.status_code, again.json()) == (200, first.json())
    more = await send(anonymous, connector, call(), call(call_id="c3"))
    assert more.status_code == 202
    assert len(rows(database)) == 3
    other = await send(anonymous, await made(client), call())
    assert other.json()["reports"] != first.json()["reports"][:1]
    report = (await client.get(f"/v1/inbound/reports/{first.json()['reports'][0]}")).json()
    assert (report["state"], report["outcome"], report["reported"]) == ("waiting", None, None)
    assert (await client.get("/v1/inbound/reports/inb_none")).status_code == 404


async def test_every_refusal_looks_alike(
    patient: FastAPI, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    connector, off, gone, mailbox = (
        await made(client), await made(client), await made(client),
        await made(client, "pw", kind="mailbox", host="x.example", user="u", own_domains=["x.example"]),
    )  # fmt: skip
    await client.patch(f"/v1/connectors/{off['id']}", json={"active": False}, headers={"If-Match": "*"})
    await client.post(f"/v1/connectors/{gone['id']}/revoke")
    body = json.dumps(call()).encode()
    good = signed(connector["secret"], body)
    late = signed(connector["secret"], body, datetime.now(UTC) - timedelta(minutes=6))
    early = signed(connector["secret"], body, datetime.now(UTC) + timedelta(minutes=6))
    attempts = [
        (connector["path"], body, {}),
        (connector["path"], body + b" ", good),
        (connector["path"], body, late),
        (connector["path"], body, early),
        (connector["path"], b"\xff", good),
        (connector["path"], body, signed(off["secret"], body)),
        (off["path"], body, signed(off["secret"], body)),
        (gone["path"], body, signed(gone["secret"], body)),
        (f"/v1/inbound/{mailbox['id']}", body, good),
        ("/v1/inbound/con_none", body, good),
        ("/v1/inbound/unmatched", body, good),
        ("/v1/inbound/" + "x" * 5000, body, good),
        ("/v1/inbound/%00", body, good),
    ]
    answers = [await anonymous.post(path, content=content, headers=headers) for path, content, headers in attempts]
    assert {(it.status_code, it.json()["type"], it.headers["www-authenticate"]) for it in answers} == {
        (401, REFUSED, 'Signature realm="oneowner"')
    }
    assert len({it.text for it in answers}) == 1
    assert rows(database) == []


async def test_nothing_else_beside_it_is_open(anonymous: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/v1/inbound/unmatched"), ("GET", "/v1/inbound/con_1"), ("POST", "/v1/inbound/unmatched/x/resolution"),
        ("GET", "/v1/inbound/reports/x"), ("POST", "/v1/inbound/"), ("PUT", "/v1/inbound/con_1"),
        ("POST", "/v1/connectors"),
    ):  # fmt: skip
        refused = await anonymous.request(method, path, json={})
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:oneowner:problem:unauthenticated"), path


async def test_both_secrets_count_while_they_overlap(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    connector = await made(client)
    rotated = (await client.post(f"/v1/connectors/{connector['id']}/rotate", json={"overlap_hours": 1})).json()
    assert [(await send(anonymous, it, call())).status_code for it in (connector, rotated)] == [202, 200]
    with database.write() as session:
        session.get_one(ConnectorRow, connector["id"]).previous_until = datetime.now(UTC) - timedelta(seconds=1)
    assert [(await send(anonymous, it, call())).status_code for it in (connector, rotated)] == [401, 200]


async def test_an_address_that_is_refused_too_often_waits_and_others_do_not(
    app: FastAPI, database: Database, client: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    app.state.context = context_of(database, StandIn(), inbound_refusal_limit="3/minute", inbound_limit="2/minute")
    connector = await made(client)
    answers = [await anonymous.post(connector["path"], content=b"{}") for _ in range(5)]
    assert [it.status_code for it in answers] == [401, 401, 401, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    good = [(await send(anonymous, connector, call())).status_code for _ in range(3)]
    assert good == [202, 200, 429]


async def test_a_call_as_twilio_sends_it(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    public = "https://crm.example.com/hooks/calls"
    connector = await made(client, "auth-token", kind="twilio", url=public)
    fields = {"CallSid": "CA1", "CallStatus": "completed", "From": WANG, "To": "8001", "CallDuration": "95"}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": twilio("auth-token", public, list(fields.items())),
    }
    taken = [await anonymous.post(connector["path"], content=urlencode(fields), headers=headers) for _ in range(2)]
    assert [it.status_code for it in taken] == [202, 200]
    assert [row.content["seconds"] for row in rows(database)] == [95]
    forged = urlencode({**fields, "CallDuration": "9500"})
    assert (await anonymous.post(connector["path"], content=forged, headers=headers)).status_code == 401


async def test_a_form_as_typeform_sends_it(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database
) -> None:
    connector = await made(client, kind="typeform")
    answer = {"type": "email", "email": "wang@example.com", "field": {"id": "q1", "type": "email"}}
    body = json.dumps({"event_type": "form_response", "form_response": {"token": "t1", "answers": [answer]}}).encode()
    mark = base64.b64encode(hmac.new(connector["secret"].encode(), body, hashlib.sha256).digest()).decode()
    headers = {"Typeform-Signature": f"sha256={mark}"}
    assert (await anonymous.post(connector["path"], content=body, headers=headers)).status_code == 202
    assert [row.content["lead"]["emails"] for row in rows(database)] == [["wang@example.com"]]
    other = b'{"event_type": "form_response_partial"}'
    mark = base64.b64encode(hmac.new(connector["secret"].encode(), other, hashlib.sha256).digest()).decode()
    nothing = await anonymous.post(connector["path"], content=other, headers={"Typeform-Signature": f"sha256={mark}"})
    assert (nothing.status_code, nothing.json()) == (200, {"reports": []})


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "malformed-body"),
        (b"[]", 400, "malformed-body"),
        (b"[" * 100_000, 400, "malformed-body"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "malformed-body"),
        (b"{}", 422, "invalid"),
        (b'{"reports": [1]}', 422, "invalid"),
        (json.dumps({"reports": [call()] * 101}).encode(), 422, "invalid"),
        (json.dumps(call(caller="x" * 201)).encode(), 422, "invalid"),
        (json.dumps(call(caller="a\x00b")).encode(), 422, "invalid"),
        (b" " * 2**20 + b"{}", 413, "body-too-large"),
    ],
    ids=range(10),
)
async def test_a_genuine_request_that_makes_no_sense_is_told_so(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, body: bytes, status: int, kind: str
) -> None:
    connector = await made(client)
    answer = await anonymous.post(connector["path"], content=body, headers=signed(connector["secret"], body))
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:oneowner:problem:{kind}")
    assert rows(database) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_nothing_that_comes_is_a_5xx(
    patient: FastAPI, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, data: st.DataObject
) -> None:
    texts = st.text(max_size=12) | st.sampled_from(["call_ended", "form_filled", "inbound", WANG, "8001"])
    names = st.sampled_from(["kind", "source_id", "caller", "called", "direction", "lead", "answers", "reports", "x"])
    values = st.recursive(
        texts | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=8,
    )
    connector = await made(client)
    body = json.dumps({**call(), **data.draw(st.dictionaries(names, values, max_size=4))}).encode()
    answer = await anonymous.post(connector["path"], content=body, headers=signed(connector["secret"], body))
    assert answer.status_code in (200, 202, 400, 422), answer.text
    listed = await client.get("/v1/inbound/unmatched")
    assert listed.status_code == 200


async def test_nothing_personal_is_in_ids_or_logs(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, log: StringIO
) -> None:
    connector = await made(client)
    taken = await send(anonymous, connector, call(call_id="wang@example.com"))
    for private in (WANG, "13800138000", "wang@example.com"):
        assert private not in taken.text
        assert private not in log.getvalue()
    (row,) = rows(database)
    assert "wang" not in f"{row.id} {row.thread}"


async def test_another_installations_key_opens_no_secret(
    app: FastAPI, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, log: StringIO
) -> None:
    connector = await made(client)
    with database.write() as session:
        session.get_one(ConnectorRow, connector["id"]).secret = "sealed elsewhere"
    assert (await send(anonymous, connector, call())).status_code == 401
    assert "connector_secret_lost" in log.getvalue()
