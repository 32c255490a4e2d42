"""Who a bearer token stands for: an API key's system or a user, as the database has them at this moment."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from anyio import to_thread

from api.context import Context
from api.permissions import Permission
from api.principal import Principal
from api.problems import Problem, ProblemType
from api.tokens import BadToken, IssuerAway
from domain.role import Role
from store.accounts import Accounts

KEY_MARK = "ook_"
"""By which a key is recognised, by people and by programs that look for secrets where they do not belong."""

_LONGEST = 8192
"""Characters of a token; nobody's is longer."""


def key_token(key_id: str, secret: str) -> str:
    """A key as its holder sends it."""
    return f"{KEY_MARK}{key_id.removeprefix('key_')}_{secret}"


def digest_of(secret: str) -> str:
    """What is kept of a key's secret. It has 256 random bits, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def principal_of(token: str, context: Context) -> Principal | None:
    """Who calls with this token; None for one that is nobody's. It takes a thread, not the event loop.

    Raises:
        Problem: ``unknown-user`` for a good token of somebody who is no active user, ``unavailable`` when the issuer's
            keys cannot be had.
    """
    if len(token) > _LONGEST:
        return None
    if token.startswith(KEY_MARK):
        return await to_thread.run_sync(_system, token, context)
    return await to_thread.run_sync(_user, token, context)


def _system(token: str, context: Context) -> Principal | None:
    name, _, secret = token.removeprefix(KEY_MARK).partition("_")
    key_id = f"key_{name}"
    held = Accounts(context.database).key(key_id, datetime.now(UTC)) if name.isalnum() and name.isascii() else None
    digest = digest_of(secret)
    if held is None or not any(hmac.compare_digest(digest, it) for it in held.digests):
        return None
    return Principal(key_id, Role.SYSTEM, scopes=frozenset(map(Permission, held.scopes)))


def _user(token: str, context: Context) -> Principal | None:
    try:
        bearer = context.tokens.bearer(token)
    except BadToken:
        return None
    except IssuerAway as error:
        raise Problem.unavailable() from error
    account = Accounts(context.database).user(bearer.user_id)
    if account is None:
        raise Problem(ProblemType.UNKNOWN_USER)
    if context.issuer is not None and bearer.issued_at < account.valid_from - timedelta(seconds=1):
        return None  # a token tells whole seconds
    return Principal(bearer.user_id, account.role, account.person, until=bearer.until)
