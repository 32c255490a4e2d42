"""The relay: what a worker process does all the time so that those who watch events see them within moments."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from logs import log
from store.outbox import Outbox

BATCH = 200
PAUSE, PAUSE_AFTER_FAILURE = 0.2, 2.0
"""Seconds."""


async def relay(outbox: Outbox, stop: asyncio.Event) -> None:
    """Pass events on until told to stop; a database that is down is waited for."""
    while not stop.is_set():
        pause = PAUSE
        try:
            if await asyncio.to_thread(outbox.pass_on, BATCH):
                continue
        except SQLAlchemyError as error:
            log.warning("relay_waits", error=type(error).__name__)
            pause = PAUSE_AFTER_FAILURE
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
