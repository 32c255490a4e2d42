"""The one way in which every part of OneOwner reaches Temporal.

Where it is comes from ``temporalio.envconfig``: ``TEMPORAL_ADDRESS``, ``TEMPORAL_NAMESPACE``, ``TEMPORAL_API_KEY``,
``TEMPORAL_TLS_*`` or a profile in Temporal's own configuration file, as Temporal's own tools read them.
"""

import asyncio
import socket
import time

from temporalio.api.enums.v1.task_queue_pb2 import TASK_QUEUE_TYPE_WORKFLOW as WORKFLOWS
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig

from settings import Settings

DEFAULT_ADDRESS = "localhost:7233"
RETRY_EVERY = 0.5
LONGEST_POLL = 120
"""Seconds; a worker asks again after at most about seventy."""


class TemporalUnreachable(Exception):
    """No Temporal server answers: ``address``, ``seconds`` waited and the last ``reason``."""

    code = "temporal-unreachable"

    def __init__(self, address: str, seconds: float, reason: str) -> None:
        super().__init__(f"no Temporal server answers at {address} after {seconds:g} s: {reason}")
        self.address, self.seconds, self.reason = address, seconds, reason


def profile() -> ClientConfigProfile:
    """The client settings that this process was given; an empty address means that none was."""
    return ClientConfigProfile.load()


async def connect(settings: Settings, address: str | None = None) -> Client:
    """Connect with our data converter, waiting for a server that is still starting.

    Args:
        settings: ``temporal_timeout`` bounds the wait.
        address: another server than the given one.

    Raises:
        TemporalUnreachable: when the time is up.
    """
    given: ClientConnectConfig = {"target_host": DEFAULT_ADDRESS, **profile().to_client_connect_config()}
    if address:
        given["target_host"] = address
    reason = ""
    try:
        async with asyncio.timeout(settings.temporal_timeout):
            while True:
                try:
                    return await Client.connect(**given, data_converter=pydantic_data_converter)
                except RuntimeError as error:  # the SDK's "Failed client connect"
                    reason = str(error)
                await asyncio.sleep(RETRY_EVERY)
    except TimeoutError as error:
        raise TemporalUnreachable(given["target_host"], settings.temporal_timeout, reason) from error


async def polled_from_here(client: Client, task_queue: str) -> bool:
    """Whether a worker on this machine has asked for workflow tasks in the last two minutes: a container's health.

    Args:
        client: Connected.
        task_queue: The worker's.
    """
    queue = TaskQueue(name=task_queue)
    request = DescribeTaskQueueRequest(namespace=client.namespace, task_queue=queue, task_queue_type=WORKFLOWS)
    answer = await client.workflow_service.describe_task_queue(request)
    here, since = f"@{socket.gethostname()}", time.time() - LONGEST_POLL  # the SDK's identity is pid@host
    return any(poll.identity.endswith(here) and poll.last_access_time.seconds > since for poll in answer.pollers)
