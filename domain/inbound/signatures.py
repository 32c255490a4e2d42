"""Signatures of requests: each compares in constant time and says yes or no, never why."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from standardwebhooks import Webhook

TOLERANCE = timedelta(minutes=5)
"""How far a signed time may be from ours, either way (Standard Webhooks, "Webhook timestamp")."""


class Encoding(StrEnum):
    """How a digest is written."""

    HEX = "hex"
    BASE64 = "base64"


def standard(secret: str, headers: dict[str, str], body: bytes, at: datetime) -> bool:
    """Whether a request carries a Standard Webhooks signature (v1, symmetric), made within five minutes of now.

    The library signs; its ``verify`` is not used, because it reads the clock and raises on what is not base 64.

    Args:
        secret: in base 64, with ``whsec_`` before it or not.
        headers: the request's, their names in lower case.
        body: as it came.
        at: now.
    """
    sent_at = _seconds(headers.get("webhook-timestamp", ""))
    if sent_at is None or abs(at - sent_at) > TOLERANCE:
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    expected = Webhook(secret).sign(headers.get("webhook-id", ""), sent_at, text)
    given = headers.get("webhook-signature", "").split()
    return bool(headers.get("webhook-id")) and any(same(expected, it) for it in given)


def digest(secret: str, signed: bytes, encoding: Encoding, algorithm: str = "sha256") -> str:
    """The HMAC of what is signed, written out."""
    made = hmac.new(secret.encode(), signed, getattr(hashlib, algorithm)).digest()
    return made.hex() if encoding is Encoding.HEX else base64.b64encode(made).decode()


def stamped(timestamp: str, at: datetime) -> bool:
    """Whether a signed time in seconds since 1970 is near enough to now."""
    sent_at = _seconds(timestamp)
    return sent_at is not None and abs(at - sent_at) <= TOLERANCE


def twilio(secret: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """The signature of a form by Twilio's rule: HMAC-SHA1 over the URL and every name with its values, sorted.

    Source: Twilio, "Security: validating requests".
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return digest(secret, signed.encode(), Encoding.BASE64, "sha1")


def same(expected: str, given: str) -> bool:
    """Whether two signatures are equal, in a time that does not tell how far they are."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _seconds(text: str) -> datetime | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (OverflowError, ValueError):
        return None
