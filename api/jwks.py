"""An issuer's public keys (RFC 7517), fetched when they are needed and kept while it is away."""

import threading
from collections.abc import Mapping
from time import monotonic

import httpx
import jwt

from api.tokens import IssuerAway
from logs import log

FRESH = 300.0
"""Seconds after which the keys are asked for again, so that one that the issuer withdrew stops counting."""

PAUSE = 10.0
"""Seconds between two attempts, however many tokens name keys that nobody has."""

PATIENCE = 3.0
"""Seconds that the issuer has to answer."""


class Jwks:
    """The keys of one address. Safe to share between threads, of which one at a time asks."""

    def __init__(self, url: str, http: httpx.Client | None = None) -> None:
        self._url = url
        self._http = http or httpx.Client(timeout=PATIENCE)
        self._turn = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")

    def key(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id; None when the issuer has none.

        Raises:
            api.tokens.IssuerAway: when it does not answer and no key that we have fits.
        """
        now = monotonic()
        if kid not in self._keys or now > self._fetched + FRESH:
            self._refresh(kid)
        found = self._keys.get(kid)
        if found is None and self._fetched < self._tried:  # the last attempt failed
            raise IssuerAway
        return found

    def _refresh(self, kid: str) -> None:
        """Ask the issuer. Whoever has a key goes on with it meanwhile; others wait for the one who asks."""
        if not self._turn.acquire(blocking=kid not in self._keys):
            return
        try:
            if monotonic() > self._tried + PAUSE:
                self._fetch()
        finally:
            self._turn.release()

    def _fetch(self) -> None:
        self._tried = monotonic()
        try:
            answer = self._http.get(self._url).raise_for_status().json()
            keys = jwt.PyJWKSet.from_dict(answer).keys
        except (httpx.HTTPError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            log.warning("issuer_away", error=type(error).__name__)
            return
        self._keys = {key.key_id: key for key in keys if key.key_id and key.public_key_use != "enc"}
        self._fetched = monotonic()
