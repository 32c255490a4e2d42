"""Postal addresses, Chinese ones down to their administrative division."""

from functools import lru_cache

from msgspec import Struct

from domain.normalise import address_han, address_latin
from domain.normalise.errors import Malformed
from domain.normalise.text import REMEMBERED, fold, has_han

MAX_ADDRESS_CHARACTERS = 1000


class Address(Struct, frozen=True):
    """One address.

    Attributes:
        raw: the address as it came.
        normal: equal for spellings of one address; empty when there is nothing to compare.
        division: GB/T 2260 code of the smallest Chinese division named for sure, else None.
        region: ISO 3166 code of the province, state or country named, else None.
        road: the road, or what stands in its place ("科技园"), without abbreviations.
        number: the number there.
        rest: everything else: town, building, floor, room; empty when there is nothing else.
    """

    raw: str
    normal: str
    division: str | None
    region: str | None
    road: str | None
    number: str | None
    rest: str


@lru_cache(maxsize=REMEMBERED)
def parse_address(raw: str, country: str = "CN") -> Address:
    """Takes an address apart; one in Chinese characters as China's, one in Latin letters as ``country``'s.

    Args:
        raw: the address in one or several lines.
        country: ISO 3166-1 alpha-2; tells what a lone five-digit number or two letters at the end mean.

    Raises:
        Malformed: ``address_too_long`` above 1,000 characters.
    """
    if len(raw) > MAX_ADDRESS_CHARACTERS:
        raise Malformed("address_too_long", raw)
    folded = fold(raw)
    parts = address_han.take_apart(folded) if has_han(folded) else address_latin.take_apart(folded, country)
    return Address(raw, *parts)
