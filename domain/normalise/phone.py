"""Telephone numbers as people write them, in E.164 with what kind of line they reach."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.normalise.errors import Malformed
from domain.normalise.tables import rows
from domain.normalise.text import REMEMBERED, clean

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

Kind = Literal["mobile", "fixed", "toll_free", "shared", "other"]

MAX_PHONE_CHARACTERS = 200
_SEPARATORS = re.compile(
    r"[、;|]|,(?!\s*(?:ext|x|#))|\s(?:or|and)\s|&|或者?|和|及"  # words and marks between numbers
    r"|(?<=\d{7})\s+(?=[+(]?\d{3,4}[)\s-]?\d{7})"  # a space between two numbers written in one piece
    r"|(?<=\d{7})\W*[^\W\d_]{2,}\W*(?=\+?\d{2})"  # a label or a name between them
)
_EXTENSION_WORDS = re.compile(
    r"\s*[,(]?\s*(?:转接?|轉|分机号?|分機|内线|內線|extension|ext(?![a-z])\.?)\s*[:.]?\s*(?=\d)", re.IGNORECASE
)
_EXTENSION_TAIL = re.compile(r"^(?P<number>.*?\d)\s*(?:[-‐-―~\s]|\()\s*(?P<extension>\d{1,6})\)?$")
_LABEL = re.compile(r"^[^\d+(]*(?:\((?=\D*\)))?[^\d+(]*|[^\da-zA-Z)]+$|\(\D*\)?$")
_INTERNATIONAL = re.compile(r"\+\d{6,15}")
"""A number that carries its country means the same everywhere."""
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLAIN_MOBILE = re.compile(r"\+861[3-9]\d{9}|(?:\+86[ -]?)?(?!179)1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
"""As mobiles are mostly written. 179 may also begin the code of a carrier, behind which the number stands."""
_PLAIN_FORMS = {
    "CN": (re.compile(r"0[1-9]\d{1,2}-\d{7,8}"), 86),  # 0755-86013060
    "US": (re.compile(r"[2-9]\d{2}-\d{3}-\d{4}"), 1),  # 310-246-1501
}
"""How fixed lines are mostly written, with the country's calling code: nothing but digits and an area."""
_NONE = re.compile(r"(?!)")
# Numbers of carriers, banks and authorities that are dialled whole: 95588, 10086, 12345, 96118.
_CHINESE_SERVICE = re.compile(r"9[56]\d{3,6}|1[02]\d{3}|11[68]114")
_SEGMENT = 7
_in_own_form: dict[str, "Phone"] = {}
_GREATER_CHINA = re.compile(r"\(?(852|853|886)\D")


class Phone(Struct, frozen=True):
    """One telephone number.

    Attributes:
        raw: the field as it came, also when it named several numbers.
        e164: the number with its country, such as ``+8613800138000``.
        kind: what the numbering plan says; ``other`` where it does not tell mobiles from fixed lines (North America).
        extension: the digits to dial once connected.
        strong: whether the number alone tells who somebody is: mobiles do, switchboards and service numbers never.
        area: ISO 3166-2 code that a fixed line's prefix names, for China and North America.
    """

    raw: str
    e164: str
    kind: Kind
    extension: str | None
    strong: bool
    area: str | None


def parse_phones(raw: str, region: str = "CN") -> tuple[Phone, ...]:
    """Returns the numbers in a field, in the order written, each once.

    Several numbers may stand in one field ("0755-86013060/061" is two), with extensions ("转801", "-8012", "ext. 5")
    and labels ("电话:"). Numbers without a country code are read as ``region``'s (ISO 3166-1 alpha-2).

    Raises:
        Malformed: ``phone_area_code_missing`` for a bare Chinese subscriber number, else ``phone_invalid``.
    """
    if len(raw) > MAX_PHONE_CHARACTERS or "@" in raw:
        raise Malformed("phone_invalid", raw)
    if _INTERNATIONAL.fullmatch(raw):
        known = _in_own_form.get(raw)
        return (known,) if known else _parsed(raw, "CN")
    return _parsed(raw, region)


@lru_cache(maxsize=REMEMBERED)
def _parsed(raw: str, region: str) -> tuple[Phone, ...]:
    phones: list[Phone] = []
    plain = region == "CN" and _PLAIN_MOBILE.fullmatch(raw)
    for piece in (raw,) if plain else _pieces(_EXTENSION_WORDS.sub("x", clean(raw)), region):
        phone = _parse(piece, raw, region) or (_variant(phones[-1], piece) if phones else None)
        if phone is None:
            bare = region == "CN" and re.fullmatch(r"[2-8]\d{6,7}", re.sub(r"\D", "", piece))
            raise Malformed("phone_area_code_missing" if bare else "phone_invalid", raw)
        phones.append(phone)
        if phone.extension is None:
            _remember(phone)
    if not phones:
        raise Malformed("phone_invalid", raw)
    return tuple(dict.fromkeys(phones))


