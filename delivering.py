"""The delivery loop: what a worker process does beside the relay so that messages leave the house."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from channels.attempting import Deliver, Outcome, again
from domain.delivery import Attempt, Channel
from logs import log
from store.deliveries import Deliveries
from store.delivery_log import KEEP, DeliveryLog
from store.tables import DeliveryRow

PAUSE, PAUSE_WHEN_BUSY, PAUSE_AFTER_FAILURE = 0.25, 0.02, 2.0
"""Seconds."""
ATTEMPT_SECONDS = 45.0
"""Less than ``store.deliveries.LEASE``."""
PATIENCE_AT_STOP = 8.0
"""Seconds that attempts under way have to come to an end; what does not is delivered again by another process."""
FORGET_EVERY = 3600.0
"""Seconds."""


class Delivering:
    """Takes deliveries whose time has come and gives each to its channel. One per process."""

    def __init__(self, deliveries: Deliveries, delivery_log: DeliveryLog, channels: Mapping[Channel, Deliver]) -> None:
        self._deliveries = deliveries
        self._log = delivery_log
        self._channels = channels
        self._under_way: set[asyncio.Task[Outcome]] = set()
        self._done: dict[int, Attempt] = {}
        self._something_done = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop, then let what is under way come to an end. A database that is down is waited for;
        what was delivered meanwhile is written down once it is back."""
        stopped = asyncio.create_task(stop.wait())
        forgotten = -FORGET_EVERY
        while not stop.is_set():
            pause = PAUSE
            try:
                await self._round()
                if monotonic() - forgotten > FORGET_EVERY and not await self._forget():
                    forgotten = monotonic()
            except SQLAlchemyError as error:
                log.warning("deliveries_wait", error=type(error).__name__)
                pause = PAUSE_AFTER_FAILURE
            await self._rest(stopped, pause)
        await self._finish()

    async def _forget(self) -> int:
        return await asyncio.to_thread(self._log.forget, datetime.now(UTC) - KEEP)

    async def _round(self) -> None:
        """Write down what is done and take what is due."""
        self._something_done.clear()
        await self._settle()
        for delivery in await asyncio.to_thread(self._deliveries.take, datetime.now(UTC)):
            task = asyncio.create_task(self._attempt(delivery))
            self._under_way.add(task)
            task.add_done_callback(partial(self._note, delivery, datetime.now(UTC)))

    async def _attempt(self, delivery: DeliveryRow) -> Outcome:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                return await self._channels[Channel(delivery.channel)](delivery)
        except TimeoutError:
            return again("timeout")

    def _note(self, delivery: DeliveryRow, started: datetime, task: asyncio.Task[Outcome]) -> None:
        """Remember how an attempt went. An error of ours is one message's trouble, which the others do not share."""
        self._under_way.discard(task)
        if task.cancelled() or delivery.position is None:
            return
        error = task.exception()
        if isinstance(error, SQLAlchemyError):  # the receiver had no part in it: tried again when the lease ends
            log.warning("delivery_waits", delivery=delivery.id, error=type(error).__name__)
            return
        if error is not None:
            log.error("delivery_error", delivery=delivery.id, channel=delivery.channel, exc_info=error)
        outcome = again("internal") if error is not None else task.result()
        ended = datetime.now(UTC)
        self._done[delivery.position] = Attempt(
            outcome.result,
            ended,
            max(ended - started, timedelta(0)),
            outcome.status,
            outcome.error,
            outcome.retry_after,
        )
        self._something_done.set()

    async def _settle(self) -> None:
        """Write down what is done; it stays in memory until that has worked."""
        if done := dict(self._done):
            await asyncio.to_thread(self._deliveries.settle, done)
            for position in done:
                del self._done[position]

    async def _rest(self, stopped: asyncio.Task[bool], seconds: float) -> None:
        """Wait, less long when something is done, for then there is room for more."""
        something_done = asyncio.create_task(self._something_done.wait())
        await asyncio.wait({stopped, something_done}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        something_done.cancel()
        if seconds == PAUSE and not stopped.done():
            await asyncio.sleep(PAUSE_WHEN_BUSY)

    async def _finish(self) -> None:
        if self._under_way:
            _, late = await asyncio.wait(set(self._under_way), timeout=PATIENCE_AT_STOP)
            for task in late:
                task.cancel()
        try:
            await self._settle()
        except SQLAlchemyError as error:
            log.warning("deliveries_unsettled", error=type(error).__name__, count=len(self._done))
