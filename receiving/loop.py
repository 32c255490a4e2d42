"""The loops of receiving, which run in each worker process beside the relay."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from logs import log

BATCH = 20
PAUSE, PAUSE_AFTER_FAILURE = 0.3, 2.0
"""Seconds."""


async def repeat(name: str, work: Callable[[int], Awaitable[int]], stop: asyncio.Event) -> None:
    """Do a kind of work again and again until told to stop, without a pause while there is some.

    Args:
        name: what it is called in logs.
        work: does at most so much of it, and says how much there was.
        stop: set when it is time to stop.
    """
    while not stop.is_set():
        pause = PAUSE
        try:
            if await work(BATCH):
                continue
        except SQLAlchemyError as error:
            log.warning(f"{name}_waits", error=type(error).__name__)
            pause = PAUSE_AFTER_FAILURE
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
