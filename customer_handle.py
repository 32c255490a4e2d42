"""How API and activities reach a customer's workflow: the only writer of its ownership."""

import asyncio
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from domain.change import Asked, Changed
from domain.policy_version import Turn

WORKFLOW = "CustomerLifecycle"
CHANGE = "change"
LOOK_AGAIN = "look_again"
QUEUE_RETRY = "QueueRetry"
POLICY_RETRY = "PolicyRetry"
Start = TypeVar("Start", bound=WithStartWorkflowOperation[Any, Any])


class CustomerHandle:
    """Asks customers' workflows, which run only while something is pending and are revived by being asked."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def change(self, customer_id: str, asked: Asked) -> Changed:
        """Have a change carried out and wait for what came of it; a merged customer's goes to its survivor.

        Raises:
            temporalio.client.WorkflowUpdateFailedError: with an ``ApplicationError`` whose type is the refusal's code.
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        while True:
            try:
                return await self._ask(customer_id, asked)
            except WorkflowUpdateFailedError as error:
                survivor_id = _survivor(error)
                if survivor_id is None or not asked.change.follows:
                    raise
                customer_id = survivor_id

    async def ask(self, customer_id: str, asked: Asked) -> None:
        """Have this very customer's workflow carry out a change, for an activity: a refusal is not tried again.

        Raises:
            temporalio.exceptions.ApplicationError: whose type is the refusal's code.
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        try:
            await self._ask(customer_id, asked)
        except WorkflowUpdateFailedError as error:
            raise error.cause from error

    async def ask_again(self, customer_id: str, asked: Asked) -> None:
        """Have a change carried out that a workflow remembers and the database has lost; where it has not, it is once.

        Raises:
            temporalio.client.WorkflowUpdateFailedError: when it is refused by now.
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        await self._ask(customer_id, asked, f"{asked.id}:again:{uuid4().hex}")  # by its own id Temporal would answer

    async def look_again(self, customer_id: str) -> None:
        """Have the customer's workflow run and go by what the database says.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        await self._client.execute_update_with_start_workflow(
            LOOK_AGAIN, start_workflow_operation=noticed(self._start(customer_id))
        )

    async def _ask(self, customer_id: str, asked: Asked, update_id: str | None = None) -> Changed:
        changed: Changed = await self._client.execute_update_with_start_workflow(
            CHANGE,
            asked,
            start_workflow_operation=noticed(self._start(customer_id)),
            id=update_id or asked.id,
            result_type=Changed,
        )
        return changed

    def _start(self, customer_id: str) -> WithStartWorkflowOperation[Any, None]:
        return WithStartWorkflowOperation(
            WORKFLOW,
            None,
            id=customer_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def watch(self, customer_id: str) -> None:
        """See to it that the customer's workflow runs and watches the clock.

        It looks up by itself how the customer stands: when this is repeated after a crash, that may have changed.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        await self._client.start_workflow(
            WORKFLOW,
            None,
            id=customer_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def rep_changed(self, rep_id: str) -> None:
        """Have customers in queues tried again whom a rep may be given; calls that come close together make one round.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        await self._client.start_workflow(
            QUEUE_RETRY,
            None,
            id=f"{self._task_queue}_queue_retry",
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="rep_changed",
            start_signal_args=[rep_id],
        )

    async def policy_turns(self, turn: Turn) -> None:
        """Have customers in queues tried again for whom a version of the policy decides otherwise, once it is in force.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        await self._client.start_workflow(
            POLICY_RETRY,
            args=[turn, None],
            id=f"{self._task_queue}_policy_retry_{turn.position}",
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


def _survivor(error: WorkflowUpdateFailedError) -> str | None:
    """The customer that stands for the one asked, when that is why it refused."""
    cause = error.cause
    if not isinstance(cause, ApplicationError) or cause.type != "already_merged":
        return None
    return str(cause.details[0]["about"])


def noticed(start: Start) -> Start:
    """The same operation, whose failure asyncio does not report as one that nobody saw.

    The SDK keeps it in a future beside raising it.
    """
    waiting = asyncio.ensure_future(start.workflow_handle())
    waiting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return start
