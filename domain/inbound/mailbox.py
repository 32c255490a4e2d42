"""The connectors for e-mail: a mailbox whose messages are fetched, and an address to which messages are forwarded."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.inbound.becoming import Rules
from domain.inbound.mail import read_mail
from domain.inbound.reported import EmailSeen
from domain.text import ShortText

MAX_KEPT = 2000
Domain = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")]


OneLine = Annotated[ShortText, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """For a server on this machine only."""


class Mail(Rules):
    """What is said of messages however they come."""

    own_domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=50)] = Field(
        examples=[["example.com"]], description="What stands behind the @ of your own addresses."
    )
    keep_characters: Annotated[int, Field(ge=0, le=MAX_KEPT)] = Field(
        0, description="How much of subject and text a follow-up keeps; 0 for nothing of what people wrote."
    )

    def read(self, raw: bytes) -> Sequence[EmailSeen]:
        """What a message reports."""
        return read_mail(raw, self.own_domains, self.keep_characters)


class MailboxConnector(Mail):
    """An IMAP mailbox that is looked at again and again. The secret is its password; nothing in it is changed."""

    kind: Literal["mailbox"] = "mailbox"
    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Security = Security.TLS
    user: OneLine
    mailbox: OneLine = "INBOX"
    every_seconds: Annotated[int, Field(ge=1, le=86400)] = 60


class ForwardingConnector(Mail):
    """An address of our own to which people or mail servers forward what they send and get, as a blind copy or by rule.

    The secret is a part of the address: whoever knows it may report.
    """

    kind: Literal["forwarding"] = "forwarding"


def recipient_of(connector_id: str, secret: str) -> str:
    """What stands before the @ of a forwarding connector's address."""
    return f"{connector_id}.{secret}"
