"""The Idempotency-Key header: the same key with the same request is a retry, with another request a mistake."""

import hashlib
import json
from typing import Annotated
from uuid import uuid4

from anyio import to_thread
from fastapi import Header
from pydantic import BaseModel

from domain.ids import IdMaker
from store.database import Database
from store.idempotency import Mark
from store.idempotency import remember as remember_in

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]+$",
        description="Makes a retry safe: 1 to 255 printable ASCII characters, new for each new request.",
    ),
]
"""The header, or None."""


def fingerprint(route: str, body: BaseModel) -> str:
    """What a request comes to: a SHA-256 of its route and its body in canonical JSON."""
    content = json.dumps([route, body.model_dump(mode="json")], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def mark_of(caller: str, key: str | None, route: str, body: BaseModel) -> Mark | None:
    """The key with its request, for a route that keeps it in the transaction that does the work; None without a key."""
    return Mark(caller, key, fingerprint(route, body)) if key is not None else None


def new_id(ids: IdMaker, prefix: str, caller: str, key: str | None) -> str:
    """An id for what a request creates; with a key the same one whenever the request is repeated."""
    return ids.make(prefix, caller, key) if key is not None else ids.make(prefix, uuid4().hex)


async def remember(database: Database, caller: str, key: str, request: str) -> bool:
    """Keep the first use of a caller's key in a transaction of its own.

    Args:
        database: where keys are kept.
        caller: the principal's id.
        key: the Idempotency-Key.
        request: the request's ``fingerprint``.

    Returns:
        Whether the same request came with this key before.

    Raises:
        store.errors.KeyReused: when another request came with it; the API answers 422.
    """

    def keep() -> bool:
        with database.write() as session:
            return remember_in(database, session, Mark(caller, key, request))

    return await to_thread.run_sync(keep)
