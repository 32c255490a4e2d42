"""Every check, one after the other."""

import asyncio

from doctor.database import database
from doctor.finding import Finding
from doctor.machine import folder, keys, policy, port
from doctor.temporal import temporal
from settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """What all checks find on an installation, whether it runs or not. Nothing is changed."""
    found = [finding for check in (port, folder, keys, policy) for finding in check(settings)]
    if settings.database_url or (settings.data_dir / "oneowner.db").exists():
        found += await asyncio.to_thread(lambda: list(database(settings.sqlalchemy_url)))
    return found + [finding async for finding in temporal(settings)]
