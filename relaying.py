"""The relay: what a worker process does all the time so that those who watch events see them within moments.

Watchers write; what they write for a workflow is told to it from here, after it is committed.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from domain.happening import Happening
from logs import log
from store.collision_calls import CollisionCalls
from store.outbox import Outbox

BATCH = 200
CALLS = 20
"""So many cases are called at once, before the next events are passed on."""
PAUSE, BREATH, PAUSE_AFTER_FAILURE = 0.2, 0.05, 2.0
"""Seconds: when nothing waits; after a batch that was not full, because events that are dealt with together cost little
more than one, and take one turn to write; after a failure."""
CASE, HAPPENED = "CollisionCase", "happened"
"""The workflow of a collision case, and its signal that something happened."""

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


class CaseCaller:
    """Starts the workflows of collision cases, and tells those that run what happened."""

    def __init__(self, calls: CollisionCalls, client: Client, task_queue: str) -> None:
        self._calls = calls
        self._client = client
        self._task_queue = task_queue

    async def call(self) -> None:
        """Tell of what was noted first. What is told twice, because somebody died in between, does no harm.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails.
            temporalio.service.RPCError: when Temporal cannot be reached; the calls stay.
        """
        calls = await asyncio.to_thread(self._calls.waiting, CALLS)
        if calls:
            await asyncio.gather(*(self._tell(event_id, case_id) for event_id, case_id in calls))
            await asyncio.to_thread(self._calls.told, calls)

    async def _tell(self, event_id: str, case_id: str) -> None:
        await self._client.start_workflow(
            CASE,
            case_id,
            id=case_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=HAPPENED,
            start_signal_args=[event_id],
        )


async def relay(outbox: Outbox, cases: CaseCaller, stop: asyncio.Event) -> None:
    """Pass events on until told to stop; a database or a Temporal server that is down is waited for."""
    while not stop.is_set():
        pause = PAUSE
        try:
            await cases.call()
            dealt_with = await asyncio.to_thread(outbox.pass_on, BATCH)
            if dealt_with == BATCH:
                continue
            if dealt_with:
                pause = BREATH
        except (SQLAlchemyError, RPCError) as error:
            log.warning("relay_waits", error=type(error).__name__)
            pause = PAUSE_AFTER_FAILURE
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
