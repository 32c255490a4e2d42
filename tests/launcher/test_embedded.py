"""The real server. Each start costs about two seconds."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from launcher.embedded import EmbeddedOptions, EmbeddedTemporal
from launcher.errors import ChildFailed, FolderInUse
from launcher.program import Kind, ServerProgram
from tests.launcher.processes import alive, children, gone_within, kill, script

CUSTOMER = SearchAttributeKey.for_keyword("CustomerRef")
DUE = SearchAttributeKey.for_datetime("DueAt")
OPTIONS = EmbeddedOptions(attributes=(CUSTOMER, DUE))


@workflow.defn
class Greeting:
    """Greets."""

    @workflow.run
    async def run(self, name: str) -> str:
        return f"你好，{name}"


async def greet(client: Client, name: str) -> str:
    queue = f"greetings-{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Greeting], workflow_runner=UnsandboxedWorkflowRunner()):
        return await client.execute_workflow(
            Greeting.run, name, id=queue, task_queue=queue, execution_timeout=timedelta(seconds=20)
        )


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path, program: ServerProgram) -> None:
    async with EmbeddedTemporal(tmp_path, OPTIONS, program=program) as server:
        client = await Client.connect(server.address)
        handle = await client.start_workflow("Waiting", id="客户-1", task_queue="nobody")
        first, address = server.pid, server.address
        kill(first, signal.SIGKILL)
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
        assert server.address == address
        assert server.pid != first
        assert await greet(client, "王小明") == "你好，王小明"
        last = server.pid
    assert last is not None
    assert not alive(last)


async def test_a_second_start_reuses_the_data_and_works_at_once(tmp_path: Path, program: ServerProgram) -> None:
    async with EmbeddedTemporal(tmp_path, OPTIONS, program=program) as server:
        client = await Client.connect(server.address)
        await client.start_workflow("Waiting", id="kept", task_queue="nobody")
        kill(server.pid, signal.SIGKILL)  # its addresses stay in the database
    started = time.monotonic()
    async with EmbeddedTemporal(tmp_path, OPTIONS, program=program) as server:
        client = await Client.connect(server.address)
        assert await greet(client, "Ann") == "你好，Ann"
        assert time.monotonic() - started < 15  # and not the fifty seconds of joining who is gone
        assert (await client.get_workflow_handle("kept").describe()).status is WorkflowExecutionStatus.RUNNING
    assert (tmp_path / "server.log.1").exists()


async def test_namespace_and_search_attributes_are_registered_once(tmp_path: Path, program: ServerProgram) -> None:
    for namespace in ("default", "sales"):
        options = EmbeddedOptions(attributes=(CUSTOMER, DUE), namespace=namespace)
        async with EmbeddedTemporal(tmp_path, options, program=program) as server:
            client = await Client.connect(server.address, namespace=namespace)
            found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
            assert found.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)
            assert (await client.count_workflows("CustomerRef = 'x' AND DueAt IS NULL")).count == 0


async def test_one_folder_serves_one_server(tmp_path: Path, program: ServerProgram) -> None:
    async with EmbeddedTemporal(tmp_path, program=program):
        with pytest.raises(FolderInUse):
            async with EmbeddedTemporal(tmp_path, program=program):
                pass


async def test_a_file_that_a_kill_left_half_made_is_made_anew(tmp_path: Path, program: ServerProgram) -> None:
    with sqlite3.connect(tmp_path / "temporal.db") as connection:
        connection.execute("CREATE TABLE namespaces (partition_id INTEGER NOT NULL)")
    connection.close()
    async with EmbeddedTemporal(tmp_path, program=program) as server:
        assert server.pid


async def test_a_server_that_cannot_start_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.child.FIRST_DELAY", 0.01)
    broken = ServerProgram(script(tmp_path / "broken", "exit 1"), Kind.SERVER, "1.32.1")
    with pytest.raises(ChildFailed):
        async with EmbeddedTemporal(tmp_path / "data", program=broken):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_the_parent_leaves_no_server(tmp_path: Path, program: ServerProgram) -> None:
    command = [sys.executable, "-m", "cli", "temporal", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline().startswith("127.0.0.1:")
        (server,) = children(parent.pid)
        os.kill(parent.pid, signal.SIGKILL)
        assert gone_within(server, 5)


def test_the_command_stops_cleanly(tmp_path: Path, program: ServerProgram) -> None:
    command = [sys.executable, "-m", "cli", "temporal", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        parent.stdout.readline()
        (server,) = children(parent.pid)
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(15) == 0
    assert not alive(server)
