"""Unified social credit codes (统一社会信用代码) and other tax numbers."""

import re
from functools import lru_cache

from domain.normalise.errors import Malformed
from domain.normalise.region import region_of_division
from domain.normalise.text import REMEMBERED, clean

MAX_CODE_CHARACTERS = 100
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


@lru_cache(maxsize=REMEMBERED)
def parse_uscc(raw: str) -> str:
    """Returns a unified social credit code in its 18 characters, upper case.

    GB 32100-2015: 17 characters of 0-9 and A-Z without I, O, S, V and Z, then the character that makes the sum of
    values times 3^(i-1) divisible by 31.

    Raises:
        Malformed: ``uscc_length``, ``uscc_characters`` or ``uscc_check_digit``, the first that applies.
    """
    code = re.sub(r"[\s.-]", "", clean(raw)).upper() if len(raw) <= MAX_CODE_CHARACTERS else ""
    if len(code) != 18:
        raise Malformed("uscc_length", raw)
    if not set(code) <= set(_ALPHABET):
        raise Malformed("uscc_characters", raw)
    total = sum(weight * _ALPHABET.index(character) for weight, character in zip(_WEIGHTS, code, strict=False))
    if _ALPHABET[-total % 31] != code[17]:
        raise Malformed("uscc_check_digit", raw)
    return code


def uscc_region(uscc: str) -> str | None:
    """Returns the ISO 3166-2 code of the province that registered a code, from the division in its characters 3 to 8.

    None for bodies registered by a national authority (division 100000) and for divisions that do not exist.
    """
    return region_of_division(uscc[2:8])


def parse_tax_id(raw: str) -> str:
    """Returns another country's tax number, or an older Chinese one: 5 to 30 letters and digits, upper case.

    Check digits are not looked at: every country has its own, and a mistyped number only fails to match.

    Raises:
        Malformed: ``tax_id_invalid``.
    """
    number = re.sub(r"[\s./:-]", "", clean(raw)).upper() if len(raw) <= MAX_CODE_CHARACTERS else ""
    if not re.fullmatch(r"[A-Z0-9]{5,30}", number) or not re.search(r"\d", number):
        raise Malformed("tax_id_invalid", raw)
    return number
