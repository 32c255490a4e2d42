"""HTTP to receivers that somebody else named: judged, pinned, bounded in time and size."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest

from channels import connecting
from channels.connecting import MAX_BODY, Answer, Http, Unreachable
from domain.target import Address, Target, target_of
from tests.receivers import Behaviour, after, answers, certificate, drips, half_closes, receiving, writes

LOOPBACK = ip_address("127.0.0.1")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience for a test."""
    monkeypatch.setattr(connecting, "TOTAL_SECONDS", 1.0)
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(connecting, "BODY_SECONDS", 0.3)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """On premises, so that receivers on loopback are reached."""
    async with Http(private=True) as made:
        yield made


async def post(http: Http, url: str) -> Answer:
    return await http.post(target_of(url, private=http.private), {"Content-Type": "application/json"}, b'{"a":1}')


async def failure(http: Http, url: str) -> str:
    with pytest.raises(Unreachable) as unreachable:
        await post(http, url)
    return unreachable.value.code


async def test_a_request_arrives_as_it_was_meant_and_connections_are_used_again(http: Http) -> None:
    async with receiving(answers(202, b"thanks")) as receiver:
        assert await post(http, f"{receiver.url}?from=oneowner") == Answer(202, b"thanks", None)
        await post(http, receiver.url)
    first = receiver.received[0]
    assert (first.line, first.body) == ("POST /hook?from=oneowner HTTP/1.1", b'{"a":1}')
    assert first.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert first.headers["content-type"] == "application/json"
    assert receiver.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (after(30, answers(200)), "timeout"),
        (writes(b"", close=True), "protocol"),
        (writes(b"HTTP/1.1 200 OK\r\nX-Endless: ", close=False), "timeout"),
        (writes(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (writes(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n"), "protocol"),
        (half_closes, "protocol"),
    ],
    ids=["silent", "hangs_up", "half_a_header", "no_http", "long_header", "half_closed"],
)
async def test_a_receiver_that_does_not_answer_costs_a_bounded_time(
    http: Http, behaviour: Behaviour, code: str
) -> None:
    async with receiving(behaviour) as receiver:
        began = monotonic()
        assert await failure(http, receiver.url) == code
        assert monotonic() - began < 10  # the machine may be busy


@pytest.mark.parametrize(
    ("behaviour", "length"),
    [
        (answers(200, b"m" * 2**20), MAX_BODY),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nshort"), 5),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + b"l" * 5000), 2),
        (writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"), 0),
    ],
    ids=["a_megabyte", "content_length_too_long", "content_length_too_short", "broken_chunks"],
)
async def test_the_status_counts_whatever_is_wrong_with_the_body(http: Http, behaviour: Behaviour, length: int) -> None:
    async with receiving(behaviour) as receiver:
        answer = await post(http, receiver.url)
        assert (answer.status, len(answer.body)) == (200, length)
        assert (await post(http, receiver.url)).status == 200, "and the next one is none the worse for it"


async def test_a_body_that_drips_for_ever_is_not_waited_for(http: Http) -> None:
    async with receiving(drips()) as receiver:
        began = monotonic()
        answer = await post(http, receiver.url)
        assert answer.status == 200
        assert 0 < len(answer.body) < 50
        assert monotonic() - began < 10  # the machine may be busy


async def test_nobody_is_there(http: Http) -> None:
    async with receiving(answers(200)) as receiver:
        url = receiver.url
    assert await failure(http, url) == "connect"
    assert await failure(http, "http://no-such-host.invalid/") == "connect"


async def test_a_redirect_is_an_answer_and_not_followed(http: Http) -> None:
    async with receiving(answers(200)) as inside:
        async with receiving(answers(302, Location=inside.url)) as receiver:
            assert (await post(http, receiver.url)).status == 302
        assert inside.received == []


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ("120", 120, 120),
        ("0", 0, 0),
        (format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True), 60_000, 86_400),
        (format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True), 0, 0),
        ("9" * 400, 86400, 10**9),
    ],
    ids=["seconds", "none", "a_date", "a_date_that_is_over", "for_ever"],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(http: Http, given: str, low: int, high: int) -> None:
    async with receiving(answers(429, Retry_After=given)) as receiver:
        asked = (await post(http, receiver.url)).retry_after
    assert asked is not None
    assert low <= asked.total_seconds() <= high


