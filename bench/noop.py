"""The ceiling: workflows that do nothing, on the same server and with the same worker settings."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

TASK_QUEUE = "noop"
Once = Callable[[], Awaitable[None]]


@workflow.defn
class NoOp:
    """Ends as soon as it runs."""

    @workflow.run
    async def run(self) -> None:
        """Do nothing."""


@asynccontextmanager
async def noop_worker(temporal: str) -> AsyncIterator[Once]:
    """A worker and a client in this process; yields what starts one workflow and waits for its result."""
    client = await Client.connect(temporal, data_converter=pydantic_data_converter)

    async def once() -> None:
        await client.execute_workflow(NoOp.run, id=f"noop-{uuid4()}", task_queue=TASK_QUEUE)

    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[NoOp],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=100,
    ):
        yield once
