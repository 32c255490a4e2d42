"""Every check, one after the other."""

import asyncio

from doctor.agreement import agreement
from doctor.database import database
from doctor.finding import Finding
from doctor.machine import folder, keys, policy, port
from doctor.temporal import temporal
from settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """What all checks find on an installation, whether it runs or not. Nothing is changed."""
    found = [finding for check in (port, folder, keys, policy) for finding in check(settings)]
    kept = bool(settings.database_url) or (settings.data_dir / "oneowner.db").exists()
    if kept:
        found += await asyncio.to_thread(lambda: list(database(settings.sqlalchemy_url)))
    of_temporal = [finding async for finding in temporal(settings)]
    reached = any(finding.code == "temporal-answers" for finding in of_temporal)
    both = [finding async for finding in agreement(settings)] if kept and reached else []
    return [*found, *of_temporal, *both]
