"""What every route needs, wired once when the process starts."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.gateway import Gateway
from domain.ids import IdMaker
from domain.policy import Policy
from settings import Settings
from store.database import Database


@dataclass(frozen=True)
class Context:
    """The API's dependencies."""

    settings: Settings
    database: Database
    gateway: Gateway
    ids: IdMaker
    policy: Policy
    admin_token: str


async def _context(request: Request) -> Context:
    return cast(Context, request.app.state.context)


Wired = Annotated[Context, Depends(_context)]
