"""The country that a file's phone numbers are written in, where neither they nor their rows name one.

Many numbers can be read in several countries: half of all ten-digit American ones are Chinese fixed lines without their
0, and most that begin with 1 are Chinese mobiles. So it counts how a number is written, and where the rows say that
their customers are.
"""

import re
from collections import Counter
from collections.abc import Iterable

from domain.importing.values import region_from
from domain.normalise.errors import Malformed
from domain.normalise.phone import Phone, parse_phones
from domain.profile import country_of

_COUNTRIES = ("CN", "US", "GB", "AU", "DE", "FR", "IN", "SG", "HK", "TW", "JP")
_READABLE, _DIALLED, _WRITTEN, _PLACE = 1, 2, 4, 4
"""How much it says that a number can be read in a country, has the digits that are dialled there, and is written in
groups as it is written there; and that a row's address or region is there."""
_SHORTEST_NAME = 4
"""Two or three letters are a state of one country and the code of another: DE is Delaware and Germany."""
_DIGITS = re.compile(r"\d+")


def guess_country(phones: Iterable[str], places: Iterable[str] = ()) -> str:
    """The country for which most speaks, China where nothing tells.

    Args:
        phones: some hundreds, as they came.
        places: regions, cities and addresses of the same rows, as they came.
    """
    votes = Counter(dict.fromkeys(_COUNTRIES, 0))
    for phone in filter(None, phones):
        votes.update({country: _says(phone, country) for country in _COUNTRIES})
    for place in filter(None, places):
        country = _named(place)
        if country in votes:
            votes[country] += _PLACE
    return max(_COUNTRIES, key=votes.__getitem__)


def _says(text: str, country: str) -> int:
    """How much a number speaks for a country."""
    try:
        phones = parse_phones(text, country)
    except Malformed:
        return 0
    return max(_written(text, phone, country) for phone in phones)


def _written(text: str, phone: Phone, country: str) -> int:
    from phonenumbers import PhoneNumberFormat, format_number, parse, region_code_for_number

    parsed = parse(phone.e164)
    if "+" in text:  # it carries its country, and means the same everywhere
        return _WRITTEN if region_code_for_number(parsed) == country else 0
    own = _DIGITS.findall(format_number(parsed, PhoneNumberFormat.NATIONAL))
    groups = _DIGITS.findall(text)
    if groups in (own, [str(parsed.country_code), *own]):
        return _WRITTEN
    return _DIALLED if "".join(own) == "".join(groups) else _READABLE


def _named(place: str) -> str:
    try:
        region = region_from(place)
    except Malformed:
        return ""
    return country_of(region) if "-" in region or len(place) >= _SHORTEST_NAME else ""
