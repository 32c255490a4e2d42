"""Messages to people's chat tools. Apprise knows how each tool wants to be addressed and writes the requests; they are
sent the way webhooks are, so that no address of the company's network is reached and what a tool answers is heeded.

Several tools (DingTalk, WeCom, Feishu) refuse with 200 and a code in the body, which Apprise does not always look at.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from apprise import AppriseAsset, NotifyFormat, OverflowMode
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.lark import NotifyLark
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.plugins.workflows import NotifyWorkflows

from channels.attempting import DELIVERED, NOTHING_TO_SAY, Outcome, again, refused
from channels.connecting import Answer, Http, Unreachable
from channels.letters import Letter, Writer
from domain.delivery import Result
from domain.sealing import SealBroken
from domain.target import TargetRefused, target_of
from store.tables import DeliveryRow

TOOLS: Mapping[str, type[NotifyBase]] = {
    "dingtalk": NotifyDingTalk,
    "discord": NotifyDiscord,
    "feishu": NotifyFeishu,
    "gchat": NotifyGoogleChat,
    "lark": NotifyLark,
    "slack": NotifySlack,
    "tgram": NotifyTelegram,
    "wecombot": NotifyWeComBot,
    "workflows": NotifyWorkflows,
}
"""The chat tools that are taken, by the schema of their Apprise URLs: those that a request reaches. Microsoft Teams is
``workflows``. No other of Apprise's plugins is loaded."""

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

    @classmethod
    def request(cls, method: str, url: str, **what: Any) -> _Accepted:
        """Slack's plugin names the method."""
        if method.upper() != "POST" or what.pop("files", None):
            raise OSError("only posts are written")
        return cls.post(url, **what)

    @staticmethod
    def post(
        url: str, data: str | bytes = b"", params: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> _Accepted:
        """Write a request down."""
        whole = url if not params else f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        body = data.encode() if isinstance(data, str) else data
        kept = {name: value for name, value in (headers or {}).items() if name.lower() != "user-agent"}
        _WRITTEN.get().append(Request(whole, kept, body))
        return _Accepted()


def requests_for(url: str, title: str, text: str) -> list[Request]:
    """The requests that bring a message to a chat tool.

    Args:
        url: the Apprise URL, such as ``dingtalk://token`` or ``feishu://token``.
        title: one line.
        text: the message; tools that take less get it in parts.

    Raises:
        UnknownTool: when the tool is not one of ``TOOLS``, or the URL is not one of it.
    """
    plugin = _plugin(url)
    plugin.overflow_mode = OverflowMode.SPLIT
    plugin.request_rate_per_sec = 0  # or it would sleep between parts
    token = _WRITTEN.set([])
    try:
        plugin.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
        written = _WRITTEN.get()
    finally:
        _WRITTEN.reset(token)
    if not written:
        raise UnknownTool
    return written


def _plugin(url: str) -> NotifyBase:
    """Apprise's plugin for a URL, with the pen in its hand instead of the library by which it would send."""
    tool = TOOLS.get(url.partition("://")[0].lower())
    read = tool.parse_url(url) if tool else None
    if tool is None or not read:
        raise UnknownTool
    try:
        plugin = tool(**read, asset=_ASSET)
    except (AppriseImproperlyConfigured, TypeError) as error:
        raise UnknownTool from error
    setattr(sys.modules[tool.__module__], "requests", _Pen)  # noqa: B010 - its name is not known to the types
    return plugin


class ChatChannel:
    """Delivers to chat tools. One per process."""

    def __init__(self, writer: Writer, http: Http) -> None:
        self._writer = writer
        self._http = http

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Send a message to every chat tool of a person; it is delivered once one of them has taken it."""
        try:
            letter = await asyncio.to_thread(self._writer.write, delivery)
        except SealBroken:
            return again("secret_unreadable")
        if letter is None:
            return NOTHING_TO_SAY
        if not letter.chats:
            return refused("no_address")
        outcomes = [await self._told(url, letter) for url in letter.chats]
        return min(outcomes, key=lambda it: (Result.DELIVERED, Result.AGAIN, Result.REFUSED).index(it.result))

    async def _told(self, url: str, letter: Letter) -> Outcome:
        try:
            for request in requests_for(url, letter.subject, letter.plain):
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
