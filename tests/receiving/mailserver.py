"""A real IMAP server on loopback: pymap, with one user and an empty mailbox, in a process of its own."""

import asyncio
import imaplib
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

USER, PASSWORD = "sales", "correct horse"


@asynccontextmanager
async def imap_server() -> AsyncIterator[int]:
    """Yields its port once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    code = "import sys; from pymap.main import main; sys.exit(main())"
    listen = ("--host", "127.0.0.1", "--port", str(port), "--no-tls")
    user = ("dict", "--demo-user", USER, "--demo-password", PASSWORD)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *listen, *user, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(_answers, port):
                assert process.returncode is None
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(4) == b"* OK"
    except OSError:
        return False


class Box:
    """The user's own way to a mailbox."""

    def __init__(self, port: int, name: str = "INBOX") -> None:
        self.name = name
        self._connection = imaplib.IMAP4("127.0.0.1", port)
        self._connection.login(USER, PASSWORD)

    def put(self, *messages: bytes) -> None:
        """Let messages arrive."""
        for message in messages:
            when = imaplib.Time2Internaldate(time.mktime(datetime.now(UTC).timetuple()))
            status, answer = self._connection.append(self.name, "", when, message)
            assert status == "OK", answer

    def begin_anew(self) -> None:
        """Make the mailbox again, so that its messages have other numbers."""
        self._connection.delete(self.name)
        assert self._connection.create(self.name)[0] == "OK"

    def unseen(self) -> int:
        """How many messages nobody has marked as read."""
        self._connection.select(self.name, readonly=True)
        return len(self._connection.search(None, "UNSEEN")[1][0].split())
