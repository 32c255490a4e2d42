"""The API's one door to the workflows. Nothing else in the API talks to Temporal."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.problems import Problem, ProblemType
from customer_handle import CustomerHandle, noticed
from domain.answer import Answer
from domain.change import Asked, Changed
from domain.submission import Choice, Submission
from settings import Settings
from workflows.lead_intake import LeadIntake
from workflows.rep_departure import Departure, RepDeparture

PING_TIMEOUT = timedelta(seconds=3)
T = TypeVar("T")


class Gateway:
    """Starts workflows and asks them; their refusals become problems, their silence a 503."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._task_queue = settings.task_queue
        self._patience = settings.answer_timeout
        self._customers = CustomerHandle(client, settings.task_queue)

    async def submit(self, submission: Submission) -> Answer:
        """Start a lead's workflow and wait for what it turned out to be.

        Raises:
            Problem: 409 when the lead is already on its way, 503 when the answer takes too long; the lead goes on.
        """
        start: WithStartWorkflowOperation[Any, Answer] = WithStartWorkflowOperation(
            LeadIntake.run,
            submission,
            id=submission.lead_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        try:
            return await self._answered(
                self._client.execute_update_with_start_workflow(
                    LeadIntake.first_answer, start_workflow_operation=noticed(start)
                )
            )
        except WorkflowAlreadyStartedError as error:
            raise Problem(ProblemType.LEAD_IN_PROGRESS, headers={"Retry-After": "1"}) from error

    async def begin(self, submission: Submission) -> None:
        """Start a lead's workflow without waiting. One that has begun already simply goes on, or has ended."""
        with suppress(WorkflowAlreadyStartedError):
            await self._answered(
                self._client.start_workflow(
                    LeadIntake.run,
                    submission,
                    id=submission.lead_id,
                    task_queue=self._task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
            )

    async def is_in_progress(self, lead_id: str) -> bool:
        """Whether a lead that is not yet in the read model is on its way to it."""
        try:
            description = await self._answered(self._client.get_workflow_handle(lead_id).describe())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status is WorkflowExecutionStatus.RUNNING

    async def confirm(self, lead_id: str, choice: Choice) -> Answer | None:
        """Settle a lead in doubt by a person's word; None when it has been settled meanwhile."""
        handle = self._client.get_workflow_handle_for(LeadIntake.run, lead_id)
        try:
            return await self._answered(handle.execute_update(LeadIntake.confirm, choice))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def change(self, customer_id: str, asked: Asked) -> Changed:
        """Have a customer's workflow carry out a change."""
        return await self._answered(self._customers.change(customer_id, asked))

    async def rep_left(self, rep_id: str) -> None:
        """Have every customer of a deactivated rep moved on, durably."""
        await self._answered(
            self._client.start_workflow(
                RepDeparture.run,
                Departure(rep_id=rep_id),
                id=f"departure_{rep_id}",
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
        )

    async def rep_changed(self, rep_id: str) -> None:
        """Have customers in queues tried again whom a rep may be given, durably."""
        await self._answered(self._customers.rep_changed(rep_id))

    async def ping(self) -> None:
        """Ask Temporal for a sign of life.

        Raises:
            temporalio.service.RPCError: when there is none.
        """
        await self._client.service_client.check_health(timeout=PING_TIMEOUT)

    async def _answered(self, asking: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience):
                return await asking
        except TimeoutError as error:
            raise Problem.unavailable() from error
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type:
                raise Problem.refused(error.cause.type, **next(iter(error.cause.details), {})) from error
            raise
