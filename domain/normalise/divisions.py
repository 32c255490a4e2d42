"""The administrative divisions of China (GB/T 2260), found at the head of a text."""

import re
from collections.abc import Collection
from functools import cache

from msgspec import Struct

from domain.normalise.tables import rows

_COUNTRY = re.compile(r"(?:中华人民共和国|中国(?!人民))+")
_FILLER = re.compile(r"[\s,./、-]+|市辖区|省直辖县级行政区划|自治区直辖县级行政区划")
# "南京东路" and "上海大厦" are a road and a house that may be anywhere; "朝阳区" is not the city of 朝阳.
_NOT_AFTER_SHORT = re.compile(
    r"[东西南北中]?[一二三四五六七八九十\d]*(?:路|街|巷|弄|道|大道|大街|大厦|广场|花园|新村|小区)|[省市区县旗盟州镇乡村]"
)
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


class Located(Struct, frozen=True):
    """Where a text says it is.

    Attributes:
        code: the GB/T 2260 code of the smallest division named, None when only the country is or nothing.
        end: how many characters of the text name it.
        country: whether the text names China itself.
    """

    code: str | None
    end: int
    country: bool


def locate(text: str, *, short_counties: bool = False) -> Located:
    """Returns the division that a folded text begins with, down from the province or city.

    A district (区) counts only below a province or city that was named; a county or county-level city also alone when
    no other has its name. A former division gives the one that took it over.

    Args:
        text: simplified Chinese, as ``fold`` returns it.
        short_counties: also read "深圳南山" as 南山区, which in a company's name would be part of the brand.
    """
    nation = _COUNTRY.match(text)
    end = nation.end() if nation else 0
    code: str | None = None
    while step := _step(text, _skip(text, end) if end else 0, code, short_counties):
        code, end = step
    return Located(_successor(code) if code else None, end, country=nation is not None)


def division_within(text: str) -> str | None:
    """Returns the code of the first division in a text whose whole name stands there and no other has.

    It says where "秀洲区山阴路" is, and 珠珠海市香洲区, whose city has a slip. ``locate`` trusts no district alone: a
    lead's region must not hang on one word.

    Args:
        text: simplified Chinese, as ``fold`` returns it.
    """
    for at in range(len(text) - 2):
        for name, code, short in _names().get(text[at : at + 2], ()):
            if not short and code in _known_alone() and text.startswith(name, at):
                return _successor(code)
    return None


def locate_pinyin(cities: Collection[str], districts: Collection[str]) -> str | None:
    """Returns the code of the smallest division among names in pinyin without spaces and endings ("nanshan").

    A district or county counts only inside a province or city that is named too, and a city whose name another has as
    well ("suzhou") only with its province.

    Args:
        cities: names that may be anything, such as that of "Shenzhen".
        districts: names that were called a district or a county, such as that of "Nanshan District".
    """
    inside = ""
    for level, names in ((1, cities), (2, cities), (3, districts or cities)):
        named = {code for name in names for code in _pinyin_names().get(name, ()) if _level(code) == level}
        fitting = {code for code in named if code.startswith(inside)}
        if len(fitting) == 1 and (inside or level < 3):
            inside = _prefix(fitting.pop())
    return inside.ljust(6, "0") if inside else None


@cache
def _pinyin_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for code, _name, _short, spellings in rows("divisions.tsv"):
        for spelling in spellings.split():
            names.setdefault(spelling, []).append(code)
    return {name: tuple(codes) for name, codes in names.items()}


def full_name(code: str) -> str:
    """Returns the names of a division and those above it: "广东省深圳市南山区" for 440305.

    Raises:
        KeyError: when no division has the code.
    """
    above = [upper for upper in (code[:2] + "0000", code[:4] + "00") if upper != code and upper in _by_code()]
    return "".join(_by_code()[part] for part in (*above, code))


def lies_in(code: str, holder: str) -> bool:
    """Whether a division is this other one or lies in it: 440305 (南山) lies in 440300 (深圳) and in 440000 (广东)."""
    return code.startswith(_prefix(holder))


def city_of(code: str) -> str:
    """Returns the code of the prefecture or the municipality (北京, 天津, 上海, 重庆) that a division lies in."""
    return code[:2].ljust(6, "0") if code[:2] in _MUNICIPALITIES else code[:4].ljust(6, "0")


@cache
def _by_code() -> dict[str, str]:
    return {code: name for code, name, *_ in rows("divisions.tsv")}


def _skip(text: str, start: int) -> int:
    while filler := _FILLER.match(text, start):
        start = filler.end()
    return start


def _step(text: str, start: int, inside: str | None, short_counties: bool) -> tuple[str, int] | None:
    """Returns the division that begins at ``start`` and lies in ``inside``, with where its name ends; longest first."""
    known = _names().get(text[start : start + 2], ())
    readable = [entry for entry in known if text.startswith(entry[0], start) and _admits(entry[1], inside, entry[2])]
    for name, code, short in readable:
        end = start + len(name)
        if short and (_NOT_AFTER_SHORT.match(text, end) or (_level(code) == 3 and not short_counties)):
            continue
        if _level(code) == 3 and len({_successor(other) for same, other, _ in readable if same == name}) > 1:
            continue  # "江苏省鼓楼区" is in Nanjing or in Xuzhou
        return code, end
    return None


def _admits(code: str, inside: str | None, short: bool) -> bool:
    """Whether a name may be read as this division after the larger one, or as the first thing said."""
    if inside is None:
        return _level(code) < 3 or (not short and code in _counties_known_alone())
    holders = {inside, _successor(inside)}
    below = any(_level(code) > _level(holder) and code.startswith(_prefix(holder)) for holder in holders)
    return below or code in holders  # "北京市北京市朝阳区"


def _prefix(code: str) -> str:
    return code[: 2 * _level(code)]


def _level(code: str) -> int:
    """1 for a province, 2 for a prefecture, 3 for a county or district."""
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _successor(code: str) -> str:
    return _successors().get(code, code)


@cache
def _successors() -> dict[str, str]:
    return {former: code for former, _name, code in rows("former_divisions.tsv")}


@cache
def _counties_known_alone() -> frozenset[str]:
    """Counties and county-level cities whose name no other division has."""
    return frozenset(code for code, name in _known_alone().items() if not name.endswith("区"))


@cache
def _known_alone() -> dict[str, str]:
    """The names by their codes of all divisions whose name no other has."""
    holders: dict[str, set[str]] = {}
    for code, name, *_ in (*rows("divisions.tsv"), *rows("former_divisions.tsv")):
        holders.setdefault(name, set()).add(code)
    return {code: name for name, codes in holders.items() if len(set(map(_successor, codes))) == 1 for code in codes}


@cache
def _names() -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Names by their first two characters: (name, code, whether it lacks its ending), longest and largest first."""
    heads: dict[str, list[tuple[str, str, bool]]] = {}
    for code, name, short, _pinyin in rows("divisions.tsv"):
        for spelling in dict.fromkeys((name, short)):
            heads.setdefault(spelling[:2], []).append((spelling, code, spelling != name))
    for code, name, _successor_code in rows("former_divisions.tsv"):
        heads.setdefault(name[:2], []).append((name, code, False))
    for found in heads.values():
        found.sort(key=lambda entry: (-len(entry[0]), _level(entry[1])))
    return {head: tuple(found) for head, found in heads.items()}
