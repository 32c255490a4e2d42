"""Web addresses, reduced to the domain that a company registered."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from domain.normalise.errors import Malformed
from domain.normalise.tables import entries
from domain.normalise.text import REMEMBERED, clean

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_URL_CHARACTERS = 2048
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")


@lru_cache(maxsize=REMEMBERED)
def registrable_domain(url: str) -> str | None:
    """Returns the domain that a company registered for its site, such as ``example.com.cn``, in lower-case ASCII.

    Returns None where the text holds no such domain (an IP address, an unknown suffix, no URL at all) or where it is a
    platform's or a free-mail provider's (``shop123.taobao.com``, ``linkedin.com/company/...``), which names no company.
    """
    host = _host(url)
    return None if is_shared(host) else _registered(host)


def is_shared(host: str) -> bool:
    """Returns whether a host in lower-case ASCII belongs to a platform or a free-mail provider, or lies below one."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in _shared() for start in range(len(labels) - 1))


@cache
def _shared() -> frozenset[str]:
    return entries("free_mail_domains.txt") | entries("platform_domains.txt")


@cache
def _suffixes() -> "TLDExtract":
    # Imported late: it costs a third of a second. No suffix list URL and no cache folder: the bundled snapshot only.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)


def _host(url: str) -> str:
    if len(url) > MAX_URL_CHARACTERS:
        return ""
    try:
        text = clean(url).lower().replace("。", ".")
    except Malformed:
        return ""
    text = re.sub(
        r"^[^a-z0-9\x80-\U0010ffff]*(?:(?:网址|网站|官网|website|web)\s*:)?\s*(?:[a-z][a-z0-9+.-]*:(?=//))?/*", "", text
    )
    host = re.split(r"[/?#\s\\,;)]", text, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].rstrip(".")
    return host if host.isascii() else _ascii(host)


def _ascii(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _registered(host: str) -> str | None:
    if not _HOST.fullmatch(host):
        return None
    return _suffixes().extract_str(host).top_domain_under_public_suffix or None
