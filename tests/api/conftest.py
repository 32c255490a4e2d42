"""The API on a real database, with a stand-in for the workflows."""

from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.context import Context
from api.gateway import Gateway
from api.tokens import Tokens
from domain.ids import IdMaker
from domain.importing.batch import Batch
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.policy_version import Turn
from logs import configure_logging
from settings import Settings
from store.database import Database
from store.policies import Policies
from tests.databases import TEMPLATE, NewDatabase
from tests.tokens import ISSUER

TOKEN = "a-token-that-is-only-for-tests"


class StandIn:
    """What the API asks of the workflows. ``error`` is raised instead of answering."""

    def __init__(self) -> None:
        self.moves: list[str] = []
        self.changed: list[str] = []
        self.turns: list[Turn] = []
        self.begun: list[Batch] = []
        self.error: Exception | None = None

    async def begin_move(self, move_id: str) -> None:
        if self.error:
            raise self.error
        self.moves.append(move_id)

    async def rep_changed(self, rep_id: str) -> None:
        if self.error:
            raise self.error
        self.changed.append(rep_id)

    async def policy_turns(self, turn: Turn) -> None:
        if self.error:
            raise self.error
        self.turns.append(turn)

    async def begin_import(self, batch: Batch) -> None:
        if self.error:
            raise self.error
        self.begun.append(batch)

    async def ping(self) -> None:
        if self.error:
            raise self.error


@pytest.fixture
def gateway() -> StandIn:
    return StandIn()


@pytest.fixture(scope="session", autouse=True)
def log() -> StringIO:
    """Everything that is logged, as JSON lines."""
    stream = StringIO()
    configure_logging(Settings(log_format="json"), stream)
    return stream


@pytest.fixture
def database(new_sqlite: NewDatabase) -> Iterator[Database]:
    """SQLite is enough for what hardly touches the database; modules that do ask for both."""
    made = Database(new_sqlite(TEMPLATE))
    yield made
    made.close()


def context_of(database: Database, gateway: StandIn, policy: Policy | None = None, **settings_: Any) -> Context:
    """What the application works on; the shipped policy unless another is given."""
    settings = Settings(admin_token=SecretStr(TOKEN), **settings_)
    return Context(
        settings=settings,
        database=database,
        gateway=cast(Gateway, gateway),
        ids=IdMaker(b"a secret that is only for tests. "),
        policies=Policies(database, policy or parse_policy(settings.policy_file.read_text(encoding="utf-8"))),
        admin_token=TOKEN,
        tokens=Tokens(ISSUER.TERMS, ISSUER),
        issuer=ISSUER,
    )


@pytest.fixture(scope="session")
def built(new_sqlite: NewDatabase) -> FastAPI:
    """The application, which takes longer to build than most tests to run."""
    return create_app(context_of(Database(new_sqlite(TEMPLATE)), StandIn()))


@pytest.fixture
def app(built: FastAPI, database: Database, gateway: StandIn) -> FastAPI:
    """The application on this test's database."""
    built.state.context = context_of(database, gateway)
    return built


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oneowner.test") as client:
        yield client


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator's client."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://oneowner.test",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client
