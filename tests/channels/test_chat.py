"""Messages to chat tools, on receivers in the shape of DingTalk's, WeCom's, Feishu's and Slack's interfaces."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.slack import NotifySlack
from apprise.plugins.wecombot import NotifyWeComBot

from channels.attempting import DELIVERED, NOTHING_TO_SAY, Outcome
from channels.chat import TOOLS, ChatChannel, UnknownTool, outcome_of, requests_for
from channels.connecting import Answer, Http
from domain.delivery import Channel, Result
from store.tables import DeliveryRow
from tests.channels.penman import LETTER, Penman, Sealed
from tests.examples import AT
from tests.receivers import Receiver, answers, receiving

TOKEN = "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"
DINGTALK = f"dingtalk://{TOKEN}"
FEISHU = f"feishu://{TOKEN}"
WECOM = f"wecombot://{TOKEN}"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = "workflows://prod-12.westus.logic.azure.com:443/0123456789abcdef/a-signature"

DELIVERY = DeliveryRow(
    id="chat:1",
    channel=Channel.CHAT,
    target="zhang.wei",
    event_id="e1",
    kind="owner_assigned",
    payload={"customer_id": "cus_1"},
    created_at=AT,
    next_at=AT,
)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(answers(200, b'{"errcode":0,"errmsg":"ok"}')) as made:
        yield made


@pytest.fixture
def tools(receiver: Receiver) -> Iterator[str]:
    """The tools' addresses lead to the receiver."""
    base = f"http://127.0.0.1:{receiver.port}"
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(NotifyDingTalk, "notify_url", base + "/robot/send?access_token={token}")
        patch.setattr(NotifyFeishu, "notify_url", base + "/open-apis/bot/v2/hook/{token}")
        patch.setattr(NotifyWeComBot, "notify_url", base + "/cgi-bin/webhook/send?key={key}")
        patch.setattr(NotifySlack, "webhook_url", base + "/services")
        stack.callback(patch.undo)
        yield base


async def told(*chats: str) -> Outcome:
    async with Http(private=True) as http:
        return await ChatChannel(Penman(chats=chats), http)(DELIVERY)


def body(receiver: Receiver) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(receiver.received[-1].body)
    return said


@pytest.mark.parametrize(
    ("url", "path", "read"),
    [
        (DINGTALK, f"/robot/send?access_token={TOKEN}", lambda it: it["text"]["content"]),
        (FEISHU, f"/open-apis/bot/v2/hook/{TOKEN}", lambda it: it["content"]["text"]),
        (WECOM, f"/cgi-bin/webhook/send?key={TOKEN}", lambda it: it["text"]["content"]),
        (
            SLACK,
            "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
            lambda it: json.dumps(it, ensure_ascii=False),
        ),
    ],
    ids=["dingtalk", "feishu", "wecom", "slack"],
)
async def test_each_tool_gets_what_its_interface_wants(
    receiver: Receiver, tools: str, url: str, path: str, read: Any
) -> None:
    assert (await told(url)).result is Result.DELIVERED
    assert receiver.received[0].line == f"POST {path} HTTP/1.1"
    assert receiver.received[0].headers["content-type"].startswith("application/json")
    said = read(body(receiver))
    assert "客户已分配给您" in said
    assert "请尽快跟进。" in said


async def test_a_signed_dingtalk_robot_gets_its_signature(receiver: Receiver, tools: str) -> None:
    assert (await told(f"dingtalk://SEC123@{TOKEN}")).result is Result.DELIVERED
    assert "&timestamp=" in receiver.received[0].line
    assert "&sign=" in receiver.received[0].line


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, b'{"errcode":310000,"errmsg":"keywords not in content"}', Outcome(Result.REFUSED, 200, "code_310000")),
        (200, b'{"errcode":130101,"errmsg":"send too fast"}', Outcome(Result.AGAIN, 200, "code_130101")),
        (200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', Outcome(Result.REFUSED, 200, "code_93000")),
        (200, b'{"code":9499,"msg":"Bad Request","data":{}}', Outcome(Result.REFUSED, 200, "code_9499")),
        (200, b'{"code":0,"msg":"success","StatusCode":0}', Outcome(Result.DELIVERED, 200)),
        (200, b"ok", Outcome(Result.DELIVERED, 200)),
        (202, b"", Outcome(Result.DELIVERED, 202)),
        (404, b"no_service", Outcome(Result.REFUSED, 404, "http")),
        (500, b"", Outcome(Result.AGAIN, 500, "http")),
        (429, b"", Outcome(Result.AGAIN, 429, "http")),
    ],
)
def test_a_refusal_with_200_is_a_refusal(status: int, answer: bytes, outcome: Outcome) -> None:
    assert outcome_of(Answer(status, answer, None)) == outcome


async def test_one_tool_that_takes_it_is_enough(receiver: Receiver, tools: str) -> None:
    assert await told("dingtalk://not-a-token", FEISHU) == DELIVERED
    assert len(receiver.received) == 1


async def test_who_has_no_chat_tool_or_has_left_is_not_told() -> None:
    async with Http(private=True) as http:
        assert await ChatChannel(Penman(LETTER), http)(DELIVERY) == Outcome(Result.REFUSED, error="no_address")
        assert await ChatChannel(Penman(), http)(DELIVERY) == NOTHING_TO_SAY
        assert await ChatChannel(Sealed(), http)(DELIVERY) == Outcome(Result.AGAIN, error="secret_unreadable")


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/",
        "file:///etc/passwd",
        "mailto://user:pass@example.com",
        "syslog://",
        "exec://rm",
        "dingtalk://",
        "not a url",
        "DBUS://",
    ],
)
def test_other_schemas_are_not_taken(url: str) -> None:
    with pytest.raises(UnknownTool):
        requests_for(url, "标题", "text")


async def test_a_tool_that_names_its_host_gets_no_further_than_a_webhook() -> None:
    """Teams' workflows do; they reach no address of the company's network, by no name."""
    writer = Penman(chats=("workflows://127.0.0.1:443/flow/signature",))
    async with Http(private=False) as http:
        assert await ChatChannel(writer, http)(DELIVERY) == Outcome(Result.AGAIN, error="url_private")
    request = requests_for(TEAMS, "Title", "text")[0]
    assert request.url.startswith("https://prod-12.westus.logic.azure.com:443/workflows/0123456789abcdef/triggers/")


DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544"
GOOGLE = "gchat://workspace/key-of-it/token-of-it"


@pytest.mark.parametrize("url", [DINGTALK, FEISHU, WECOM, SLACK, TEAMS, f"lark://{TOKEN}", DISCORD, TELEGRAM, GOOGLE])
def test_apprise_sends_nothing_itself(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def sends(*_: object, **__: object) -> None:
        raise AssertionError("a connection of its own")

    monkeypatch.setattr("socket.socket.connect", sends)
    assert len(requests_for(url, "标题", "text")) == 1
    assert url.partition("://")[0] in TOOLS


def test_a_long_message_is_written_in_parts() -> None:
    assert len(requests_for(DINGTALK, "标题", "一行文字\n" * 5000)) > 1


def test_no_message_tells_of_another(receiver: Receiver) -> None:
    first = requests_for(FEISHU, "甲", "one")
    second = requests_for(FEISHU, "乙", "two")
    assert len(first) == len(second) == 1
    assert b"one" not in second[0].body
