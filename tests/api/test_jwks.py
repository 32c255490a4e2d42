"""The keys of a company's issuer, played by an HTTP server on loopback: fetched, rotated, away."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from jwt.algorithms import ECAlgorithm

from api import jwks
from api.issuing import issuing
from api.jwks import Jwks
from api.tokens import IssuerAway
from domain.role import Role
from settings import Settings
from store.database import Database
from tests.api.conftest import StandIn, context_of
from tests.tokens import new_key, signed_in

KEYS = {kid: new_key() for kid in ("first", "second")}


class Issuer:
    """An issuer: which keys it publishes, how often it was asked, and whether it answers."""

    def __init__(self) -> None:
        self.published: list[str] = ["first"]
        self.others: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        self.hold = Event()
        self.hold.set()
        self.url = ""

    def body(self) -> bytes:
        return json.dumps({"keys": [public(kid) for kid in self.published] + self.others}).encode()

    def token(self, kid: str, user: str = "wang.fang") -> str:
        now = datetime.now(UTC)
        claims = {"iss": self.url, "aud": "crm", "sub": user, "iat": now, "exp": now + timedelta(hours=1)}
        return jwt.encode(claims, KEYS[kid], "ES256", headers={"kid": kid, "typ": "at+jwt"})


def public(kid: str) -> dict[str, Any]:
    key = ECAlgorithm(ECAlgorithm.SHA256).prepare_key(KEYS[kid])
    jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")} | {"kid": kid, "use": "sig", "alg": "ES256"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    played = Issuer()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            played.asked += 1
            played.hold.wait(5)
            self.send_response(played.status)
            self.end_headers()
            self.wfile.write(played.body())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    played.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def keys(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Jwks:
    monkeypatch.setattr(jwks, "PAUSE", 0.0)
    return Jwks(issuer.url)


def test_keys_are_fetched_once(issuer: Issuer, keys: Jwks) -> None:
    assert [keys.key("first") is not None for _ in range(5)] == [True] * 5
    assert issuer.asked == 1


def test_a_new_key_is_found_and_an_old_one_forgotten(
    issuer: Issuer, keys: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.key("first") is not None
    issuer.published = ["second"]
    assert keys.key("second") is not None
    assert keys.key("first") is None
    monkeypatch.setattr(jwks, "FRESH", 0.0)
    issuer.published = ["first"]
    assert keys.key("second") is None, "a key that was withdrawn counts no longer than it is fresh"


def test_names_that_nobody_has_do_not_make_it_ask_all_the_time(issuer: Issuer) -> None:
    keys = Jwks(issuer.url)
    assert [keys.key(f"guess {number}") for number in range(20)] == [None] * 20
    assert issuer.asked == 1


@pytest.mark.parametrize("status", [500, 302, 404])
def test_an_issuer_that_is_away_is_told_from_a_key_that_is_none(issuer: Issuer, keys: Jwks, status: int) -> None:
    issuer.status = status
    with pytest.raises(IssuerAway):
        keys.key("first")
    issuer.status = 200
    assert keys.key("first") is not None
    assert keys.key("none") is None


def test_cached_keys_go_on_while_the_issuer_is_away(
    issuer: Issuer, keys: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.key("first") is not None
    issuer.status = 503
    monkeypatch.setattr(jwks, "FRESH", 0.0)
    assert keys.key("first") is not None
    with pytest.raises(IssuerAway):
        keys.key("second")


def test_nobody_with_a_known_key_waits_for_a_slow_issuer(
    issuer: Issuer, keys: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.key("first") is not None
    monkeypatch.setattr(jwks, "FRESH", 0.0)
    issuer.hold.clear()
    asking = Thread(target=keys.key, args=["first"])
    asking.start()
    while issuer.asked < 2:
        asking.join(0.01)
    assert keys.key("first") is not None  # the test would take five seconds longer
    issuer.hold.set()
    asking.join()


def test_keys_that_are_not_for_signatures_are_none(issuer: Issuer, keys: Jwks) -> None:
    issuer.others = [public("second") | {"use": "enc"}, {"kty": "strange", "kid": "x"}, {"kty": "RSA"}]
    assert keys.key("first") is not None
    assert keys.key("second") is None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"keys": 7}', b'{"keys": []}', b"<html>"])
def test_what_is_no_set_of_keys_is_an_issuer_that_is_away(
    issuer: Issuer, keys: Jwks, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(issuer, "body", lambda: body)
    with pytest.raises(IssuerAway):
        keys.key("first")


async def test_a_token_of_the_companys_issuer_is_taken(
    issuer: Issuer, app: FastAPI, database: Database, anonymous: httpx.AsyncClient
) -> None:
    settings = Settings(oidc_issuer=issuer.url, oidc_jwks_url=f"{issuer.url}/keys", oidc_audience="crm")
    tokens, embedded = issuing(settings)
    assert embedded is None
    app.state.context = type(app.state.context)(
        **{**vars(context_of(database, StandIn())), "tokens": tokens, "issuer": embedded}
    )
    signed_in(database, "wang.fang", Role.AUDITOR)
    headers = {"Authorization": f"Bearer {issuer.token('first')}"}
    assert (await anonymous.get("/v1/me", headers=headers)).json()["role"] == "auditor"
    unknown = await anonymous.get("/v1/me", headers={"Authorization": f"Bearer {issuer.token('first', 'zhao.lei')}"})
    assert (unknown.status_code, unknown.json()["type"]) == (403, "urn:oneowner:problem:unknown-user")
    issuer.status = 500
    away = await anonymous.get("/v1/me", headers={"Authorization": f"Bearer {issuer.token('second')}"})
    assert away.status_code == 401, "it was asked a moment ago, and had no such key"
    assert (await anonymous.get("/v1/me", headers=headers)).status_code == 200


async def test_nobody_is_let_in_before_the_issuer_has_answered(
    issuer: Issuer, app: FastAPI, database: Database, anonymous: httpx.AsyncClient
) -> None:
    issuer.status = 500
    tokens, _ = issuing(Settings(oidc_issuer=issuer.url, oidc_jwks_url=issuer.url, oidc_audience="crm"))
    context = context_of(database, StandIn())
    app.state.context = type(context)(**{**vars(context), "tokens": tokens, "issuer": None})
    refused = await anonymous.get("/v1/me", headers={"Authorization": f"Bearer {issuer.token('first')}"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")


def test_an_issuer_without_keys_is_no_setting() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Settings(oidc_issuer="https://login.example.com")
