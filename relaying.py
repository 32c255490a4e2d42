"""The relay: what a worker process does all the time so that those who watch events see them within moments."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from domain.happening import Happening
from logs import log
from store.outbox import Outbox

BATCH = 200
PAUSE, PAUSE_AFTER_FAILURE = 0.2, 2.0
"""Seconds."""

EVENTS = Counter("oneowner_events", "Events passed on, by whose timeline they are on and by kind.", ("stream", "kind"))
DELAY = Histogram(
    "oneowner_event_delay_seconds",
    "From the recording of an event until those who watch events are shown it.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 15, 60, 300, 3600),
)


class Measuring:
    """The watcher that counts events for operators; a batch that fails and comes again counts again."""

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Count events and how late they are."""
        now = datetime.now(UTC)
        for it in happened:
            EVENTS.labels(it.stream, it.kind).inc()
            DELAY.observe(max((now - it.recorded_at).total_seconds(), 0.0))


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
