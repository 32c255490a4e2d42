"""Forwarded messages taken by SMTP (RFC 5321): for addresses of connectors alone, and answered once they are kept."""

import asyncio
import hmac
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from domain.ids import IdMaker
from domain.inbound.mailbox import ForwardingConnector, recipient_of
from logs import log
from store.connectors import Connectors, Live
from store.database import Database
from store.inbound import InboundReports

MAX_BYTES = 32 * 2**20
"""Attachments come along, although nobody looks at them."""
MAX_RECIPIENTS = 20
_TAKEN, _LATER, _UNKNOWN, _TOO_MANY = (
    "250 OK",
    "451 4.3.0 Try again later",
    "550 5.1.1 No such address",
    "452 4.5.3 Too many",
)


class Forwarded:
    """Takes messages for forwarding connectors, by the names that aiosmtpd gives to what it asks."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._connectors = Connectors(database, ids)
        self._reports = InboundReports(database, ids)

    async def handle_RCPT(  # noqa: N802 - the library's naming
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address that is a connector's, secret included; no other."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return _TOO_MANY
        try:
            live = await asyncio.to_thread(self._live, address)
        except SQLAlchemyError as error:
            log.warning("forwarded_waits", error=type(error).__name__)
            return _LATER
        if live is None:
            return _UNKNOWN
        envelope.rcpt_tos.append(address)
        return _TAKEN

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep what a message reports; whoever sends it keeps it until then."""
        content = envelope.original_content or b""
        try:
            for address in envelope.rcpt_tos:
                await asyncio.to_thread(self._take, address, content)
        except SQLAlchemyError as error:
            log.warning("forwarded_waits", error=type(error).__name__)
            return _LATER
        return _TAKEN

    def _live(self, address: str) -> Live | None:
        """The connector whose address this is."""
        local = address.partition("@")[0].strip().lower()
        live = self._connectors.live(local.partition(".")[0], datetime.now(UTC))
        if live is None or not isinstance(live.connector, ForwardingConnector):
            return None
        ours = [recipient_of(live.id, secret).encode() for secret in live.secrets]
        same = [hmac.compare_digest(it, local.encode()) for it in ours]
        return live if any(same) else None

    def _take(self, address: str, content: bytes) -> None:
        live = self._live(address)
        if live is not None and isinstance(live.connector, ForwardingConnector):
            reports = live.connector.read(content)
            if reports:
                self._reports.take_in(live.id, reports, datetime.now(UTC))


async def listen(handler: Forwarded, host: str, port: int, stop: asyncio.Event) -> None:
    """Listen until told to stop.

    Raises:
        OSError: when the address is taken.
    """

    def session() -> SMTP:
        return SMTP(handler, data_size_limit=MAX_BYTES, hostname="oneowner", ident="OneOwner", loop=loop)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, host, port)
    async with server:
        await stop.wait()
