"""Mending what two databases of different age disagree about. Nothing of it writes an owner: it only asks workflows.

- The database is newer (every restored backup: Temporal's is taken first): what it says must be going on is begun anew.
  Every step that was carried out is found in the database, so that nothing happens twice.
- Temporal is newer (a database that was restored alone): what its histories say was asked is asked again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from backup.restoring import forget_restore, restored_since
from customer_handle import CustomerHandle
from domain.submission import Submission
from logs import log
from recorded import Recorded, changes_asked, choices_made, submission_of
from settings import Settings
from store.database import Database
from store.unfinished import Unfinished

T = TypeVar("T")
AT_ONCE = 20
PAUSE = 2.0
"""Seconds after a failure."""
UNDER_WAY = timedelta(minutes=1)
"""A lead that is younger may just be on its way into the database."""
_ANEW = WorkflowIDConflictPolicy.TERMINATE_EXISTING
_GO_ON = WorkflowIDConflictPolicy.USE_EXISTING


@dataclass
class Mended:
    """How much was begun, or asked, again; most of it was going on already and has noticed nothing."""

    leads: int = 0
    customers: int = 0
    requests: int = 0
    others: int = 0
    again: int = 0
    """Leads that only Temporal knew."""
    changes: int = 0
    """Changes that only Temporal knew."""
    refused: int = 0
    """Of these, those that the rules do not allow any more."""

    def beside(self, other: "Mended") -> "Mended":
        """Both together."""
        return Mended(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    @property
    def facts(self) -> dict[str, str]:
        """For a message."""
        return {name: str(value) for name, value in asdict(self).items()}


class Mending:
    """Asks the workflows of one task queue. It may run beside the service, needs a worker, and may be repeated."""

    def __init__(self, client: Client, task_queue: str, unfinished: Unfinished) -> None:
        self._client = client
        self._task_queue = task_queue
        self._unfinished = unfinished
        self._customers = CustomerHandle(client, task_queue)

    async def go_on(self, since: datetime) -> Mended:
        """See to it that everything goes on that the database says must.

        Args:
            since: leads settled at or after it are handed over again; the beginning of the backup, or before.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, temporalio.service.RPCError: when one of the two fails; it may be repeated.
        """
        known, mended = self._unfinished, Mended()
        waiting = await asyncio.to_thread(known.waiting_leads)
        mended.leads = await _each(waiting, self._wait_on)
        mended.leads += await _each(await asyncio.to_thread(known.settled_leads, since), self._hand_over)
        pages = known.watched_customers()
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            mended.customers += await _each(page, self._customers.look_again)
        mended.requests = await _each(
            await asyncio.to_thread(known.approvals), lambda it: self._begin("Approval", it, workflow_id=it.id)
        )
        mended.requests += await _each(
            await asyncio.to_thread(known.cases), lambda it: self._begin("CollisionCase", it, workflow_id=it)
        )
        mended.others = await _each(
            await asyncio.to_thread(known.moves), lambda it: self._begin("RepMove", it, workflow_id=it)
        )
        mended.others += await _each(
            await asyncio.to_thread(known.merges), lambda it: self._begin("CustomerMerge", it, workflow_id=it.asked.id)
        )
        mended.others += await _each(
            await asyncio.to_thread(known.imports),
            lambda it: self._begin("ImportBatch", *it, workflow_id=it[0].workflow_id, conflict=_ANEW),
        )
        await _each(await asyncio.to_thread(known.reps), self._customers.rep_changed)
        return mended

    async def ask_again(self, since: datetime) -> Mended:
        """Ask again what Temporal's histories since an instant say was asked, and the database does not know.

        Leads first, then persons' words on them, then what was asked of customers, each in the order of time.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, temporalio.service.RPCError: when one of the two fails; it may be repeated.
        """
        mended, choices, leads = Mended(), [], []
        async for lead_ids in self._recorded("LeadIntake", since):
            unknown = await asyncio.to_thread(self._unfinished.unknown_leads, lead_ids)
            leads += [await Recorded.of(self._client, lead_id) for lead_id in unknown]
        for recorded in sorted(leads, key=lambda it: it.began_at):
            await self._again(await submission_of(recorded))
            choices += await choices_made(recorded)
            mended.again += 1
        for choice in sorted(choices, key=lambda it: it.at):
            handle = self._client.get_workflow_handle(choice.workflow_id)
            mended.refused += await _refused(handle.execute_update("confirm", choice.said))
        changes = []
        async for customer_ids in self._recorded("CustomerLifecycle", since):
            for customer_id in customer_ids:
                changes += await changes_asked(await Recorded.of(self._client, customer_id))
        undone = await asyncio.to_thread(self._unfinished.undone, {change.said.id for change in changes})
        for change in sorted(changes, key=lambda it: it.at):
            if change.said.id in undone:
                undone.remove(change.said.id)
                mended.changes += 1
                mended.refused += await _refused(self._customers.ask_again(change.workflow_id, change.said))
        return mended

    async def newer_leads(self, since: datetime, most: int) -> int:
        """How many of the latest leads that Temporal has taken in since an instant the database does not know.

        Args:
            since: leads before it are not looked at.
            most: so many are looked at.
        """
        found = 0
        async for lead_ids in self._recorded("LeadIntake", since, most):
            found += len(await asyncio.to_thread(self._unfinished.unknown_leads, lead_ids))
        return found

    async def _recorded(self, kind: str, since: datetime, most: int | None = None) -> AsyncIterator[list[str]]:
        """The ids of workflows of a kind, some at a time. A listing only says where to look."""
        now = datetime.now(UTC)
        query = f"WorkflowType = '{kind}' AND TaskQueue = '{self._task_queue}' AND StartTime >= '{since.isoformat()}'"
        page: dict[str, None] = {}
        async for found in self._client.list_workflows(query, limit=most):
            fresh = found.status is WorkflowExecutionStatus.RUNNING and now - found.start_time < UNDER_WAY
            if kind != "LeadIntake" or not fresh:
                page[found.id] = None
            if len(page) == AT_ONCE:
                yield list(page)
                page = {}
        if page:
            yield list(page)

    async def _wait_on(self, submission: Submission) -> None:
        """Have a lead wait on for its person; one that waits looks at what the database says."""
        await self._client.start_workflow(
            "LeadIntake",
            submission,
            id=submission.lead_id,
            task_queue=self._task_queue,
            id_conflict_policy=_GO_ON,
            start_signal="look_again",
        )

    async def _hand_over(self, submission: Submission) -> None:
        once = WorkflowIDReusePolicy.REJECT_DUPLICATE
        await self._begin("LeadIntake", submission, workflow_id=submission.lead_id, reuse=once)

    async def _again(self, submission: Submission) -> None:
        handle = await self._client.start_workflow(
            "LeadIntake",
            submission,
            id=submission.lead_id,
            task_queue=self._task_queue,
            id_conflict_policy=_ANEW,
        )
        try:
            await handle.execute_update("first_answer")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            # It was clear, and has ended before it could be asked.

    async def _begin(
        self,
        kind: str,
        *args: Any,
        workflow_id: str,
        conflict: WorkflowIDConflictPolicy = _GO_ON,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    ) -> None:
        try:
            await self._client.start_workflow(
                kind,
                args=args,
                id=workflow_id,
                task_queue=self._task_queue,
                id_conflict_policy=conflict,
                id_reuse_policy=reuse,
            )
        except WorkflowAlreadyStartedError:
            return


async def mend_after_restore(settings: Settings, client: Client, database: Database, stop: asyncio.Event) -> None:
    """Begin anew what a restored backup says must be going on, once; a server that is down is waited for."""
    while (since := restored_since(settings)) and not stop.is_set():
        try:
            mended = await Mending(client, settings.task_queue, Unfinished(database)).go_on(since)
        except (SQLAlchemyError, RPCError) as error:
            log.warning("mending_waits", error=type(error).__name__)
            await asyncio.sleep(PAUSE)
        else:
            forget_restore(settings)
            log.info("mended_after_restore", **mended.facts)


async def _each(things: Iterable[T], do: Callable[[T], Awaitable[None]]) -> int:
    """Do something for each, some at once; how many there were."""
    rest: Sequence[T] = list(things)
    for first in range(0, len(rest), AT_ONCE):
        await asyncio.gather(*(do(it) for it in rest[first : first + AT_ONCE]))
    return len(rest)


async def _refused(asking: Awaitable[Any]) -> bool:
    """Whether the rules do not allow something any more."""
    try:
        await asking
    except WorkflowUpdateFailedError:
        return True
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True  # it has ended meanwhile
    return False
