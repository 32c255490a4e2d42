"""Many readers of event streams, as light as can be, so that it is the service that is measured."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from secrets import token_urlsafe
from time import time
from typing import Any

from bench.stand import Service, Wrong

Hear = Callable[[dict[str, Any], float], None]
"""Takes a notification and the time at which it came, in seconds since 1970."""


async def tokens_of(service: Service, reps: Iterable[str]) -> list[str]:
    """A token for a new user for each of these reps.

    Raises:
        Wrong: when the service makes none.
    """
    tokens = []
    for rep in reps:
        password = token_urlsafe(16)
        new = {"id": f"user-{rep}", "name": rep, "role": "rep", "person": rep, "password": password}
        made = await service.http.post("/v1/users", json=new)
        signed_in = await service.http.post("/v1/sessions", json={"user": new["id"], "password": password})
        if not (made.is_success and signed_in.is_success):
            raise Wrong(signed_in.text)
        tokens.append(signed_in.json()["access_token"])
    return tokens


@asynccontextmanager
async def listening(service: Service, tokens: Sequence[str], hear: Hear) -> AsyncIterator[None]:
    """Open a stream with each token, and hear what comes; within, all of them are open.

    Raises:
        Wrong: when a stream does not begin within a minute.
    """
    host, port = service.http.base_url.host, service.http.base_url.port or 0
    began = [asyncio.Event() for _ in tokens]
    turns = asyncio.Semaphore(50)
    readers = [
        asyncio.create_task(_read(host, port, token, hear, event, turns))
        for token, event in zip(tokens, began, strict=True)
    ]
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(event.wait() for event in began))
        yield
    except TimeoutError as error:
        raise Wrong("not every stream has begun") from error
    finally:
        for reader in readers:
            reader.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*readers, return_exceptions=True)


async def _read(host: str, port: int, token: str, hear: Hear, began: asyncio.Event, turns: asyncio.Semaphore) -> None:
    """A chunk of the answer is a message or several, so that lines are whole whatever stands between them."""
    async with turns:
        reader, writer = await asyncio.open_connection(host, port)
        head = f"GET /v1/notifications/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(head.encode())
        while not (await reader.readline()).startswith(b"event: ready"):
            pass
    began.set()
    try:
        while line := await reader.readline():
            if line.startswith(b"data: ") and b'"event_id"' in line:
                hear(json.loads(line.removeprefix(b"data: ")), time())
    finally:
        writer.close()
