"""E-mail addresses and the key under which two spellings of one mailbox meet."""

import re
from functools import lru_cache

from msgspec import Struct

from domain.normalise.errors import Malformed
from domain.normalise.tables import entries
from domain.normalise.text import REMEMBERED, clean
from domain.normalise.web import is_shared

MAX_EMAIL_CHARACTERS = 320
"""64 octets before the @ and 255 behind it (RFC 5321, section 4.5.3.1)."""

# Domains that the provider documents as names for the same mailboxes. Names such as foxmail.com beside qq.com are not:
# there an alias has nothing to do with the account's own name.
_SAME_MAILBOXES = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}
_DOTS_IGNORED = frozenset({"gmail.com"})
_PLAIN = re.compile(r"([a-z\d]+(?:[._-][a-z\d]+)*)@((?:[a-z\d]+(?:-[a-z\d]+)*\.)+(?:com|net|org|[a-z]{2}))", re.ASCII)
"""Of such an address the library has nothing to correct and, as long as it is short, nothing to refuse."""
_SHORT = 63
_DECORATION = re.compile(r"^(?:e-?mail|电子邮[箱件]|邮箱)\s*:\s*|^mailto:|^[^<>@]*<|>$|[.,;、]+$", re.IGNORECASE)


class Email(Struct, frozen=True):
    """One e-mail address.

    Attributes:
        raw: the field as it came.
        address: the address to write to, its domain in lower case.
        key: equal for two spellings of the same mailbox; to compare by, never to write to.
        domain: the domain in lower-case ASCII.
        free: whether the domain belongs to a mail provider or a platform, so that it names no company.
        role: whether the mailbox is a function's (``sales@``, ``客服@``), so that it names no person.
    """

    raw: str
    address: str
    key: str
    domain: str
    free: bool
    role: bool


@lru_cache(maxsize=REMEMBERED)
def parse_email(raw: str) -> Email:
    """Returns the address in a field, checked by its form alone (nothing is looked up).

    The key ignores case, what follows a plus (RFC 5233), at Gmail also dots, and joins domains of the same mailboxes.

    Raises:
        Malformed: ``email_invalid``.
    """
    if len(raw) > MAX_EMAIL_CHARACTERS:
        raise Malformed("email_invalid", raw)
    text = _undecorated(clean(raw).replace("。", "."))
    plain = _PLAIN.fullmatch(text) if len(text) <= _SHORT else None
    address, local, domain = (text, *plain.groups()) if plain else _checked(text, raw)
    return Email(raw, address, _key(local, domain), domain, is_shared(domain), _is_role(local))


def _checked(text: str, raw: str) -> tuple[str, str, str]:
    """The address to write to, its mailbox and its domain, both in the form to compare by."""
    import email_validator

    try:
        # Reserved test domains are let through: such an address reaches nobody, and it names nobody else either.
        checked = email_validator.validate_email(
            text, check_deliverability=False, strict=True, test_environment="." in text.rpartition("@")[2]
        )
    except email_validator.EmailNotValidError as error:
        raise Malformed("email_invalid", raw) from error
    return checked.normalized, checked.local_part.casefold(), checked.ascii_domain.lower()


def _undecorated(text: str) -> str:
    while text != (bare := _DECORATION.sub("", text).strip()):
        text = bare
    return re.sub(r"\s*@\s*", "@", text)


def _key(local: str, domain: str) -> str:
    domain = _SAME_MAILBOXES.get(domain, domain)
    mailbox = local.partition("+")[0] or local
    return f"{mailbox.replace('.', '') if domain in _DOTS_IGNORED else mailbox}@{domain}"


def _is_role(local: str) -> bool:
    names = [name for name in re.split(r"[\d._+-]+", local) if len(name) > 2 or not name.isascii()]
    return bool(names) and entries("role_mailboxes.txt").issuperset(names)
