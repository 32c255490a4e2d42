"""Messages of an IMAP mailbox (RFC 9051), read without changing anything in it. Blocks: for a thread."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from domain.inbound.mail import MAX_BYTES
from domain.inbound.mailbox import MailboxConnector, Security

TIMEOUT = 30.0
"""Seconds that a server may be silent."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FAULTS = (imaplib.IMAP4.error, OSError, ValueError)


class MailboxUnreadable(OSError):
    """A server that is away, refuses, or answers what makes no sense."""


class OpenMailbox:
    """A mailbox that was opened for reading."""

    def __init__(self, connection: imaplib.IMAP4, name: str) -> None:
        self._connection = connection
        _ok(connection.select(_quoted(_utf7(name)), readonly=True))
        validity = connection.response("UIDVALIDITY")[1]
        self.uid_validity = int(validity[0] or 0) if validity else 0
        """Message numbers of another one mean nothing."""

    def after(self, uid: int, since: datetime) -> list[int]:
        """The numbers of messages above this one that came since the day before ``since``, rising.

        Raises:
            MailboxUnreadable: when the server fails.
        """
        since -= timedelta(days=1)  # the server's own date, wherever it is, counts
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        try:
            found = _ok(self._connection.uid("SEARCH", f"UID {uid + 1}:*", "SINCE", day))
        except _FAULTS as error:
            raise MailboxUnreadable(type(error).__name__) from error
        # The range of "*" holds the last message even where its number is lower (RFC 9051, section 9, seq-range).
        return sorted(number for number in map(int, (found[0] or b"").split()) if number > uid)

    def message(self, uid: int) -> bytes | None:
        """The beginning of a message, as much as is looked at; None when it is gone.

        Raises:
            MailboxUnreadable: when the server fails.
        """
        try:
            answer = _ok(self._connection.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_BYTES}>)"))
        except _FAULTS as error:
            raise MailboxUnreadable(type(error).__name__) from error
        return next((part[1] for part in answer if isinstance(part, tuple)), None)


@contextmanager
def opened(connector: MailboxConnector, password: str | None) -> Iterator[OpenMailbox]:
    """Sign in, and out again at the end.

    Raises:
        MailboxUnreadable: when that fails, named by the kind of error: what servers say may be about anybody.
            ``secret_lost`` without a password.
    """
    if password is None:
        raise MailboxUnreadable("secret_lost")
    try:
        connection = _connected(connector)
    except _FAULTS as error:
        raise MailboxUnreadable(type(error).__name__) from error
    try:
        yield _signed_in(connection, connector, password)
    finally:
        with suppress(*_FAULTS):
            connection.logout()


def _signed_in(connection: imaplib.IMAP4, connector: MailboxConnector, password: str) -> OpenMailbox:
    try:
        _ok(connection.login(_quoted(connector.user), password))
        return OpenMailbox(connection, connector.mailbox)
    except _FAULTS as error:
        raise MailboxUnreadable(type(error).__name__) from error


def _connected(connector: MailboxConnector) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if connector.security is Security.TLS:
        return imaplib.IMAP4_SSL(connector.host, connector.port, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(connector.host, connector.port, timeout=TIMEOUT)
    if connector.security is Security.STARTTLS:
        _ok(connection.starttls(context))
    return connection


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a server answered.

    Raises:
        MailboxUnreadable: when it says no.
    """
    status, data = answer
    if status != "OK":
        raise MailboxUnreadable("refused")
    return data


def _utf7(name: str) -> str:
    """A mailbox's name as it is sent: modified UTF-7 where it is not ASCII (RFC 3501, 5.1.3)."""
    return re.sub(r"&|[^\x20-\x7e]+", _modified, name)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _modified(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    plain = found[0].encode("utf-7").decode()  # "+…-"
    return "&" + plain.removeprefix("+").removesuffix("-").replace("/", ",") + "-"
