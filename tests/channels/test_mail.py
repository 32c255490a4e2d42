"""E-mail to people, on a real SMTP server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pytest import MonkeyPatch

from channels import mail
from channels.attempting import DELIVERED, NOTHING_TO_SAY, Outcome
from channels.letters import Letter
from channels.mail import MailChannel, Security, Smtp, message_of
from domain.delivery import Channel, Result
from store.tables import DeliveryRow
from tests.channels.penman import LETTER, Penman, Sealed
from tests.examples import AT
from tests.receivers import certificate

SENDER = "OneOwner <no-reply@example.com>"
TO = "zhang.wei@example.com"
DELIVERY = DeliveryRow(
    id="dlv:abc:email",
    channel=Channel.EMAIL,
    target="zhang.wei",
    event_id="e1",
    kind="owner_assigned",
    payload={"customer_id": "cus_1"},
    created_at=AT,
    next_at=AT,
)
WRITER = Penman(email=TO)


class Mailbox:
    """Takes mail, or answers what a test wants."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.rcpt, self.data, self.delay = "250 OK", "250 OK", 0.0

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        if self.data.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mail.append(message_from_bytes(content, EmailMessage, policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        return self.data


@asynccontextmanager
async def smtp_server(box: Mailbox, **options: Any) -> AsyncIterator[int]:
    """A server with a mailbox; its port."""
    wrap = options.pop("wrap", None)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, enable_SMTPUTF8=True, **options), "127.0.0.1", 0, ssl=wrap
    )
    yield server.sockets[0].getsockname()[1]
    server.close()


def smtp(port: int, security: Security = "none", **login: str) -> Smtp:
    return Smtp("localhost", port, security, SENDER, **login)


async def test_a_message_arrives_in_both_forms_with_an_id_that_stays() -> None:
    box = Mailbox()
    async with smtp_server(box) as port:
        channel = MailChannel(WRITER, smtp(port))
        assert await channel(DELIVERY) == DELIVERED
        assert await channel(DELIVERY) == DELIVERED
    first, second = box.mail
    assert (first["From"], first["To"], first["Subject"]) == (SENDER, TO, "客户已分配给您")
    assert first["Message-ID"] == second["Message-ID"] == "<dlv.abc.email@example.com>"
    assert (first["Auto-Submitted"], first["Content-Language"]) == ("auto-generated", "zh-CN")
    plain, html = first.get_body(("plain",)), first.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "请尽快跟进。" in plain.get_content()
    assert "<br>请尽快跟进。" in html.get_content()
    assert box.recipients == [TO, TO]


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("450 4.2.1 greylisted", "250 OK", Outcome(Result.AGAIN, 450, "smtp")),
        ("550 5.1.1 no such user zhang.wei@example.com", "250 OK", Outcome(Result.REFUSED, 550, "smtp")),
        ("250 OK", "451 4.3.0 try later", Outcome(Result.AGAIN, 451, "smtp")),
        ("250 OK", "552 5.2.2 mailbox full", Outcome(Result.REFUSED, 552, "smtp")),
        ("250 OK", "554 5.7.1 spam", Outcome(Result.REFUSED, 554, "smtp")),
    ],
)
async def test_4xx_is_tried_again_and_5xx_is_not(rcpt: str, data: str, outcome: Outcome) -> None:
    box = Mailbox()
    box.rcpt, box.data = rcpt, data
    async with smtp_server(box) as port:
        assert await MailChannel(WRITER, smtp(port))(DELIVERY) == outcome
    assert box.mail == []


async def test_a_slow_server_costs_a_bounded_time(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TOTAL_SECONDS", 0.5)
    box = Mailbox()
    box.delay = 30
    async with smtp_server(box) as port:
        assert await MailChannel(WRITER, smtp(port))(DELIVERY) == Outcome(Result.AGAIN, error="timeout")


async def test_a_server_that_is_away_is_waited_for() -> None:
    async with smtp_server(Mailbox()) as port:
        pass
    assert await MailChannel(WRITER, smtp(port))(DELIVERY) == Outcome(Result.AGAIN, error="connect")


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate that this machine trusts."""
    chain, key = certificate("localhost")
    (tmp_path / "chain").write_bytes(chain)
    (tmp_path / "key").write_bytes(key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "chain", tmp_path / "key")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "chain"))
    return context


async def test_starttls_is_demanded_and_the_login_comes_after_it(tls: ssl.SSLContext) -> None:
    def login(_: SMTP, __: Session, ___: Envelope, ____: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)

    box = Mailbox()
    options = {"tls_context": tls, "require_starttls": True, "authenticator": login, "auth_required": True}
    async with smtp_server(box, **options) as port:
        right = smtp(port, "starttls", user="oneowner", password="right")
        assert await MailChannel(WRITER, right)(DELIVERY) == DELIVERED
        wrong = smtp(port, "starttls", user="oneowner", password="wrong")
        assert await MailChannel(WRITER, wrong)(DELIVERY) == Outcome(Result.AGAIN, 535, "smtp_login")
    assert len(box.mail) == 1


async def test_tls_from_the_first_byte(tls: ssl.SSLContext) -> None:
    box = Mailbox()
    async with smtp_server(box, wrap=tls) as port:
        assert await MailChannel(WRITER, smtp(port, "tls"))(DELIVERY) == DELIVERED


async def test_nothing_is_sent_in_the_clear_to_a_server_without_starttls() -> None:
    box = Mailbox()
    async with smtp_server(box) as port:
        outcome = await MailChannel(WRITER, smtp(port, "starttls"))(DELIVERY)
    assert outcome.result is Result.AGAIN
    assert box.mail == []


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    tls: ssl.SSLContext, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    box = Mailbox()
    async with smtp_server(box, wrap=tls) as port:
        assert (await MailChannel(WRITER, smtp(port, "tls"))(DELIVERY)).result is Result.AGAIN
    assert box.mail == []


@pytest.mark.parametrize("to", ["a@example.com\r\nBcc: thief@example.com", "a@example.com\nX: y"])
async def test_no_address_puts_headers_in(to: str) -> None:
    assert await MailChannel(Penman(email=to), smtp(1))(DELIVERY) == Outcome(Result.REFUSED, error="header_invalid")


async def test_no_subject_puts_headers_in() -> None:
    writer = Penman(email=TO, subject="Hello\r\nBcc: thief@example.com")
    assert await MailChannel(writer, smtp(1))(DELIVERY) == Outcome(Result.REFUSED, error="header_invalid")


async def test_who_has_no_address_and_what_has_no_server_is_given_up() -> None:
    assert await MailChannel(Penman(LETTER), smtp(1))(DELIVERY) == Outcome(Result.REFUSED, error="no_address")
    assert await MailChannel(WRITER, None)(DELIVERY) == Outcome(Result.REFUSED, error="smtp_not_set_up")


async def test_addresses_that_cannot_be_read_are_waited_for() -> None:
    assert await MailChannel(Sealed(), smtp(1))(DELIVERY) == Outcome(Result.AGAIN, error="secret_unreadable")


async def test_who_has_left_by_now_is_not_told() -> None:
    assert await MailChannel(Penman(), smtp(1))(DELIVERY) == NOTHING_TO_SAY


def test_a_long_chinese_subject_survives_folding() -> None:
    letter = Letter("客户" * 100, "正文", "<p>正文</p>", "zh-CN")
    message = message_of("d", TO, letter, SENDER, datetime(2026, 11, 25, tzinfo=UTC))
    again = message_from_bytes(message.as_bytes(), EmailMessage, policy=policy.default)  # type: ignore[arg-type]
    assert again["Subject"] == "客户" * 100
