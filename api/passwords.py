"""Passwords of the embedded issuer's users, hashed with Argon2id (RFC 9106)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """What is kept of a password; takes some 50 ms of a core and 64 MiB."""
    return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept. It takes as long when there is none to compare with."""
    try:
        _hasher.verify(kept or _nobodys(), password)
    except VerifyMismatchError:
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return hashed("of nobody")
