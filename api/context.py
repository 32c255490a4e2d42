"""What every route needs, wired once when the process starts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, cast

from fastapi import Depends, Request

from api.gateway import Gateway
from api.rates import Rates
from api.streams import Streams
from api.tokens import EmbeddedIssuer, Tokens
from domain.ids import IdMaker
from domain.policy import Policy
from settings import Settings
from store.database import Database
from store.policies import Policies


@dataclass(frozen=True)
class Context:
    """The API's dependencies."""

    settings: Settings
    database: Database
    gateway: Gateway
    ids: IdMaker
    policies: Policies
    admin_token: str
    tokens: Tokens
    issuer: EmbeddedIssuer | None
    """Who issues users' tokens here; None where somebody else does."""
    rates: Rates = field(default_factory=Rates)

    @property
    def policy(self) -> Policy:
        """The version in force now, which is one query: not to be asked for on the event loop."""
        with self.database.read() as session:
            return self.policies.in_force(session, datetime.now(UTC))

    @cached_property
    def streams(self) -> Streams:
        """The open event streams of this process."""
        return Streams(self.database)


async def _context(request: Request) -> Context:
    return cast(Context, request.app.state.context)


Wired = Annotated[Context, Depends(_context)]
