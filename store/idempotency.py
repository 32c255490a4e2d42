"""Idempotency-Keys as callers first used them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from store.database import Database
from store.errors import KeyReused
from store.tables import IdempotencyRow


@dataclass(frozen=True)
class Mark:
    """A caller's Idempotency-Key with the fingerprint of the request that it came with."""

    caller: str
    key: str
    fingerprint: str


def remember(database: Database, session: Session, mark: Mark) -> bool:
    """Keep the first use of a caller's key in a write transaction; when it rolls back, the key stays unused.

    Returns:
        Whether the same request came with this key before.

    Raises:
        KeyReused: when another request came with it.
    """
    database.lock(session, f"idempotency:{mark.caller}:{mark.key}")
    first = session.get(IdempotencyRow, (mark.caller, mark.key))
    if first is None:
        session.add(
            IdempotencyRow(caller=mark.caller, key=mark.key, fingerprint=mark.fingerprint, created_at=datetime.now(UTC))
        )
        return False
    if first.fingerprint != mark.fingerprint:
        raise KeyReused
    return True
