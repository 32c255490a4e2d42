"""One Temporal server for all of these tests, and a service of its own for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.service import Service, running_service, temporal_server


@pytest.fixture(scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
async def service(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    async with running_service(temporal_address, database, tmp_path) as service:
        yield service
