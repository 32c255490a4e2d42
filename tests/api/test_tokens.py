"""Attacks on tokens, one by one: each is answered with 401, and nothing of the request is read."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from api.tokens import BadToken, EmbeddedIssuer, IssuerAway, Terms, Tokens
from domain.role import Role
from store.database import Database
from store.tables import UserRow
from tests.tokens import ISSUER, new_key, signed_in

KID = jwt.get_unverified_header(ISSUER.issue("x", datetime.now(UTC)))["kid"]
PEM = ISSUER._pem
FOREIGN = new_key()


def forged(key: str = PEM, alg: str = "ES256", headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token of an auditor's that is good but for what is given; a claim that is None is left out."""
    now = datetime.now(UTC)
    body = {"iss": "urn:oneowner", "aud": "oneowner", "sub": "wang.fang", "iat": now, "exp": now + timedelta(hours=1)}
    body = {name: value for name, value in (body | claims).items() if value is not None}
    head = {"typ": "at+jwt", "kid": KID} | (headers or {})
    return jwt.encode(body, key, alg, headers={name: value for name, value in head.items() if value is not None})


def segment(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned() -> str:
    _, body, _ = forged().split(".")
    return f"{segment({'alg': 'none', 'typ': 'at+jwt', 'kid': KID})}.{body}."


def signed_with_the_public_key() -> str:
    """HS256 with the public key as the secret, which works where the header chooses the algorithm."""
    public = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).prepare_key(PEM).public_key()  # type: ignore[union-attr]
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _, body, _ = forged().split(".")
    signed = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': KID})}.{body}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def signed_by_a_foreign_key(**headers: Any) -> str:
    return forged(FOREIGN, headers=headers)


def changed_afterwards() -> str:
    header, _, signature = forged().split(".")
    body = segment({"iss": "urn:oneowner", "aud": "oneowner", "sub": "boss", "iat": 0, "exp": 9999999999})
    return f"{header}.{body}.{signature}"


HOUR = timedelta(hours=1)
ATTACKS = {
    "nothing of the kind": "令牌",
    "three dots": "...",
    "no JSON": "a.b.c",
    "unsigned": unsigned(),
    "HS256 with the public key": signed_with_the_public_key(),
    "foreign key": signed_by_a_foreign_key(),
    "foreign kid": signed_by_a_foreign_key(kid="mine"),
    "no kid": forged(headers={"kid": None}),
    "foreign jku": signed_by_a_foreign_key(kid="mine", jku="https://evil.example.com/keys"),
    "foreign x5u": signed_by_a_foreign_key(x5u="https://evil.example.com/keys"),
    "own jwk": signed_by_a_foreign_key(jwk={"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    "critical extension": forged(headers={"crit": ["exp"], "exp": 1}),
    "expired": forged(exp=datetime.now(UTC) - HOUR),
    "never expires": forged(exp=None),
    "not yet valid": forged(nbf=datetime.now(UTC) + HOUR),
    "issued tomorrow": forged(iat=datetime.now(UTC) + HOUR),
    "never issued": forged(iat=None),
    "wrong audience": forged(aud="another-service"),
    "no audience": forged(aud=None),
    "wrong issuer": forged(iss="https://evil.example.com"),
    "no issuer": forged(iss=None),
    "nobody's": forged(sub=None),
    "an ID token by its type": forged(headers={"typ": "JWT"}),
    "an ID token by its nonce": forged(nonce="n"),
    "an ID token by its hash": forged(at_hash="h"),
    "an ID token by its claim": forged(typ="ID"),
    "no type": forged(headers={"typ": ""}),
    "changed afterwards": changed_afterwards(),
    "endless": "x" * 100_000,
    "a key that is none": "ook_",
    "a key with a strange name": "ook_' OR 1=1 --_secret",
    "a key that is unknown": "ook_0123456789abcdef_secret",
}


GOOD = forged()


@pytest.fixture
def auditor(database: Database) -> None:
    """Somebody who has been a user since long before the tokens above were made."""
    signed_in(database, "wang.fang", Role.AUDITOR)
    with database.write() as session:
        session.get_one(UserRow, "wang.fang").valid_from = datetime(2026, 1, 1, tzinfo=UTC)


async def attempt(anonymous: httpx.AsyncClient, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}".encode()}
    return await anonymous.post("/v1/leads", content=b"{ no JSON", headers=headers)


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_is_answered_with_401(anonymous: httpx.AsyncClient, name: str) -> None:
    assert (await attempt(anonymous, GOOD)).status_code == 403, "a token that is good in every respect is let in"
    response = await attempt(anonymous, ATTACKS[name])
    assert response.status_code == 401
    assert response.json()["type"] == "urn:oneowner:problem:unauthenticated"
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


@pytest.mark.parametrize(
    "claims", [{}, {"aud": ["other", "oneowner"]}, {"nbf": datetime.now(UTC) + timedelta(seconds=3)}]
)
async def test_a_good_token_is_taken(anonymous: httpx.AsyncClient, database: Database, claims: dict[str, Any]) -> None:
    signed_in(database, "wang.fang", Role.AUDITOR)
    response = await anonymous.get("/v1/me", headers={"Authorization": f"Bearer {forged(**claims)}"})
    assert response.json() == response.json() | {"id": "wang.fang", "role": "auditor", "person": None}


def rsa_keys() -> tuple[str, jwt.PyJWK]:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, jwt.PyJWK(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True))


class OneKey:
    """A set of one key."""

    def __init__(self, key: jwt.PyJWK | None) -> None:
        self._key = key

    def key(self, kid: str) -> jwt.PyJWK | None:
        if self._key is None:
            raise IssuerAway
        return self._key


TERMS = Terms("https://login.example.com", "oneowner", user_claim="preferred_username")


def test_rs256_is_taken_with_another_claim_as_the_user() -> None:
    pem, public = rsa_keys()
    token = forged(pem, "RS256", iss=TERMS.issuer, preferred_username="li.wei")
    assert Tokens(TERMS, OneKey(public)).bearer(token).user_id == "li.wei"
    with pytest.raises(BadToken):
        Tokens(TERMS, OneKey(public)).bearer(forged(pem, "RS256", iss=TERMS.issuer))
    with pytest.raises(BadToken):
        Tokens(TERMS, OneKey(public)).bearer(forged(pem, "RS256", iss=TERMS.issuer, preferred_username=7))


@pytest.mark.parametrize("alg", ["RS384", "PS256"])
def test_other_algorithms_are_not_taken(alg: str) -> None:
    pem, public = rsa_keys()
    with pytest.raises(BadToken):
        Tokens(TERMS, OneKey(public)).bearer(forged(pem, alg, iss=TERMS.issuer, preferred_username="li.wei"))


def test_a_symmetric_key_in_the_set_is_no_key() -> None:
    shared = jwt.PyJWK({"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode()})
    token = forged("s" * 32, "HS256", iss=TERMS.issuer, preferred_username="li.wei")
    with pytest.raises(BadToken):
        Tokens(TERMS, OneKey(shared)).bearer(token)


def test_an_issuer_that_is_away_is_said_to_be() -> None:
    with pytest.raises(IssuerAway):
        Tokens(TERMS, OneKey(None)).bearer(forged())


def test_a_token_ends_with_its_lifetime() -> None:
    tokens = Tokens(EmbeddedIssuer.TERMS, ISSUER)
    assert tokens.bearer(ISSUER.issue("li.wei", datetime.now(UTC))).user_id == "li.wei"
    with pytest.raises(BadToken):
        tokens.bearer(ISSUER.issue("li.wei", datetime.now(UTC) - ISSUER.lifetime - HOUR))
