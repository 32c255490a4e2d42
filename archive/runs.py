"""Runs as Temporal has them: those that closed, those that are open, and the runs before and after one."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from archive.manifest import Kept, kept


class Runs:
    """The runs of one installation: of its task queue and of that for archiving."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._of_ours = f"TaskQueue IN ('{task_queue}', '{archive_queue(task_queue)}')"

    def closed(self, since: datetime | None, until: datetime | None = None) -> AsyncIterator[WorkflowExecution]:
        """Closed and continued runs as they are listed, which lags behind what happened.

        Args:
            since: those that closed then or later; None for all that Temporal still has.
            until: those that closed before.
        """
        query = f"{self._of_ours} AND ExecutionStatus != 'Running'"
        if since is not None:
            query += f" AND CloseTime >= '{_instant(since)}'"
        if until is not None:
            query += f" AND CloseTime < '{_instant(until)}'"
        return self._client.list_workflows(query)

    def open(self) -> AsyncIterator[WorkflowExecution]:
        """Runs that are open, as they are listed."""
        return self._client.list_workflows(f"{self._of_ours} AND ExecutionStatus = 'Running'")

    async def described(self, workflow_id: str, run_id: str | None = None) -> WorkflowExecution | None:
        """A run, or a workflow's latest one, as it is at this moment; None when Temporal has it no more.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
        try:
            return await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def fetched(self, run: WorkflowExecution) -> Kept | None:
        """A run with its whole history; None when Temporal has it no more.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        try:
            history = await self._client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return kept(run, history)

    async def of_workflow(self, workflow_id: str) -> list[WorkflowExecution]:
        """All runs of a workflow that Temporal still has, oldest first."""
        query = f"WorkflowId = '{workflow_id.replace(chr(39), '')}'"
        return sorted([run async for run in self._client.list_workflows(query)], key=lambda run: run.start_time)

    async def retention(self) -> timedelta:
        """How long Temporal keeps closed runs.

        Raises:
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        request = DescribeNamespaceRequest(namespace=self._client.namespace)
        answer = await self._client.workflow_service.describe_namespace(request)
        return answer.config.workflow_execution_retention_ttl.ToTimedelta()


def archive_queue(task_queue: str) -> str:
    """The task queue of sweeps and replays, which must not take the slots of leads."""
    return f"{task_queue}-archive"


def neighbours(history: WorkflowHistory) -> Iterator[str]:
    """The ids of the runs that a run continued, and that continued it."""
    before = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    after = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    yield from filter(None, (before, after))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
