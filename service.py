"""One OneOwner process: the API, the worker, or both, until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

import uvicorn
from prometheus_client import start_http_server
from sqlalchemy.exc import OperationalError
from temporalio.client import Client

from activities.audit import AuditPlace
from activities.imports import ImportPlace
from api.app import create_app
from api.context import Context
from api.gateway import Gateway
from api.issuing import issuing
from api.server import Server
from archive.schedules import keep_schedules
from archive.shelves import Archive
from background import beside_the_worker
from domain.ids import IdMaker
from domain.policy import Policy
from domain.policy_file import check_policy, parse_policy
from domain.tree_head import HeadKey
from keys import admin_token, audit_key, id_secret
from logs import configure_logging, log
from settings import Settings
from store.database import Database
from store.migrate import migrate
from store.organisation import directory_of
from store.policies import Policies
from store.policy_versions import PolicyVersions
from temporal_client import connect
from worker import make_archivist, make_worker, retry_queues, seal_regularly
from workflows.kpi_snapshot import schedule_snapshots

DATABASE_PATIENCE, DATABASE_POLL = 60.0, 1.0
GARBAGE_AFTER = 20_000
"""So many more objects are made, some tens of leads' worth, before cycles are looked for."""


async def serve(settings: Settings, *, api: bool, worker: bool) -> None:
    """Run the API, the worker or both until SIGINT or SIGTERM, then stop cleanly: requests first, then workflows.

    Raises:
        domain.policy_file.PolicyError: when the policy file breaks a rule.
        sqlalchemy.exc.SQLAlchemyError: when the database cannot be brought up to date within a minute of the start.
    """
    configure_logging(settings)
    policy_text = settings.policy_file.read_text(encoding="utf-8")
    policy = parse_policy(policy_text)
    tell_gaps(policy, datetime.now(UTC).year)
    ids = IdMaker(id_secret(settings))
    database = Database(settings.sqlalchemy_url)
    await _migrated(database)
    await asyncio.to_thread(keep_file, policy, policy_text, database)
    await asyncio.to_thread(tell_misfits, policy_text, database)
    client = await connect(settings)
    stop = asyncio.Event()
    gc.freeze()  # what is loaded by now stays, and need not be looked through again and again
    gc.set_threshold(GARBAGE_AFTER)
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    try:
        async with _working(client, settings, database, policy, ids, enabled=worker):
            await retry_queues(client, settings.task_queue, database)
            await schedule_snapshots(client, settings.task_queue)
            if api:
                tokens, issuer = issuing(settings)
                context = Context(
                    settings=settings,
                    database=database,
                    gateway=Gateway(client, settings),
                    ids=ids,
                    policies=Policies(database, policy),
                    admin_token=admin_token(settings),
                    tokens=tokens,
                    issuer=issuer,
                )
                await _answer(context)
            else:
                with _metrics_shown(settings):
                    await stop.wait()
    finally:
        database.close()


def tell_gaps(policy: Policy, year: int) -> None:
    """Log where a calendar does not know everything of this year or the next; from now on both are laid out."""
    for name, calendar in policy.calendars.items():
        for warning in calendar.warnings(year, year + 1):
            log.warning("calendar_year_incomplete", calendar=name, year=warning.year, gap=str(warning.gap))


def keep_file(policy: Policy, policy_text: str, database: Database) -> None:
    """Store the policy file's rules, which come into force when they are new or changed."""
    if PolicyVersions(database).keep_file(policy, policy_text):
        log.info("policy_activated", policy=policy.fingerprint)


def tell_misfits(policy_text: str, database: Database) -> None:
    """Log what of the policy does not fit the reps and regions as they are now, and what no rule uses."""
    with database.read() as session:
        directory = directory_of(session)
    for finding in check_policy(policy_text, directory)[1]:
        place = ".".join(map(str, finding.path))
        log.warning("policy_warning", code=finding.code, line=finding.line, place=place, facts=dict(finding.facts))


async def _migrated(database: Database) -> None:
    """Bring the schema up to date; like a Temporal server, the database may still be on its way up."""
    deadline = monotonic() + DATABASE_PATIENCE
    while True:
        try:
            return await asyncio.to_thread(migrate, database)
        except OperationalError:
            if monotonic() > deadline:
                raise
        log.warning("waiting_for_database")
        await asyncio.sleep(DATABASE_POLL)


@contextmanager
def _metrics_shown(settings: Settings) -> Iterator[None]:
    """Metrics of a process that has no API to show them."""
    if not settings.metrics_port:
        yield
        return
    server, thread = start_http_server(settings.metrics_port, settings.host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@asynccontextmanager
async def _working(
    client: Client, settings: Settings, database: Database, policy: Policy, ids: IdMaker, *, enabled: bool
) -> AsyncIterator[None]:
    if not enabled:
        yield
        return
    place = ImportPlace(settings.sqlalchemy_url, policy, settings.import_folder, settings.import_max_rows)
    audit_place = AuditPlace(HeadKey(audit_key(settings)), settings.heads_folder, settings.audit_webhook)
    await keep_schedules(client, settings.task_queue)
    async with (
        make_worker(client, settings.task_queue, database, policy, ids, place, audit_place),
        make_archivist(client, settings.task_queue, database, Archive(settings.archive_location)),
        beside_the_worker(client, settings, database, policy, ids),
    ):
        await seal_regularly(client, settings.task_queue, timedelta(minutes=settings.audit_minutes))
        yield


async def _answer(context: Context) -> None:
    """Serve HTTP until a signal comes; requests under way are finished."""
    config = uvicorn.Config(
        create_app(context),
        host=context.settings.host,
        port=context.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    await Server(config).serve()