@pytest.mark.parametrize("given", ["soon", "-5", "1.5", ""])
async def test_a_retry_after_that_is_none_is_passed_over(http: Http, given: str) -> None:
    async with receiving(answers(503, Retry_After=given)) as receiver:
        assert (await post(http, receiver.url)).retry_after is None


class Names:
    """A name server that says what the test wants: one list of addresses after the other."""

    def __init__(self, *said: list[str]) -> None:
        self.said = [*said]
        self.asked = 0

    async def __call__(self, name: str, port: int) -> list[Address]:
        self.asked += 1
        return [ip_address(it) for it in (self.said.pop(0) if len(self.said) > 1 else self.said[0])]


async def test_a_name_for_a_private_address_is_refused_before_anything_is_connected() -> None:
    async with receiving(answers(200)) as receiver:
        for said in (["127.0.0.1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"], ["::1"]):
            async with Http(private=False, resolve=Names(said)) as http:
                target = Target(https=False, host="hooks.example.com", port=receiver.port, path="/")
                with pytest.raises(Unreachable, match="address_refused"):
                    await http.post(target, {}, b"")
        assert receiver.connections == 0


async def test_metadata_is_refused_on_premises_too() -> None:
    async with Http(private=True, resolve=Names(["169.254.169.254"])) as http:
        assert await failure(http, "http://crm/") == "address_refused"


async def test_a_target_that_was_stored_when_private_ones_were_allowed_is_judged_again() -> None:
    async with receiving(answers(200)) as receiver, Http(private=False) as http:
        with pytest.raises(Unreachable, match="address_refused"):
            await http.post(target_of(receiver.url, private=True), {}, b"")
        assert receiver.connections == 0


async def test_rebinding_the_name_after_the_check_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the number that was judged: the name server is asked once, and the system's never."""
    connected: list[str] = []
    open_connection = connecting.httpcore.AnyIOBackend.connect_tcp

    async def note(self: object, host: str, *rest: object) -> object:
        connected.append(host)
        return await open_connection(self, "127.0.0.1", *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(connecting.httpcore.AnyIOBackend, "connect_tcp", note)
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    async with receiving(answers(200)) as receiver, Http(private=False, resolve=names) as http:
        target = Target(https=False, host="rebinding.example.com", port=receiver.port, path="/")
        assert (await http.post(target, {}, b"")).status == 200
    assert (names.asked, connected) == (1, ["8.8.8.8"])
    assert receiver.received[0].headers["host"] == f"rebinding.example.com:{receiver.port}"


async def test_a_second_address_is_tried_when_the_first_is_dead() -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    async with receiving(answers(200)) as receiver, Http(private=True, resolve=names) as http:
        assert (await post(http, f"http://crm:{receiver.port}/")).status == 200


async def test_a_slow_name_server_costs_a_bounded_time() -> None:
    async def slow(name: str, port: int) -> list[Address]:
        await asyncio.sleep(30)
        return []

    async with Http(private=True, resolve=slow) as http:
        began = monotonic()
        assert await failure(http, "http://crm/") == "timeout"
        assert monotonic() - began < 10  # the machine may be busy


async def test_the_certificate_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    chain, key = certificate("hooks.example.com")
    (tmp_path / "chain").write_bytes(chain)
    (tmp_path / "key").write_bytes(key)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(tmp_path / "chain", tmp_path / "key")
    asked: list[str | None] = []
    server.sni_callback = lambda _, name, __: asked.append(name)
    trust = ssl.create_default_context(cadata=chain.decode())
    async with receiving(answers(200), server) as receiver:
        async with Http(private=True, resolve=Names(["127.0.0.1"]), trust=trust) as http:
            assert (await post(http, f"https://hooks.example.com:{receiver.port}/")).status == 200
            assert await failure(http, f"https://other.example.com:{receiver.port}/") == "tls"
        assert asked == ["hooks.example.com", "other.example.com"]
        async with Http(private=True, resolve=Names(["127.0.0.1"])) as http:
            assert await failure(http, f"https://hooks.example.com:{receiver.port}/") == "tls"


async def test_the_systems_resolver_finds_this_machine() -> None:
    assert LOOPBACK in await connecting.resolve("localhost", 443)
