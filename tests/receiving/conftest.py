"""A service with a receiver beside its worker, and a company whose people are reached at lines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from receiving.processing import Receiver
from store.database import Database
from tests.receiving.reporting import Reporting
from tests.service import running_service, temporal_server


@pytest.fixture(scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
async def reporting(temporal_address: str, database: Database, tmp_path: Path) -> AsyncIterator[Reporting]:
    async with running_service(temporal_address, database, tmp_path) as service:
        receiver = Receiver(database, service.policy, service.ids, service.temporal, service.settings.task_queue)
        yield await Reporting.begun(service, receiver)
