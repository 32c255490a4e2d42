"""Messages to people's chat tools. Apprise knows how each tool wants to be addressed and writes the requests; they are
sent the way webhooks are, so that no address of the company's network is reached and what a tool answers is heeded.

Several tools (DingTalk, WeCom, Feishu) refuse with 200 and a code in the body, which Apprise does not always look at.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from apprise import Apprise, AppriseAsset, NotifyFormat

from channels.attempting import DELIVERED, Outcome, again, refused
from channels.connecting import Answer, Http, Unreachable
from channels.people import People
from domain.delivery import Result
from domain.target import TargetRefused, target_of
from store.tables import DeliveryRow

TOOLS = frozenset({"dingtalk", "feishu", "lark", "slack", "wecombot", "workflow", "workflows"})
"""The schemas of Apprise URLs that are taken: tools that a single request reaches. Teams is ``workflows``."""

_BUSY = frozenset({-1, 11232, 45009, 130101, 410100})
"""Codes of DingTalk, WeCom and Feishu for: too many messages at a time. Every other code is a refusal."""

_NAMES_OF_CODES = ("errcode", "code", "StatusCode")
_ASSET = AppriseAsset(app_id="OneOwner", app_desc="OneOwner", app_url="")

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names tokens


class UnknownTool(ValueError):
    """A URL is of no chat tool that is taken, or Apprise cannot read it."""


@dataclass(frozen=True)
class Request:
    """A request that Apprise wrote."""

    url: str
    headers: dict[str, str]
    body: bytes


_WRITTEN: ContextVar[list[Request]] = ContextVar("written")


class _Accepted:
    """What Apprise is told that a tool answered, so that it goes on writing."""

    status_code = 200
    content = b"{}"
    text = "ok"
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody writes to it


class _Codes:
    ok, created, accepted, no_content = 200, 201, 202, 204


class _Pen:
    """Stands where Apprise's plugins look for the library ``requests``: it writes down and sends nothing.

    It can do no more than what they need for one post, so that no plugin sends anything by another way.
    """

    codes = _Codes
    RequestException = OSError

    @staticmethod
    def post(
        url: str, data: str | bytes = b"", params: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> _Accepted:
        whole = url if not params else f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        body = data.encode() if isinstance(data, str) else data
        kept = {name: value for name, value in (headers or {}).items() if name.lower() != "user-agent"}
        _WRITTEN.get().append(Request(whole, kept, body))
        return _Accepted()


def requests_for(url: str, title: str, text: str, tools: Collection[str] = TOOLS) -> list[Request]:
    """The requests that bring a message to a chat tool.

    Args:
        url: the Apprise URL, such as ``dingtalk://token`` or ``feishu://token``.
        title: one line.
        text: the message; tools that take less get it in parts.
        tools: the schemas that are taken.

    Raises:
        UnknownTool: when the URL's schema is not taken, or the URL is not one of it.
    """
    plugin = Apprise.instantiate(url, asset=_ASSET) if url.partition("://")[0].lower() in tools else None
    if plugin is None:
        raise UnknownTool
    module = sys.modules[type(plugin).__module__]
    if not hasattr(module, "requests"):
        raise UnknownTool
    setattr(module, "requests", _Pen)  # noqa: B010 - its name is not known to the types
    token = _WRITTEN.set([])
    try:
        plugin.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
        written = _WRITTEN.get()
    finally:
        _WRITTEN.reset(token)
    if not written:
        raise UnknownTool
    return written


class ChatChannel:
    """Delivers to chat tools. One per process."""

    def __init__(self, people: People, http: Http, tools: Collection[str] = TOOLS) -> None:
        self._people = people
        self._http = http
        self._tools = tools

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Send a message to every chat tool of a person; it is delivered once one of them has taken it."""
        person = await asyncio.to_thread(self._people.addressee, delivery.target)
        if person is None or not person.chats:
            return refused("no_address")
        text = self._people.text(delivery.kind, delivery.payload, person.language)
        outcomes = [await self._told(url, text.subject, text.plain) for url in person.chats]
        return min(outcomes, key=lambda it: (Result.DELIVERED, Result.AGAIN, Result.REFUSED).index(it.result))

    async def _told(self, url: str, title: str, text: str) -> Outcome:
        try:
            for request in requests_for(url, title, text, self._tools):
                target = target_of(request.url, private=self._http.private)
                outcome = outcome_of(await self._http.post(target, request.headers, request.body))
                if outcome.result is not Result.DELIVERED:
                    return outcome
        except UnknownTool:
            return refused("address_invalid")
        except (TargetRefused, Unreachable) as error:
            return again(error.code)
        return DELIVERED


def outcome_of(answer: Answer) -> Outcome:
    """What a chat tool's answer means, by its status and by the code in its body."""
    if answer.status in (408, 429) or answer.status >= 500:
        return again("http", answer.status, answer.retry_after)
    if not 200 <= answer.status < 300:
        return refused("http", answer.status)
    code = _code(answer.body)
    if code == 0:
        return Outcome(Result.DELIVERED, answer.status)
    return again(f"code_{code}", answer.status) if code in _BUSY else refused(f"code_{code}", answer.status)


def _code(body: bytes) -> int:
    """The code in a body; 0, which means success, where there is none."""
    try:
        said = json.loads(body)
    except ValueError:
        return 0
    codes = [said.get(name) for name in _NAMES_OF_CODES] if isinstance(said, dict) else []
    return next((code for code in codes if isinstance(code, int) and code != 0), 0)
