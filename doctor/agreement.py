"""Whether the database knows what Temporal knows: a database that was restored alone is older."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from doctor.finding import Finding, error, fine
from doctor.temporal import reach
from mending import Mending
from settings import Settings
from store.database import Database
from store.unfinished import Unfinished
from temporal_client import TemporalUnreachable

LATELY = timedelta(days=1)
MOST = 200
"""So many leads, the latest, are looked up."""


async def agreement(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the latest leads of Temporal are in the database; nothing when one of the two fails, as others tell."""
    database = Database(settings.sqlalchemy_url)
    try:
        mending = Mending(await reach(settings), settings.task_queue, Unfinished(database))
        missing = await mending.newer_leads(datetime.now(UTC) - LATELY, MOST)
    except (TemporalUnreachable, RPCError, SQLAlchemyError):
        return
    finally:
        database.close()
    yield error("leads-missing", count=missing) if missing else fine("leads-known")
