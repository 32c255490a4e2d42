"""Addresses in Chinese characters."""

import re

from domain.normalise.address_parts import AddressParts
from domain.normalise.divisions import full_name, locate
from domain.normalise.region import region_of_division
from domain.normalise.text import HAN

_LABEL = re.compile(
    r"^\W*(?:(?:公司|联系|详细|通讯|办公|收货|注册)?地址|地点|位于)\s*:?"
    r"|\(?邮(?:政编码|编)\s*:?\s*\d{6}\)?|(?<!\d)\d{6}(?=$|\W)|^\W*\d{6}(?!\d)"
)
_GAP_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w-]+(?=\d)")
_PUNCTUATION = re.compile(r"-(?![\da-z])|(?<![\da-z])-|[^\w-]|_")
_COUNTED = r"(?=[号弄栋幢座楼层室房段])|(?=单元)"
_NUMERAL = re.compile(rf"[零〇一二三四五六七八九十百]+(?:{_COUNTED})")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
# A town, and a district that could not be trusted; not a block of flats (小区) or a park (园区).
_TOWN = re.compile(
    rf"(?:[{HAN}]{{1,9}}?(?:市|县|(?<![小园社校景厂院])区|街道(?:办事处)?|(?<![城集])镇|乡|苏木)(?=[{HAN}])(?![路街道场]))+"
)
_ROAD = rf"(?P<road>[{HAN}\da-z]{{1,14}}?(?:大道|大街|公路|胡同|路|街|巷|道|里|条)(?:[东西南北中]?\d{{0,2}}段)?)"
_LANE = r"(?P<number>\d+(?:弄\d+)?(?:-\d+)*[a-z]?)(?:号院?|弄(?!\d)|(?![\da-z号层楼室栋座]))"
_PATTERNS = (
    re.compile(_ROAD + _LANE),
    re.compile(rf"(?P<road>[{HAN}]{{2,14}}?)(?P<number>\d+(?:-\d+)*)号(?!楼)"),
    re.compile(_ROAD + r"(?P<number>)"),
)
_SAME_UNITS = str.maketrans({"幢": "栋", "房": "室", "层": "楼"})


def take_apart(folded: str) -> AddressParts:
    """Takes a folded address with Chinese characters apart."""
    text = _PUNCTUATION.sub("", _GAP_BETWEEN_DIGITS.sub("-", _unlabelled(folded)))
    text = _NUMERAL.sub(lambda numeral: _arabic(numeral[0]), text)
    place = locate(text, short_counties=True)
    tail = text[place.end :].replace("号楼", "栋").translate(_SAME_UNITS)
    town = _TOWN.match(tail)
    local = tail[town.end() :] if town else tail
    found = next(filter(None, (pattern.search(local) for pattern in _PATTERNS)), None)
    rest = local[: found.start()] + local[found.end() :].lstrip("-") if found else local
    where = full_name(place.code) if place.code else "中国" if place.country else ""
    return AddressParts(
        normal=where + tail,
        division=place.code,
        region=region_of_division(place.code) if place.code else "CN" if place.country else None,
        road=found["road"] if found else None,
        number=(found["number"] or None) if found else None,
        rest=(town[0] if town else "") + rest,
    )


def _unlabelled(text: str) -> str:
    while text != (bare := _LABEL.sub("", text).strip()):
        text = bare
    return text


def _arabic(numeral: str) -> str:
    """Writes a numeral below a thousand in digits; a row of digits ("一〇二") is read as such."""
    if not set(numeral) & {"十", "百"}:
        return "".join(str(_DIGITS[character]) for character in numeral)
    total, digit = 0, 0
    for character in numeral:
        unit = {"十": 10, "百": 100}.get(character)
        if unit:
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGITS[character]
    return str(total + digit)
