"""HTTP to receivers that somebody else named: every connection goes to an address that was judged (against SSRF).

A name is looked up once for a connection, all its addresses are judged, and the connection is made to one of them by
number; a name server that answers otherwise the next moment (DNS rebinding) changes nothing. Host header, SNI and the
certificate's check stay those of the name. No redirects, no proxies, and of an answer only its beginning is read.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import httpcore
import httpx

from domain.target import Address, Target, may_name, may_reach

CONNECT_SECONDS, TOTAL_SECONDS, BODY_SECONDS = 5.0, 15.0, 2.0
MAX_BODY = 16 * 1024
"""Bytes of an answer that are read at most."""

_MAX_ADDRESSES = 4
_LOOKUPS = ThreadPoolExecutor(16, thread_name_prefix="lookup")
"""Threads of their own: a name server that is slow must not keep the database's work waiting."""

Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""Finds the addresses of a name; raises OSError when there are none."""


class Unreachable(Exception):
    """There is no answer; ``code`` says why: ``address_refused``, ``timeout``, ``connect``, ``tls``, ``protocol``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What a receiver answered."""

    status: int
    body: bytes
    """Its beginning, at most ``MAX_BODY`` bytes."""
    retry_after: timedelta | None


async def resolve(name: str, port: int) -> list[Address]:
    """The addresses of a name as this machine's resolver knows them, in its order of preference.

    Raises:
        OSError: when there are none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_LOOKUPS, lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
    return [*dict.fromkeys(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found)]


class _Judged(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to judged addresses only."""

    def __init__(self, resolve: Resolve, *, private: bool) -> None:
        self._resolve = resolve
        self._private = private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of a host's addresses that takes one."""
        failed: Exception = httpcore.ConnectError()
        async with asyncio.timeout(timeout):
            addresses = (await self._judged(host, port))[:_MAX_ADDRESSES]
            for address in addresses:
                try:
                    return await self._network.connect_tcp(
                        str(address), port, CONNECT_SECONDS / len(addresses), local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failed = error
        raise failed

    async def _judged(self, host: str, port: int) -> list[Address]:
        """All addresses of a host; one that must not be reached spoils the others, for somebody put it there."""
        if not may_name(host, private=self._private):
            raise Unreachable("address_refused")
        try:
            addresses = [ip_address(host)]
        except ValueError:
            addresses = await self._resolve(host, port)
        if not all(may_reach(address, private=self._private) for address in addresses):
            raise Unreachable("address_refused")
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between attempts to connect."""
        await self._network.sleep(seconds)


class Http:
    """Posts to receivers. One per process; ``async with`` closes its connections."""

    def __init__(self, *, private: bool, resolve: Resolve = resolve, trust: ssl.SSLContext | None = None) -> None:
        """Prepare; nothing is connected yet.

        Args:
            private: whether receivers may be in the company's own network.
            resolve: how names are looked up.
            trust: whose certificates count; those of ``SSL_CERT_FILE`` or of the public authorities unless given.
        """
        self.private = private
        self._pool = httpcore.AsyncConnectionPool(
            trust or httpx.create_ssl_context(),
            max_connections=None,  # how many there are at a time is decided by whoever posts
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Judged(resolve, private=private),
        )

    async def __aenter__(self) -> "Http":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post to a target; what it answered, whatever the status.

        Raises:
            Unreachable: when there is no connection within ``CONNECT_SECONDS`` or no answer within ``TOTAL_SECONDS``,
                or the target stands for an address that must not be reached.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._posted(target, headers, body)
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise Unreachable("timeout") from error
        except (OSError, UnicodeError, httpcore.NetworkError) as error:
            raise Unreachable("tls" if _of_tls(error) else "connect") from error
        except httpcore.ProtocolError as error:
            raise Unreachable("protocol") from error

    async def _posted(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        scheme = b"https" if target.https else b"http"
        url = httpcore.URL(
            scheme=scheme, host=target.host.encode(), port=target.port, target=target.path.encode("ascii")
        )
        sent = [("Host", target.authority), ("User-Agent", "OneOwner"), ("Accept", "*/*"), *headers.items()]
        timeouts = {"timeout": {"connect": CONNECT_SECONDS}}
        async with self._pool.stream("POST", url, headers=sent, content=body, extensions=timeouts) as response:
            return Answer(response.status, await _beginning(response), _retry_after(response))


def _of_tls(error: BaseException | None) -> bool:
    """Whether TLS was what failed: its error is the reason of the reasons that httpcore and anyio give."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _beginning(response: httpcore.Response) -> bytes:
    """The beginning of a body. What is wrong with the rest is of no interest: the status has been said."""
    read = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) >= MAX_BODY:
                    break
    except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return read[:MAX_BODY]
    return read[:MAX_BODY]


def _retry_after(response: httpcore.Response) -> timedelta | None:
    """The wait that an answer asks for, in seconds or until a date (RFC 9110, 10.2.3); None for none that is valid."""
    headers = {name.lower(): value for name, value in response.headers}
    given = headers.get(b"retry-after", b"").decode("ascii", "replace").strip()
    if given.isdigit():
        return timedelta(seconds=int(given[:9]))
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC), timedelta(0))
