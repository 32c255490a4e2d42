"""The country that a file's phone numbers are written in, where neither they nor their rows name one."""

from collections.abc import Iterable

from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones

_COUNTRIES = ("CN", "US", "GB", "AU", "DE", "FR", "IN", "SG", "HK", "TW", "JP")


def guess_country(phones: Iterable[str]) -> str:
    """The country as whose numbers most of the phones can be read, China where they do not tell.

    Args:
        phones: some hundreds, as they came.
    """
    numbers = [phone for phone in phones if phone]
    return max(_COUNTRIES, key=lambda country: sum(_readable(phone, country) for phone in numbers))


def _readable(phone: str, country: str) -> bool:
    try:
        return bool(parse_phones(phone, country))
    except Malformed:
        return False
