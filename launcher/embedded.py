"""The embedded Temporal server: one child process on one folder, for as long as a block runs."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from launcher.child import Child, Command, first_of
from launcher.config import ENVIRONMENT, ServerFiles, choose_ports, server_command
from launcher.database import make_startable
from launcher.errors import ServerNotReady
from launcher.lock import FolderLock
from launcher.namespace import prepare_namespace
from launcher.obtain import obtain
from launcher.program import ServerProgram

READY_TIMEOUT = 60.0
READY_POLL = 0.1
STOP_WITHIN = 10.0


@dataclass(frozen=True)
class EmbeddedOptions:
    """How the embedded server differs from the default."""

    port: int = 0
    """Where clients connect; 0 picks a free port, kept over restarts of the server within one run."""
    namespace: str = "default"
    attributes: Sequence[SearchAttributeKey[Any]] = ()
    """Custom search attributes to register."""
    time_skipping: bool = False
    """Experimental; for tests and the demo only."""


class EmbeddedTemporal:
    """A Temporal server on loopback with its data in a folder, started again when it dies.

    Use it with ``async with``; at the end no process is left. ``address`` is what ``TEMPORAL_ADDRESS`` should be.
    """

    def __init__(
        self, folder: Path, options: EmbeddedOptions | None = None, *, program: ServerProgram | None = None
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            folder: Where its database, configuration and log live; used by one server at a time.
            options: See there.
            program: The server to run; None finds or gets one.
        """
        self._files = ServerFiles(folder.absolute())
        self._options = options or EmbeddedOptions()
        self._ports = choose_ports(self._options.port)
        self._program = program
        self._child: Child | None = None
        self._stack = AsyncExitStack()

    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return self._ports.address

    @property
    def namespace(self) -> str:
        """The namespace that is ready for use."""
        return self._options.namespace

    @property
    def pid(self) -> int | None:
        """The server's process id, or None while it is being started again."""
        return self._child.pid if self._child else None

    @property
    def program(self) -> ServerProgram | None:
        """What runs; None before the start."""
        return self._program

    async def __aenter__(self) -> Self:
        """Start the server and wait until workflows can be started on it.

        Raises:
            FolderInUse: when another server runs on the folder.
            NoTemporalServer: when none can be had.
            ServerNotReady: when it does not answer within a minute.
        """
        async with AsyncExitStack() as stack:
            program = self._program = self._program or await obtain()
            lock = stack.enter_context(FolderLock(self._files.folder))
            self._keep_last_log()
            self._child = Child(self._command(program, lock))
            stack.push_async_callback(self._child.stop)
            await self._child.start()
            await first_of(self._child.ended(), self._ready())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and free the folder."""
        await self._stack.aclose()

    async def ended(self) -> None:
        """Wait until the server is stopped.

        Raises:
            ChildFailed: when it cannot be kept running.
        """
        if self._child:
            await self._child.ended()

    def _command(self, program: ServerProgram, lock: FolderLock) -> Command:
        return Command(
            name="Temporal",
            arguments=server_command(program, self._files, self._ports, time_skipping=self._options.time_skipping),
            environment=ENVIRONMENT,
            inherited=(lock.fileno(),),
            log=self._files.log,
            stop_within=STOP_WITHIN,
            prepare=partial(make_startable, self._files.database),
        )

    def _keep_last_log(self) -> None:
        log = self._files.log
        if log.exists():
            log.replace(log.with_suffix(".log.1"))

    async def _ready(self) -> None:
        reason = ""
        try:
            async with asyncio.timeout(READY_TIMEOUT):
                while True:
                    try:
                        client = await Client.connect(self.address, namespace=self.namespace)
                        await prepare_namespace(client, self._options.attributes)
                        await _dispatches(client)
                    except (RPCError, RuntimeError) as error:  # RuntimeError is the SDK's "cannot connect"
                        reason = str(error)
                        await asyncio.sleep(READY_POLL)
                    else:
                        return
        except TimeoutError as error:
            raise ServerNotReady(seconds=f"{READY_TIMEOUT:g}", reason=reason, log=str(self._files.log)) from error


async def _dispatches(client: Client) -> None:
    """Return when the frontend reaches the service that hands out tasks; before, workflows start but do not run."""
    await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name="oneowner-ready")), retry=True
    )
