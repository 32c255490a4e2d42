"""Access tokens (RFC 9068): signed by whom, for whom, of which kind, until when."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import jwt
from jwt.algorithms import ECAlgorithm

ALGORITHMS = frozenset({"RS256", "ES256"})
LEEWAY = timedelta(seconds=10)
"""How far the issuer's clock may be from ours."""

_OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash"})
"""Claims by which OpenID Connect Core 1.0 (2 and 3.3.2.11) tells a client who somebody is; no access token has them."""


_MEMBERS = ("crv", "kty", "x", "y")


class BadToken(Exception):
    """Not a token that says who calls."""


class IssuerAway(Exception):
    """The issuer's keys cannot be had at the moment, and none that we have fits."""


@dataclass(frozen=True)
class Terms:
    """What a token must say to be one for this service."""

    issuer: str
    audience: str
    kind: str = "at+jwt"
    """The header's ``typ``: that of access tokens (RFC 9068, 2.1), so that an ID token is none."""
    user_claim: str = "sub"


@dataclass(frozen=True)
class Bearer:
    """Whom a token names, when it was issued, and until when it counts."""

    user_id: str
    issued_at: datetime
    until: datetime


class Keys(Protocol):
    """Where the issuer's public keys come from."""

    def key(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id; None when the issuer has none.

        Raises:
            IssuerAway: when that cannot be found out.
        """


class Tokens:
    """Checks tokens. Safe to share between threads."""

    def __init__(self, terms: Terms, keys: Keys) -> None:
        self.terms = terms
        self._keys = keys

    def bearer(self, token: str) -> Bearer:
        """Whom a token names.

        The key is one of the issuer's own set, chosen by ``kid``; where a header says that keys lie (``jku``, ``jwk``,
        ``x5u``) is not looked at. The algorithm is the key's own, whatever the header says (RFC 8725, 3.1).

        Raises:
            BadToken: when anything about it is wrong.
            IssuerAway: when its key cannot be had at the moment.
        """
        try:
            header = jwt.get_unverified_header(token)
            if str(header.get("typ")).lower().removeprefix("application/") != self.terms.kind.lower():
                raise BadToken
            key = self._keys.key(header.get("kid", ""))
            if key is None or key.algorithm_name not in ALGORITHMS:
                raise BadToken
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self.terms.audience,
                issuer=self.terms.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", self.terms.user_claim]},
            )
        except jwt.PyJWTError as error:
            raise BadToken from error
        return self._named(claims)

    def _named(self, claims: dict[str, Any]) -> Bearer:
        user_id = claims[self.terms.user_claim]
        if not isinstance(user_id, str) or _OF_ID_TOKENS & claims.keys() or claims.get("typ") == "ID":
            raise BadToken
        issued_at, until = (datetime.fromtimestamp(int(claims[name]), UTC) for name in ("iat", "exp"))
        return Bearer(user_id, issued_at, until)


class EmbeddedIssuer:
    """Issues tokens for one machine's users; its own set of keys has one."""

    TERMS = Terms(issuer="urn:oneowner", audience="oneowner")

    def __init__(self, pem: str, lifetime: timedelta) -> None:
        """Keep the private key.

        Args:
            pem: a P-256 key in PEM.
            lifetime: how long a token counts.
        """
        self.lifetime = lifetime
        self._pem = pem
        jwk = ECAlgorithm.to_jwk(ECAlgorithm(ECAlgorithm.SHA256).prepare_key(pem), as_dict=True)
        public = {name: jwk[name] for name in _MEMBERS}
        thumbprint = json.dumps(public, sort_keys=True, separators=(",", ":"))  # RFC 7638
        self._kid = hashlib.sha256(thumbprint.encode()).hexdigest()
        self._public = jwt.PyJWK(public)

    def key(self, kid: str) -> jwt.PyJWK | None:
        """The public key, when it is the one that is asked for."""
        return self._public if kid == self._kid else None

    def issue(self, user_id: str, at: datetime) -> str:
        """A token for a user who has proven who they are."""
        claims = {
            "iss": self.TERMS.issuer,
            "aud": self.TERMS.audience,
            "sub": user_id,
            "iat": at,
            "exp": at + self.lifetime,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, self._pem, "ES256", headers={"typ": self.TERMS.kind, "kid": self._kid})
