"""Health checks and metrics, open to everybody because they tell nothing about anybody."""

import asyncio

from anyio import to_thread
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from api.backlog import backlog_of
from api.context import Context, Wired
from api.problems import RETRY_SECONDS
from logs import log

_PATIENCE_SECONDS = 3

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Whether the process is alive."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether the process can do its work, and what it waits for when not."""

    ready: bool
    database: bool
    temporal: bool


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> Health:
    """Answers as long as the process does."""
    return Health()


@router.get("/readyz", summary="Can it do its work?", responses={503: {"model": Readiness}})
async def ready(context: Wired, response: Response) -> Readiness:
    """Asks the database and Temporal for a sign of life, and says which gives none."""
    database, temporal = await to_thread.run_sync(_database_answers, context), await _temporal_answers(context)
    readiness = Readiness(ready=database and temporal, database=database, temporal=temporal)
    if not readiness.ready:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return readiness


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
async def metrics(context: Wired) -> Response:
    """Requests, events, what waits, and the process's own figures, in Prometheus' text format.

    What waits is left out while the database is away; everything else says what is wrong.
    """
    return Response(await to_thread.run_sync(_metrics, context), media_type=CONTENT_TYPE_LATEST)


def _metrics(context: Context) -> bytes:
    try:
        waiting = generate_latest(backlog_of(context.database))
    except SQLAlchemyError as error:
        log.warning("backlog_unknown", error=type(error).__name__)
        waiting = b""
    return generate_latest() + waiting


def _database_answers(context: Context) -> bool:
    try:
        context.database.ping()
    except SQLAlchemyError:
        return False
    return True


async def _temporal_answers(context: Context) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await context.gateway.ping()
    except (RPCError, TimeoutError):
        return False
    return True
