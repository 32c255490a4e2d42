"""AuditSeal on a real server: what people did is sealed, told elsewhere, and verifies; the schedule is kept."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from activities.audit import AuditActivities, AuditPlace
from domain.tree_head import TreeHead
from store.audit_heads import Published
from store.audit_publishing import HeadFolder
from store.audit_verifying import Verified, verify
from store.database import Database
from tests.auditing import KEY, record
from tests.databases import tampering
from tests.service import Service
from worker import AUDIT_SEAL, seal_regularly
from workflows.audit_seal import AuditSeal


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """A server that takes heads; it answers with these statuses first, then with 204."""
    answers, taken = list(statuses), list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = answers.pop(0) if answers else 204
            if status == 204:
                taken.append(body)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/heads", taken
    server.shutdown()
    thread.join()
    server.server_close()


async def sealed(service: Service) -> int:
    """Seal once; how many records."""
    queue, workflow_id = service.settings.task_queue, f"seal-{uuid4().hex}"
    number: int = await service.temporal.execute_workflow(AuditSeal.run, id=workflow_id, task_queue=queue)
    return number


def check(service: Service) -> Verified:
    folder = HeadFolder(service.settings.heads_folder)
    return verify(service.database, list(folder.public_keys()), Published(folder.lines(), folder.place))


async def test_what_people_did_is_sealed_and_told(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    await service.lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD")
    assert await sealed(service) > 3
    assert await sealed(service) == 0
    shown = check(service)
    assert (shown.findings, shown.heads, shown.published, shown.waiting) == ([], 1, 1, 0)
    with tampering(service.database) as session:
        session.connection().exec_driver_sql("UPDATE events SET actor = 'sun.hao'")
    assert {it.fault for it in check(service).findings} == {"record_edited"}


async def test_a_receiver_is_told_every_head_though_it_was_away(
    service: Service, database: Database, tmp_path: Path
) -> None:
    with receiver(500, 503) as (url, taken):
        activities = AuditActivities(database, AuditPlace(KEY, tmp_path / "heads", url))
        queue = f"audit-{uuid4().hex}"
        with_activities = [activities.seal_records, activities.publish_heads]
        async with Worker(
            service.temporal,
            task_queue=queue,
            workflows=[AuditSeal],
            activities=with_activities,
            activity_executor=ThreadPoolExecutor(2),
        ):
            for number in range(2):
                record(database, number, 1)
                await service.temporal.execute_workflow(AuditSeal.run, id=f"s-{uuid4().hex}", task_queue=queue)
    heads = [TreeHead.model_validate(json.loads(line)) for line in taken]
    assert [head.line for head in heads] == HeadFolder(tmp_path / "heads").lines() == taken
    assert len(taken) == 2


async def test_a_log_that_was_cut_off_fails_at_once(service: Service) -> None:
    record(service.database, count=2)
    await sealed(service)
    with tampering(service.database) as session:
        session.connection().exec_driver_sql("DELETE FROM audit_log WHERE position > 1")
    with pytest.raises(WorkflowFailureError) as failure:
        await sealed(service)
    assert "log_cut_off" in repr(failure.value.cause.__cause__)


async def test_the_schedule_is_set_by_whoever_starts(service: Service) -> None:
    client: Client = service.temporal
    for minutes in (5, 7):
        await seal_regularly(client, service.settings.task_queue, timedelta(minutes=minutes))
    handle = client.get_schedule_handle(AUDIT_SEAL)
    schedule = (await handle.describe()).schedule
    assert [it.every for it in schedule.spec.intervals] == [timedelta(minutes=7)]
    record(service.database, count=1)
    while not check(service).heads:
        await handle.trigger()  # on a busy server one may come before the change has
        await asyncio.sleep(1)
    await handle.delete()
