"""E-mail to people, over SMTP."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

import aiosmtplib

from channels.attempting import DELIVERED, NOTHING_TO_SAY, Outcome, again, refused
from channels.letters import Letter, Writer
from domain.sealing import SealBroken
from store.tables import DeliveryRow

STEP_SECONDS, TOTAL_SECONDS = 10.0, 30.0
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class Smtp:
    """The server that takes mail."""

    host: str
    port: int
    security: Security
    sender: str
    """The address in From."""
    user: str = ""
    password: str = ""


def message_of(delivery_id: str, to: str, letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """The message, plain and HTML, with an id that stays the same when it is sent again.

    Raises:
        ValueError: when an address or the subject has a line break, by which headers could be put in.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{delivery_id.replace(':', '.')}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    message.set_content(letter.plain)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # after the content, which replaces all headers of its kind
    return message


class MailChannel:
    """Delivers by e-mail. One per process."""

    def __init__(self, writer: Writer, smtp: Smtp | None) -> None:
        """``smtp`` is None where no server is set up: then nothing can be delivered this way."""
        self._writer = writer
        self._smtp = smtp

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Hand a message to the server; a refusal for good (5xx) is one, all else is tried again."""
        if self._smtp is None:
            return refused("smtp_not_set_up")
        try:
            letter = await asyncio.to_thread(self._writer.write, delivery)
        except SealBroken:
            return again("secret_unreadable")
        if letter is None:
            return NOTHING_TO_SAY
        if letter.email is None:
            return refused("no_address")
        try:
            message = message_of(delivery.id, letter.email, letter, self._smtp.sender, datetime.now(UTC))
        except ValueError:
            return refused("header_invalid")
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                await _send(message, self._smtp)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return _outcome(error)
        return DELIVERED


async def _send(message: EmailMessage, smtp: Smtp) -> None:
    client = aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.user or None,
        password=smtp.password or None,
        use_tls=smtp.security == "tls",
        start_tls=smtp.security == "starttls",
        timeout=STEP_SECONDS,
    )
    try:
        await client.connect()
        await client.send_message(message)
    finally:
        client.close()  # without a QUIT, for whose answer a server that hangs would be waited for


def _outcome(error: Exception) -> Outcome:
    """What an error means. The server's words are left out: they quote addresses."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPTimeoutError | TimeoutError):
        return again("timeout")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):  # ours to put right, not the message's fault
        return again("smtp_login", error.code)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return refused("smtp", error.code) if error.code >= 500 else again("smtp", error.code)
    return again("connect")
