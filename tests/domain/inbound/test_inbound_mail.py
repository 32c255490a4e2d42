"""Messages as they come: Chinese and English, in old encodings, broken, hostile."""

from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.inbound.mail import MAX_BYTES, read_mail
from domain.inbound.reported import Direction, EmailSeen

OWN = ("ours.cn",)


def message(text: str = "好的，请报价。", **headers: str) -> bytes:
    made = EmailMessage()
    given = {"From": "王小明 <wang@yuanhang.example>", "To": "li.wei@ours.cn", "Message-ID": "<1@yuanhang.example>"}
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return bytes(made)


def one(raw: bytes, keep: int = 0) -> EmailSeen:
    (seen,) = read_mail(raw, OWN, keep)
    return seen


def test_a_customers_answer() -> None:
    seen = one(message(Subject="答复：报价", In_Reply_To="<0@ours.cn>", Date="Mon, 23 Nov 2026 09:30:00 +0800"))
    assert (seen.theirs, seen.ours, seen.name) == ("wang@yuanhang.example", ("li.wei@ours.cn",), "王小明")
    assert (seen.direction, seen.answer, seen.automatic) == (Direction.INBOUND, True, False)
    assert seen.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert seen.text is None


def test_our_message_to_several_is_one_report_for_each() -> None:
    raw = message(
        From="李伟 <li.wei@sz.ours.cn>", To="a@one.example, 'B' <b@two.example>", Cc="chen@ours.cn, A@one.example"
    )
    seen = read_mail(raw, OWN, 0)
    assert [(it.theirs, it.direction) for it in seen] == [
        ("a@one.example", Direction.OUTBOUND), ("b@two.example", Direction.OUTBOUND),
    ]  # fmt: skip
    assert {it.ours for it in seen} == {("li.wei@sz.ours.cn",)}
    assert len({it.source_id for it in seen}) == 2


def test_the_same_message_has_the_same_name_wherever_it_lies() -> None:
    again = b"Received: from elsewhere\r\nX-Folder: 2\r\n" + message()
    assert one(message()).source_id == one(again).source_id
    assert "yuanhang" not in one(message()).source_id


def test_as_much_is_kept_as_may_be() -> None:
    raw = message("好的。\n> 您好，报价如下\n请寄样品。", Subject="答复：报价")
    assert one(raw, 200).text == "答复：报价\n好的。\n请寄样品。"
    assert one(raw, 8).text == "答复：报价\n好的"


@pytest.mark.parametrize(
    "header",
    [
        Header("王小明", "gb2312").encode() + " <wang@yuanhang.example>",
        Header("王小明", "big5").encode() + " <wang@yuanhang.example>",
        Header("王小明", "utf-8").encode() + " <wang@yuanhang.example>",
    ],
    ids=["gb2312", "big5", "utf-8"],
)
def test_encoded_names_are_read(header: str) -> None:
    raw = f"From: {header}\r\nTo: li@ours.cn\r\nMessage-ID: <1@x>\r\n\r\n".encode()
    assert one(raw).name == "王小明"


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
def test_names_and_texts_in_plain_bytes_are_read(charset: str) -> None:
    raw = "From: 王小明 <wang@yuanhang.example>\r\nTo: li@ours.cn\r\nSubject: 报价\r\n\r\n请寄样品".encode(charset)
    seen = one(raw, 100)
    assert (seen.name, seen.text) == ("王小明", "报价\n请寄样品")


def test_the_text_of_a_message_with_an_attachment() -> None:
    made = EmailMessage()
    made["From"], made["To"] = "wang@yuanhang.example", "li@ours.cn"
    made.set_content("合同见附件", charset="gbk")
    made.add_alternative("<p>合同见附件</p>", subtype="html")
    made.add_attachment("内部资料", filename="a.txt")
    made.add_attachment(b"x" * 10_000, maintype="application", subtype="zip", filename="b.zip")
    assert one(bytes(made), 100).text == "合同见附件"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <news.example.com>", "Return-Path: <>"],
)
def test_what_a_program_wrote_is_nobodys_answer(header: str) -> None:
    assert one(f"{header}\r\n".encode() + message(In_Reply_To="<0@ours.cn>")).automatic
    assert not one(b"Auto-Submitted: no\r\n" + message()).automatic


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 500,
        b"From: \r\nTo: li@ours.cn\r\n\r\n",
        b"From: nobody\r\n\r\n",
        b"To: li@ours.cn\r\n\r\nno sender",
        b"From: li@ours.cn\r\nTo: chen@ours.cn\r\n\r\namong us",
    ],
)
def test_what_names_nobody_outside_reports_nothing(raw: bytes) -> None:
    assert read_mail(raw, OWN, 100) == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"From": "=?gb2312?B?!!!?= <wang@yuanhang.example>"},
        {"From": "=?no-such-charset?Q?=FF?= <wang@yuanhang.example>"},
        {"From": "\x01\x02 <wang@yuanhang.example>"},
        {"Date": "the day after"},
        {"Date": "Mon, 99 Nov 99999 99:99:99 +9999"},
        {"Content-Type": 'multipart/mixed; boundary="'},
        {"Content-Type": "text/plain; charset=no-such"},
        {"Content-Transfer-Encoding": "base64"},
        {"Subject": "=?utf-8?B?/////w==?="},
        {"Message-ID": "\udcff"},
    ],
    ids=lambda it: ascii(it)[:40],
)
def test_a_broken_header_breaks_nothing_else(broken: dict[str, str]) -> None:
    headers = {"From": "wang@yuanhang.example", "To": "li@ours.cn", "Message-ID": "<1@x>", "Subject": "x"} | broken
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("utf-8", "surrogateescape")
    assert one(raw + b"\r\ntext", 100).theirs == "wang@yuanhang.example"


@pytest.mark.parametrize(
    "bomb",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(4000)),
        b"To: " + b"a@b.cn, " * 20_000 + b"\r\n\r\n",
        b"To: " + b"(" * 60_000 + b"\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 8000,
        b"Content-Type: message/rfc822\r\n\r\n" * 49 + b"(" * 100_000,
        b"Subject: " + b"=?utf-8?Q?=20?= " * 10_000 + b"\r\n\r\n",
        b"References: " + b"<a@b> " * 20_000 + b"\r\n\r\n",
        b"\r\n" + b"--x\r\n" * 50_000,
        b"\r\n" + b"A" * 2_000_000,
    ],
    ids=range(9),
)
def test_a_bomb_is_read_in_bounded_time(bomb: bytes) -> None:
    began = perf_counter()
    for seen in read_mail(b"From: wang@yuanhang.example\r\nMessage-ID: <1@x>\r\n" + bomb, OWN, 2000):
        assert len(seen.ours) <= 50
    assert perf_counter() - began < 5


HEADERS = st.sampled_from(["From", "To", "Cc", "Date", "Subject", "Message-ID", "Content-Type", "In-Reply-To", "X"])


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=60)), max_size=8), st.binary(max_size=200))
def test_whatever_comes_is_read(headers: list[tuple[str, bytes]], body: bytes) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + body
    seen: Any = read_mail(raw[:MAX_BYTES], OWN, 500)
    assert isinstance(seen, tuple)
