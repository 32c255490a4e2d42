"""The side effects of ImportBatch that concern rows in doubt: persons are asked about them, like about any lead."""

import asyncio
from contextlib import suppress
from typing import Any

from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.gone import unless_gone
from customer_handle import noticed
from domain.answer import Answer
from domain.ids import IdMaker
from domain.importing.batch import Done, Step
from domain.submission import Submission
from store.database import Database
from store.import_asking import Asking


class AskingActivities:
    """Submit rows in doubt as leads that wait for a person, and withdraw those that still wait."""

    def __init__(self, database: Database, ids: IdMaker, client: Client, task_queue: str) -> None:
        self._asking = Asking(database, ids)
        self._client = client
        self._task_queue = task_queue

    @activity.defn
    async def ask_import(self, step: Step) -> Done:
        """Submit the next rows in doubt, each when the one before it waits: an import must not crowd out leads."""
        submissions = await asyncio.to_thread(self._asking.next, step.batch)
        for line, submission in submissions.items():
            await self._submit(submission)
            activity.heartbeat(line)
        if submissions:
            await asyncio.to_thread(self._asking.asked, step.batch, submissions)
        return Done(count=len(submissions), finished=not submissions)

    @activity.defn
    async def withdraw_import(self, step: Step) -> Done:
        """Withdraw the next rows about which a person was asked; of whom somebody has spoken stays."""
        lines = await asyncio.to_thread(self._asking.next_asked, step.batch)
        for line, lead_id in lines.items():
            with unless_gone():
                await self._client.get_workflow_handle(lead_id).execute_update("withdraw", result_type=Answer)
            activity.heartbeat(line)
        if lines:
            await asyncio.to_thread(self._asking.withdrawn, step.batch, lines)
        return Done(count=len(lines), finished=not lines)

    async def _submit(self, submission: Submission) -> None:
        """Start the lead's workflow and wait until it has answered; one that was submitted before is left alone."""
        start: WithStartWorkflowOperation[Any, Answer] = WithStartWorkflowOperation(
            "LeadIntake",
            submission,
            id=submission.lead_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        with suppress(WorkflowAlreadyStartedError):
            await self._client.execute_update_with_start_workflow(
                "first_answer", start_workflow_operation=noticed(start), result_type=Answer
            )
