"""Signed links: what a link says, and that we gave it out, without anything being kept."""

from datetime import datetime
from typing import Any

import jwt

from api.problems import Problem, ProblemType
from domain.ids import IdMaker

_ALGORITHM = "HS256"


def signed(ids: IdMaker, purpose: str, claims: dict[str, Any], expires_at: datetime) -> str:
    """A token for one purpose until an instant. It is not encrypted: claims must name nobody."""
    return jwt.encode({**claims, "aud": purpose, "exp": expires_at}, ids.key(purpose), _ALGORITHM)


def claims_of(ids: IdMaker, purpose: str, token: str, *needed: str) -> dict[str, Any]:
    """What a token says, if we gave it out for this purpose and it is not too old.

    Raises:
        Problem: ``link-invalid``.
    """
    options: Any = {"require": [*needed, "aud", "exp"]}
    try:
        return jwt.decode(token, ids.key(purpose), [_ALGORITHM], audience=purpose, options=options)
    except jwt.InvalidTokenError as error:
        raise Problem(ProblemType.LINK_INVALID) from error
