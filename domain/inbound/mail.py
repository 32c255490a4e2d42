"""E-mail messages: who wrote to whom, and whether it was an answer. Bodies are looked at only as far as one may keep.

Messages come from anybody. Headers are parsed apart from the body and up to a limit; text is decoded by its label, else
as UTF-8, GB 18030 or Latin 1, so that nothing in a message can make it unreadable.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from pydantic import TypeAdapter, ValidationError

from domain.inbound.delivery import time_in
from domain.inbound.reported import MAX_OURS, Direction, EmailSeen
from domain.normalise.email import Email, parse_email
from domain.normalise.errors import Malformed
from domain.text import LongText, ShortText

MAX_BYTES = 256 * 1024
"""Of a message so much is looked at; attachments stand behind it."""
_MAX_HEADER_BYTES = 64 * 1024
_MAX_PARTIES, _MAX_PARTS = 20, 50
_CHARSETS = ("utf-8", "gb18030", "latin-1")
_SHORT: TypeAdapter[str] = TypeAdapter(ShortText)
_LONG: TypeAdapter[str] = TypeAdapter(LongText)
_FAULTS = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""The ways in which the standard library's parsers give up on what nobody sends but to make them."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def read_mail(raw: bytes, own_domains: Sequence[str], keep: int) -> tuple[EmailSeen, ...]:
    """One report for each address outside that a message came from or went to; none for what no person sent.

    Args:
        raw: the message (RFC 5322), or its beginning.
        own_domains: what stands behind the @ of our own addresses.
        keep: how many characters of subject and text may be kept.
    """
    raw = raw[:MAX_BYTES]
    headers = BytesHeaderParser().parsebytes(raw[:_MAX_HEADER_BYTES])
    senders = _addresses(headers, ("From",))[:1]
    recipients = _addresses(headers, ("To", "Cc"))
    own = frozenset(domain.lower() for domain in own_domains)
    if not senders:
        return ()
    sent_by_us = _is_own(senders[0][1], own)
    ours = senders if sent_by_us else [it for it in recipients if _is_own(it[1], own)]
    theirs = [it for it in recipients if not _is_own(it[1], own)] if sent_by_us else senders
    message_id = _of(headers, "Message-ID") or hashlib.sha256(raw[:_MAX_HEADER_BYTES]).hexdigest()
    text = _kept(raw, headers, keep)
    return tuple(
        EmailSeen(
            source_id=hashlib.sha256(f"{message_id}\0{address.key}".encode("utf-8", "replace")).hexdigest(),
            occurred_at=time_in(_of(headers, "Date")),
            theirs=address.address,
            ours=tuple(dict.fromkeys(it.address for _, it in ours))[:MAX_OURS],
            direction=Direction.OUTBOUND if sent_by_us else Direction.INBOUND,
            answer=bool(_of(headers, "In-Reply-To") or _of(headers, "References")),
            automatic=_automatic(headers),
            name=name,
            text=text,
        )
        for name, address in theirs[:_MAX_PARTIES]
    )


def _is_own(address: Email, own: frozenset[str]) -> bool:
    return any(address.domain == domain or address.domain.endswith(f".{domain}") for domain in own)


def _automatic(headers: Message) -> bool:
    """Whether a program wrote it (RFC 3834, RFC 2369), so that it is nobody's answer."""
    auto = _of(headers, "Auto-Submitted").strip().lower()
    bulk = _of(headers, "Precedence").strip().lower() in ("bulk", "list", "junk")
    listed = any(name in headers for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"))
    return (auto not in ("", "no")) or bulk or listed or _of(headers, "Return-Path").strip() == "<>"


def _of(headers: Message, name: str) -> str:
    """The first header of a name, or an empty text."""
    return next(_all(headers, name), "")


def _all(headers: Message, name: str) -> Iterator[str]:
    for found, value in headers.raw_items():
        if found.lower() == name.lower():
            yield _decoded(str(value).encode("utf-8", "surrogateescape"))


def _addresses(headers: Message, names: Sequence[str]) -> list[tuple[str | None, Email]]:
    """The addresses in headers, each once, with how people call themselves."""
    found: dict[str, tuple[str | None, Email]] = {}
    for name in names:
        for written, address in _parsed(list(_all(headers, name))):
            with suppress(Malformed):
                email = parse_email(address)
                found.setdefault(email.key, (_name(written), email))
    return list(found.values())


def _parsed(values: list[str]) -> list[tuple[str, str]]:
    with suppress(*_FAULTS):
        return getaddresses(values)
    return []


def _name(written: str) -> str | None:
    with suppress(ValidationError):
        return _SHORT.validate_python(_UNSEEN.sub("", _words(written))[:200])
    return None


def _words(text: str) -> str:
    """A header with its encoded words decoded (RFC 2047)."""
    try:
        parts = decode_header(text)
    except _FAULTS:
        return text
    return "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)


def _decoded(content: bytes, charset: str | None = None) -> str:
    for name in (charset, *_CHARSETS):
        with suppress(LookupError, ValueError):
            if name:
                return content.decode(name)
    return content.decode("latin-1")


def _kept(raw: bytes, headers: Message, keep: int) -> str | None:
    """The subject and the beginning of the text, without what is quoted; None where nothing may be kept."""
    if keep == 0:
        return None
    lines = [_words(_of(headers, "Subject")).strip(), *_lines(raw)]
    text = _UNSEEN.sub("", "\n".join(line for line in lines if line and not line.startswith(">")))
    with suppress(ValidationError):
        return _LONG.validate_python(text[:keep])
    return None


def _lines(raw: bytes) -> list[str]:
    """The lines of the first plain text; none of a message of very many parts, which is made to be a burden."""
    lower = raw.lower()
    if lower.count(b"boundary") + lower.count(b"message/") > _MAX_PARTS:
        return []
    with suppress(*_FAULTS):
        for part in message_from_bytes(raw).walk():
            if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
                content = part.get_payload(decode=True)
                charset = part.get_content_charset()
                return _decoded(content, charset).splitlines() if isinstance(content, bytes) else []
    return []
