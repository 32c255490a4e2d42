"""Mailboxes of a real IMAP server: every message once, none lost, nothing in the mailbox changed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select, update

from receiving.mailboxes import MailboxReader
from store.inbound import InboundReports
from store.tables import FollowUpRow, InboundReportRow, MailboxRow
from tests.receiving.mailserver import PASSWORD, USER, Box, imap_server
from tests.receiving.reporting import MAIL, Reporting

NAME, ENCODED = "询盘", "&i+J22A-"
"""A mailbox's name as people see it, and in modified UTF-7."""


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with imap_server() as port:
        yield port


@pytest.fixture
def box(port: int) -> Box:
    box = Box(port, ENCODED)
    box.begin_anew()
    return box


def message(number: int, sender: str = MAIL, to: str = "li.wei@ours.cn", answer: bool = True) -> bytes:
    lines = [f"From: =?utf-8?B?546L5bCP5piO?= <{sender}>", f"To: {to}", f"Message-ID: <{number}@yuanhang>"]
    lines += ["In-Reply-To: <0@ours.cn>"] if answer else []
    return "\r\n".join([*lines, "", "好的，请寄样品。"]).encode()


async def connected(reporting: Reporting, port: int, **settings: Any) -> dict[str, Any]:
    usual = {"host": "127.0.0.1", "port": port, "security": "none", "user": USER, "mailbox": NAME}
    return await reporting.connector("mailbox", PASSWORD, own_domains=["ours.cn"], **usual, **settings)


async def read(reporting: Reporting) -> int:
    """Read every mailbox now, whenever its time comes."""
    with reporting.service.database.write() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.connection().execute(update(MailboxRow).values(next_at=past))
    count = await MailboxReader(reporting.service.database, reporting.service.ids).read(5)
    await reporting.settled()
    return count


def outcomes(reporting: Reporting) -> list[str | None]:
    with reporting.service.database.read() as session:
        return sorted(row.outcome or row.state for row in session.exec(select(InboundReportRow)))


async def test_answers_become_follow_ups_and_messages_arrive_once(reporting: Reporting, port: int, box: Box) -> None:
    customer_id = await reporting.customer()
    await connected(reporting, port, keep_characters=100)
    box.put(message(1), message(2, "stranger@elsewhere.example"), message(3, to="li.na@ours.cn"))
    assert await read(reporting) == 1
    assert outcomes(reporting) == ["follow_up", "touch", "unmatched"]
    (follow_up,) = reporting.kept(FollowUpRow)
    assert (follow_up.customer_id, follow_up.content, follow_up.effective) == (customer_id, "好的，请寄样品。", False)
    assert await read(reporting) == 1
    box.put(message(4))
    await read(reporting)
    assert outcomes(reporting) == ["follow_up", "follow_up", "touch", "unmatched"]
    assert box.unseen() == 4


async def test_without_leave_nothing_of_a_text_is_kept(reporting: Reporting, port: int, box: Box) -> None:
    await reporting.customer()
    await connected(reporting, port)
    box.put(message(1))
    await read(reporting)
    (follow_up,) = reporting.kept(FollowUpRow)
    assert "样品" not in follow_up.content
    assert follow_up.effective


async def test_once_although_the_mailbox_is_numbered_anew(reporting: Reporting, port: int, box: Box) -> None:
    await reporting.customer()
    await connected(reporting, port)
    box.put(message(1), message(2))
    await read(reporting)
    box.begin_anew()
    box.put(message(2), message(3))
    await read(reporting)
    assert outcomes(reporting) == ["follow_up"] * 3


async def test_one_message_in_two_mailboxes_is_one(reporting: Reporting, port: int, box: Box) -> None:
    await reporting.customer()
    await connected(reporting, port)
    await connected(reporting, port)
    box.put(message(1))
    assert await read(reporting) == 2
    assert outcomes(reporting) == ["follow_up"]


async def test_nothing_lost_when_the_database_fails_on_the_way(
    reporting: Reporting, port: int, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reporting.customer()
    await connected(reporting, port)
    box.put(message(1), message(2))

    def fails(*_: object) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(InboundReports, "take_in_within", fails)
        with pytest.raises(SystemError):
            await read(reporting)
    await read(reporting)
    assert outcomes(reporting) == ["follow_up"] * 2


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"user": "nobody"}, "error"),
        ({"mailbox": "no such"}, "error"),
        ({"port": 9}, "ConnectionRefusedError"),
        ({"security": "tls"}, "SSLError"),
        ({"host": "no-such-host.invalid"}, "gaierror"),
    ],
    ids=str,
)
async def test_a_server_that_refuses_is_tried_again_and_shown(
    reporting: Reporting, port: int, box: Box, settings: dict[str, Any], error: str
) -> None:
    usual = {"host": "127.0.0.1", "port": port, "security": "none", "user": USER, "mailbox": NAME}
    made = await reporting.connector("mailbox", PASSWORD, own_domains=["ours.cn"], **(usual | settings))
    await read(reporting)
    shown = (await reporting.service.http.get(f"/v1/connectors/{made['id']}")).json()
    assert shown["mailbox"]["read_at"] is None
    assert shown["mailbox"]["error"] in (error, "refused", "MailboxUnreadable", "abort")
    change = {"connector": {**made["connector"], **usual}}
    await reporting.service.http.patch(f"/v1/connectors/{made['id']}", json=change, headers={"If-Match": "*"})
    await read(reporting)
    shown = (await reporting.service.http.get(f"/v1/connectors/{made['id']}")).json()
    assert (shown["mailbox"]["error"], shown["mailbox"]["read_at"] is None) == (None, False)


async def test_one_process_reads_a_mailbox_at_a_time(reporting: Reporting, port: int, box: Box) -> None:
    await connected(reporting, port)
    readers = [MailboxReader(reporting.service.database, reporting.service.ids) for _ in range(4)]
    assert sum(await asyncio.gather(*(reader.read(5) for reader in readers))) == 1


async def test_a_mailbox_that_was_switched_off_is_left_alone(reporting: Reporting, port: int, box: Box) -> None:
    made = await connected(reporting, port)
    await reporting.service.http.patch(
        f"/v1/connectors/{made['id']}", json={"active": False}, headers={"If-Match": "*"}
    )
    assert await read(reporting) == 0
