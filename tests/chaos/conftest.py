"""A Temporal server for those troubles that a service in this process can be in, and such services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.databases import TEMPLATE, NewDatabase
from tests.service import Service, running_service, temporal_server


@pytest.fixture(scope="package")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
async def service_on_each(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    """A service whose worker the test runs, as often as it likes; once on SQLite and once on PostgreSQL."""
    async with running_service(temporal_address, database, tmp_path, worker=False) as service:
        yield service


@pytest.fixture
async def service(temporal_address: str, new_sqlite: NewDatabase, tmp_path: Path) -> AsyncIterator[Service]:
    """The same on SQLite only."""
    database = Database(new_sqlite(TEMPLATE))
    async with running_service(temporal_address, database, tmp_path, worker=False) as service:
        yield service
    database.close()
