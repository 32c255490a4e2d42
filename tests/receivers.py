"""Real HTTP receivers on loopback that behave as badly as one likes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers every request with one behaviour, or with the next of a list while there are any."""

    behaviour: Behaviour
    port: int = 0
    received: list[Received] = field(default_factory=list)
    turns: list[Behaviour] = field(default_factory=list)
    open_now: int = 0
    most_at_once: int = 0
    connections: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode().strip().split("\r\n")
                headers = {name.lower(): value for name, value in (it.split(": ", 1) for it in rest)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.received.append(Received(line, headers, body))
                self.open_now += 1
                self.most_at_once = max(self.most_at_once, self.open_now)
                try:
                    await (self.turns.pop(0) if self.turns else self.behaviour)(writer)
                finally:
                    self.open_now -= 1
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def receiving(behaviour: Behaviour, trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that runs; with ``trust`` over TLS."""
    receiver = Receiver(behaviour)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def answers(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answers properly."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} x\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    return behave


def writes(raw: bytes, *, close: bool = True) -> Behaviour:
    """Writes these bytes and hangs up, or stays silent with the connection open."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        if close:
            writer.close()
        else:
            await asyncio.sleep(60)

    return behave


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """Takes its time."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await behaviour(writer)

    return behave


def drips(byte: bytes = b"x", every: float = 0.05) -> Behaviour:
    """Says 200 and sends its body byte by byte, for ever."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(every)

    return behave


async def half_closes(writer: asyncio.StreamWriter) -> None:
    """Ends its side without an answer, and listens on."""
    writer.write_eof()
    await asyncio.sleep(60)


def certificate(name: str) -> tuple[bytes, bytes]:
    """A self-signed certificate for a name, and its key (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return built.public_bytes(Encoding.PEM), private