def _remember(phone: Phone) -> None:
    """Keep a number as its E.164 form reads: whoever had it parsed asks for that next."""
    if len(_in_own_form) >= REMEMBERED:
        _in_own_form.clear()
    _in_own_form[phone.e164] = replace(phone, raw=phone.e164)


def _pieces(text: str, region: str) -> list[str]:
    """Splits at separators; at a slash only where the whole is no number, because "310/246-1501" is one."""
    pieces: list[str] = []
    for part in _SEPARATORS.split(text):
        whole = "/" not in part or _parse(part, part, region)
        pieces.extend([part] if whole else part.split("/"))
    return [piece for piece in pieces if re.search(r"\d", piece)]


def _parse(piece: str, raw: str, region: str) -> Phone | None:
    """Reads one number: as it stands, else with its last digits as the extension."""
    text = _LABEL.sub("", piece.strip())
    for number, extension in ((text, None), *_with_extension(text)):
        phone = _read(number, extension, raw, region)
        if phone:
            return phone
    return None


def _with_extension(text: str) -> list[tuple[str, str]]:
    tail = _EXTENSION_TAIL.match(text)
    return [(tail["number"], tail["extension"])] if tail else []


def _read(number: str, extension: str | None, raw: str, region: str) -> Phone | None:
    import phonenumbers

    digits = re.sub(r"^\+86|\D", "", number)
    is_chinese = region == "CN" or number.startswith("+86")
    if is_chinese and extension is None and _PLAIN_MOBILE.fullmatch(number):
        strong = _issued(digits[:_SEGMENT])
        return Phone(raw, f"+86{digits}", "mobile", None, strong=strong, area=None)
    if region == "CN" and _CHINESE_SERVICE.fullmatch(digits):
        return Phone(raw, f"+86{digits}", "shared", extension, strong=False, area=None)
    try:
        parsed = _plain(number, region) or phonenumbers.parse(
            "+" + number if _GREATER_CHINA.match(number) else number, region
        )
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code == 86 and re.search("[a-z]{2}", number, re.IGNORECASE):
        return None  # 1-800-FLOWERS would become a Chinese mobile, and China has no letters on its dials
    extension = extension or parsed.extension
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kind = _kind(parsed)
    if kind:
        # An extension on a mobile is a contradiction, so such a number is not trusted.
        return Phone(raw, e164, kind, extension, kind == "mobile" and extension is None, _area(e164, kind))
    if parsed.country_code == 86 and _CHINESE_MOBILE.fullmatch(str(parsed.national_number)):
        # A mobile of a number segment that the library does not know: newly issued, or mistyped.
        return Phone(raw, e164, "mobile", extension, strong=False, area=None)
    return None


def _plain(number: str, region: str) -> "PhoneNumber | None":
    """What the library would make of a number without a country in the usual form of its region, far sooner."""
    import phonenumbers

    form, country = _PLAIN_FORMS.get(region, (_NONE, 0))
    if not form.fullmatch(number):
        return None
    return phonenumbers.PhoneNumber(country_code=country, national_number=int(number.replace("-", "")))


@cache
def _issued(segment: str) -> bool:
    """Whether a Chinese number segment (号段) has been issued for mobiles, which its last digits do not change."""
    import phonenumbers

    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(segment.ljust(11, "0")))
    return _kind(number) == "mobile"


def _kind(parsed: "PhoneNumber") -> Kind | None:
    """The kind of a valid number; None for one that no numbering plan has."""
    import phonenumbers

    found = phonenumbers.number_type(parsed)
    return None if found == phonenumbers.PhoneNumberType.UNKNOWN else _kinds().get(found, "other")


@cache
def _kinds() -> dict[int, Kind]:
    from phonenumbers import PhoneNumberType

    return {
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.FIXED_LINE: "fixed",
        PhoneNumberType.TOLL_FREE: "toll_free",
        PhoneNumberType.SHARED_COST: "shared",
        PhoneNumberType.UAN: "shared",
        PhoneNumberType.PREMIUM_RATE: "shared",
    }


def _variant(previous: Phone, piece: str) -> Phone | None:
    """Reads "061" after "…060" as the same number with other last digits, or as another extension after one."""
    digits = re.sub(r"\D", "", piece)
    if previous.extension and len(digits) <= len(previous.extension):
        return Phone(previous.raw, previous.e164, previous.kind, digits, previous.strong, previous.area)
    if len(digits) > 8 or previous.kind not in ("fixed", "other"):
        return None
    return _read(previous.e164[: -len(digits)] + digits, None, previous.raw, "CN")


@cache
def _areas() -> dict[str, str]:
    return {prefix: area for area, prefixes in rows("dialling_areas.tsv") for prefix in prefixes.split()}


def _area(e164: str, kind: Kind) -> str | None:
    if kind not in ("fixed", "other"):
        return None
    return next((area for end in (6, 5, 4) if (area := _areas().get(e164[1:end]))), None)
