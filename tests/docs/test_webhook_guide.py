"""The receiver in the guide to webhooks runs, takes what is genuine once, and nothing else."""

import asyncio
import os
import re
import socket
import sys
from asyncio.subprocess import PIPE

from channels.attempting import Outcome
from channels.connecting import Http
from channels.webhook import WebhookChannel
from domain.delivery import Result
from settings import PROJECT_ROOT
from store.database import Database
from store.webhooks import Endpoints
from tests.databases import TEMPLATE, NewDatabase
from tests.deliveries import SEAL, SECRET, deliveries, endpoint, happens

OTHER_SECRET = "whsec_" + "c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM="


def program() -> str:
    guide = (PROJECT_ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    found = re.search(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


async def _listens(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the receiver does not listen")


async def test_the_receiver_in_the_guide_takes_each_genuine_event_once(new_sqlite: NewDatabase) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program(), stdout=PIPE, stderr=PIPE, env=environment
    )
    try:
        await _listens(port)
        database = Database(new_sqlite(TEMPLATE))
        endpoint(database, url=f"http://127.0.0.1:{port}/")
        endpoint(database, "whk_forged", url=f"http://127.0.0.1:{port}/", secret=SEAL.close(OTHER_SECRET))
        happens(database, ("e1", "cus_1"))
        genuine, forged = deliveries(database)
        async with Http(private=True) as http:
            send = WebhookChannel(Endpoints(database), http, SEAL, "/oneowner")
            assert await send(genuine) == await send(genuine) == Outcome(Result.DELIVERED, 204)
            assert await send(forged) == Outcome(Result.AGAIN, 400, "http")
    finally:
        receiver.terminate()
        said, _ = await receiver.communicate()
    assert said.decode().split() == ["oneowner.customer.owner_assigned"]
