"""Checks of Temporal: there, with our namespace, keeping histories long enough, with a worker that asks for work."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import yaml
from temporalio.api.enums.v1.task_queue_pb2 import TASK_QUEUE_TYPE_WORKFLOW
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    GetSystemInfoRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from doctor.database import skew
from doctor.finding import Finding, error, fine, warning
from launcher.config import LOOPBACK, ServerFiles
from launcher.errors import FolderInUse
from launcher.lock import FolderLock
from launcher.namespace import RETENTION
from launcher.program import OLDEST_DEV_SERVER
from settings import Settings
from temporal_client import LONGEST_POLL, TemporalUnreachable, connect, profile

PATIENCE = 3.0


async def temporal(settings: Settings) -> AsyncIterator[Finding]:
    """Everything about the Temporal server that the settings name, or the embedded one of the data folder."""
    if not profile().address and embedded_address(settings) is None:
        yield warning("embedded-stopped", folder=settings.data_dir.absolute())
        return
    try:
        client = await reach(settings)
    except TemporalUnreachable as failed:
        yield error("temporal-unreachable", address=failed.address, reason=failed.reason)
        return
    try:
        yield await _version(client)
        yield await _namespace(client)
        async for finding in _workers(client, settings.task_queue):
            yield finding
    except RPCError as failed:
        if failed.status is not RPCStatusCode.NOT_FOUND:
            yield error("temporal-refuses", address=client.service_client.config.target_host, reason=failed.message)
            return
        yield error("namespace-missing", namespace=client.namespace)


async def reach(settings: Settings) -> Client:
    """A client of that server.

    Raises:
        TemporalUnreachable: when it does not answer within seconds.
    """
    embedded = None if profile().address else embedded_address(settings)
    return await connect(settings.model_copy(update={"temporal_timeout": PATIENCE}), embedded)


def embedded_address(settings: Settings) -> str | None:
    """Where the embedded server of the data folder listens; None while none runs there."""
    files = ServerFiles(settings.data_dir.absolute() / "temporal")
    if not files.folder.exists():
        return None
    try:
        with FolderLock(files.folder):
            return None
    except FolderInUse:
        pass
    if settings.temporal_port:
        return f"{LOOPBACK}:{settings.temporal_port}"
    try:
        config = yaml.safe_load(files.config.read_text())
    except OSError:  # a server with flags, that tells its port to nobody
        return None
    return f"{LOOPBACK}:{config['services']['frontend']['rpc']['grpcPort']}"


async def _version(client: Client) -> Finding:
    info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    facts = {"version": info.server_version, "oldest": ".".join(map(str, OLDEST_DEV_SERVER))}
    numbers = tuple(int(part) for part in info.server_version.split("-")[0].split(".")[:2])
    return warning("temporal-old", **facts) if numbers < OLDEST_DEV_SERVER else fine("temporal-answers", **facts)


async def _namespace(client: Client) -> Finding:
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    kept: timedelta = found.config.workflow_execution_retention_ttl.ToTimedelta()
    facts = {"namespace": client.namespace, "days": f"{kept / timedelta(days=1):g}", "wanted": RETENTION.days}
    return warning("retention-short", **facts) if kept < RETENTION else fine("retention-long", **facts)


async def _workers(client: Client, task_queue: str) -> AsyncIterator[Finding]:
    """Who asked for work of late. The time at which they did is the server's, so it tells when its clock is ahead."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TASK_QUEUE_TYPE_WORKFLOW,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    now = datetime.now(UTC)
    ages = [(now - poll.last_access_time.ToDatetime(UTC)).total_seconds() for poll in answer.pollers]
    polling = [age for age in ages if age < LONGEST_POLL]
    if not polling:
        yield error("worker-none", queue=task_queue)
        return
    yield fine("worker-polls", queue=task_queue, count=len(polling))
    yield skew("Temporal", max(-min(ages), 0.0))
