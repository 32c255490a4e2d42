"""Ids and fingerprints: keyed hashes, so that an id never tells what it was made from."""

import base64
import hashlib
import hmac


class IdMaker:
    """Makes ids from a secret. The same input gives the same id on every machine that has the secret."""

    def __init__(self, secret: bytes) -> None:
        """Keep the secret, at least 32 bytes.

        Raises:
            ValueError: when the secret is shorter.
        """
        if len(secret) < 32:
            raise ValueError("the secret must have at least 32 bytes")
        self._secret = secret

    def make(self, prefix: str, *parts: str) -> str:
        """``prefix`` and 26 base-32 characters: 130 bits of an HMAC-SHA256 over the parts, kept apart."""
        message = "".join(f"{len(part)}:{part}" for part in (prefix, *parts)).encode()
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return f"{prefix}_{base64.b32encode(digest).decode().lower()[:26]}"

    def key(self, purpose: str) -> bytes:
        """A key of 32 bytes that serves one purpose only; it tells neither the secret nor any other key."""
        return hmac.new(self._secret, f"key:{purpose}".encode(), hashlib.sha256).digest()

    def lead_id(self, source: str, external_id: str) -> str:
        """The id of the lead that a source knows under ``external_id``; also its workflow's id."""
        return self.make("lead", source, external_id)

    def customer_id(self, lead_id: str) -> str:
        """The id of the customer that this lead would become; also its workflow's id."""
        return self.make("cus", lead_id)
