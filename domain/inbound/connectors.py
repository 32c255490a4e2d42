"""The connectors that there are. A further one is a module beside this one and a name in the union below."""

from typing import Annotated

from pydantic import Field

from domain.inbound.form import TypeformConnector
from domain.inbound.mailbox import ForwardingConnector, MailboxConnector
from domain.inbound.standard import StandardConnector
from domain.inbound.telephony import TwilioConnector

Connector = Annotated[
    StandardConnector | TwilioConnector | TypeformConnector | MailboxConnector | ForwardingConnector,
    Field(discriminator="kind"),
]
"""What an administrator sets; each is also the code that checks and reads what comes."""

SECRET_FROM_OUTSIDE = frozenset({"twilio", "mailbox"})
"""Kinds whose secret the other system has made; those of the others are made here."""
