"""Where a record is: an address, written in one piece or in columns, in the form that comparing needs."""

import re
from collections.abc import Mapping

from msgspec import Struct

from domain.matching.forms import tokens
from domain.normalise.address import MAX_ADDRESS_CHARACTERS, Address, parse_address
from domain.normalise.divisions import division_within
from domain.normalise.text import fold, has_han, words

_NUMBER = re.compile(r"\d+")
_HEAD = 20
"""Characters at the beginning of an address among which a division may stand behind a slip or a stray word."""
_LOCAL_COLUMNS = ("street_2", "locality", "city")
_TOWN_STATE_ZIP = re.compile(r"(?:^|, )([^,\d]+), ([a-z ]+), (\d{5})$")
"""How the rest of an American address in one piece ends."""
_STRAY_PHONE = re.compile(
    r"(?<![\d-])(?:(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?\d{7,8}|1[3-9]\d{9})"  # 0755-86013060, 138…
    r"|\(?[2-9]\d{2}\)?[-./ ]?[2-9]\d{2}[-./ ]?\d{4})(?![\d-])"  # (310) 246-1501
)


class Place(Struct, frozen=True):
    """One address.

    Attributes:
        road: the road without abbreviations, empty when unknown.
        number: the house number there, empty when unknown.
        rest: what else the address says: town, building, floor, room.
        locality: suburb, city or town from columns of their own or from the end of an American address, folded.
        postcode: letters and digits only.
        division: GB/T 2260 code, empty when unknown; of a district alone where no other has its name.
        region: ISO 3166 code, None when unknown.
        text: everything but the postcode, its words in order.
        tokens: the words and pairs of Chinese characters in ``text``.
        numbers: every number in the address, in order.
    """

    road: str
    number: str
    rest: str
    locality: str
    postcode: str
    division: str
    region: str | None
    text: str
    tokens: frozenset[str]
    numbers: tuple[str, ...]


def without_phones(address: str) -> tuple[str, str]:
    """Returns an address and the phone numbers that somebody wrote into it, 手机 and fixed lines, apart."""
    strays = _STRAY_PHONE.findall(address[:MAX_ADDRESS_CHARACTERS])
    return (_STRAY_PHONE.sub(" ", address), " ".join(strays)) if strays else (address, "")


def place_from_text(raw: str, country: str) -> Place | None:
    """Returns the place of an address in one piece, None where the text names none.

    Raises:
        domain.normalise.errors.Malformed: when it is longer than an address can be.
    """
    return _place(parse_address(raw, country), "", "")


def place_from_fields(fields: Mapping[str, str], country: str) -> Place | None:
    """Returns the place that the columns of a labelled file tell, None where they tell none (see ``Record``)."""
    street = " ".join(fields[name] for name in ("street_number", "street") if name in fields)
    raw = fields.get("address") or street
    state = fields.get("state", "")
    local = ", ".join(fields[name] for name in _LOCAL_COLUMNS if name in fields)
    if _NUMBER.search(local) and not _NUMBER.search(raw):  # the columns were filled into one another
        raw, local = local, raw
    if has_han(local + state):  # a Chinese address is one piece, from the province down
        above = [place for place in (state, local) if place not in raw]
        raw, local, state = "".join([*above, raw]), "", ""
    postcode = "".join(words(fold(fields.get("postcode", "")[:20])))
    if not (raw or local or state or postcode):
        return None
    parsed = parse_address(raw[:MAX_ADDRESS_CHARACTERS], country)
    locality = " ".join(words(fold(f"{local}, {state}"[:MAX_ADDRESS_CHARACTERS])))
    return _place(parsed, locality, postcode)


def _place(parsed: Address, locality: str, postcode: str) -> Place | None:
    text = " ".join(words(f"{parsed.normal} {locality}"))
    if behind := _TOWN_STATE_ZIP.search(parsed.rest):
        locality, postcode = locality or f"{behind[1]} {behind[2]}", postcode or behind[3]
    if not text and not postcode:
        return None
    return Place(
        road=parsed.road or "",
        number=parsed.number or "",
        rest=parsed.rest,
        locality=locality,
        postcode=postcode,
        division=parsed.division or (division_within(text[:_HEAD]) if has_han(text) else None) or "",
        region=parsed.region,
        text=text,
        tokens=tokens(text),
        numbers=tuple(_NUMBER.findall(text)),
    )
