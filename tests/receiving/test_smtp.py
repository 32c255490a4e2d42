"""Forwarded messages, sent by a real SMTP client to the listener of the product."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from receiving.smtp import MAX_RECIPIENTS, Forwarded, listen
from store.inbound import InboundReports
from store.tables import FollowUpRow, InboundReportRow
from tests.receiving.reporting import MAIL, Reporting

MESSAGE = f"From: {MAIL}\r\nTo: li.wei@ours.cn\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@ours.cn>\r\n\r\n好的".encode()


@pytest.fixture
async def port(reporting: Reporting) -> AsyncIterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    stop = asyncio.Event()
    handler = Forwarded(reporting.service.database, reporting.service.ids)
    listening = asyncio.create_task(listen(handler, "127.0.0.1", port, stop))
    await asyncio.sleep(0.05)
    yield port
    stop.set()
    await listening


async def forwarding(reporting: Reporting) -> str:
    made = await reporting.connector("forwarding", own_domains=["ours.cn"])
    recipient: str = made["recipient"]
    assert (made["path"], len(recipient) <= 64) == (None, True)
    return f"{recipient}@crm.ours.cn"


async def send(port: int, content: bytes, *to: str) -> dict[str, Any]:
    """Send a message; the recipients that were refused, with the codes."""

    def deliver() -> dict[str, Any]:
        with smtplib.SMTP("127.0.0.1", port) as client:
            try:
                return {at: code for at, (code, _) in client.sendmail("li.wei@ours.cn", to, content).items()}
            except smtplib.SMTPRecipientsRefused as refused:
                return {at: code for at, (code, _) in refused.recipients.items()}
            except smtplib.SMTPDataError as refused:
                return {"data": refused.smtp_code}

    return await asyncio.to_thread(deliver)


def taken(reporting: Reporting) -> int:
    with reporting.service.database.read() as session:
        return len(session.exec(select(InboundReportRow.id)).all())


async def test_once_a_forwarded_answer_is_a_follow_up(reporting: Reporting, port: int) -> None:
    await reporting.customer()
    address = await forwarding(reporting)
    for _ in range(2):
        assert await send(port, MESSAGE, address, address.upper()) == {}
    await reporting.settled()
    assert [it.kind for it in reporting.kept(FollowUpRow)] == ["email"]
    assert taken(reporting) == 1


async def test_other_addresses_are_refused(reporting: Reporting, port: int) -> None:
    address = await forwarding(reporting)
    local, _, domain = address.partition("@")
    other = (await reporting.connector())["id"]
    wrong = [f"{local[:-1]}@{domain}", f"{local.partition('.')[0]}@{domain}", f"{other}.x@{domain}", "sales@ours.cn"]
    refused = await send(port, MESSAGE, *wrong)
    assert refused == dict.fromkeys(wrong, 550)
    await reporting.service.post(f"/v1/connectors/{local.partition('.')[0]}/revoke")
    assert await send(port, MESSAGE, address) == {address: 550}
    assert taken(reporting) == 0


async def test_nothing_lost_when_the_database_is_away(
    reporting: Reporting, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await forwarding(reporting)

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(InboundReports, "take_in", away)
        assert await send(port, MESSAGE, address) == {"data": 451}
    assert await send(port, MESSAGE, address) == {}
    assert taken(reporting) == 1


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", b"From: x\r\n\r\n", b"a" * 900 + b"\r\n"], ids=range(4))
async def test_what_reports_nothing_is_taken_and_forgotten(reporting: Reporting, port: int, content: bytes) -> None:
    assert await send(port, content, await forwarding(reporting)) == {}
    assert taken(reporting) == 0


async def test_no_more_recipients_than_anybody_needs(reporting: Reporting, port: int) -> None:
    address = await forwarding(reporting)
    many = [f"{address}{'x' * at}" for at in range(MAX_RECIPIENTS + 2)]
    assert list((await send(port, MESSAGE, *many)).values()) == [452, 452]
