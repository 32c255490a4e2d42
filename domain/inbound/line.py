"""Where a person is reached: a telephone number, an extension or an e-mail address, in its one form."""

import re
from contextlib import suppress
from dataclasses import dataclass

from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones

_EXTENSION = re.compile(r"(?:sips?:|client:|ext\.?\s*|分机\s*)?([a-z0-9][a-z0-9._*#-]{0,63})(?:@.*)?", re.IGNORECASE)
_NUMBER_AT_A_SWITCHBOARD = re.compile(r"sips?:(\+?\d{7,15})@.*", re.IGNORECASE)


@dataclass(frozen=True)
class Party:
    """Somebody outside, as far as a report tells who it is."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    name: str | None = None


def line_of(text: str) -> str | None:
    """The one form of what a rep is reached at; None for text that is none.

    ``+8613800138000`` for a number, a mailbox's key for an address, lower case for extensions: ``8001`` for
    ``sip:8001@pbx.example``, ``li.wei`` for ``client:li.wei``.
    """
    text = text.strip()
    if party := party_of(text):
        return (*party.phones, *(parse_email(address).key for address in party.emails))[0]
    extension = _EXTENSION.fullmatch(text)
    return extension[1].lower() if extension else None


def party_of(text: str, name: str | None = None) -> Party | None:
    """Whom a number or an address reaches; None for extensions, withheld numbers and what is neither."""
    at_switchboard = _NUMBER_AT_A_SWITCHBOARD.fullmatch(text)
    with suppress(Malformed):
        if "@" in text and not at_switchboard:
            return Party(emails=(parse_email(text).address,), name=name) if ":" not in text else None
        phones = parse_phones(at_switchboard[1] if at_switchboard else text)
        return Party(phones=(phones[0].e164,), name=name)
    return None
