"""Addresses in Latin letters: American, British and Chinese ones written in English."""

import re
from functools import cache

from domain.normalise.address_parts import AddressParts
from domain.normalise.divisions import locate_pinyin
from domain.normalise.region import region_of_division, region_of_name, state_name
from domain.normalise.tables import rows
from domain.normalise.text import fold

_TOKEN = re.compile(r"\d+(?:-\d+)+[a-z]?|[^\W_]+")
_SEPARATORS = re.compile(r"[,;()\n]")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_STATE_AND_ZIP = re.compile(
    r"[\s,]([a-z]{2})[\s,.]+(\d{5})(?:-\d{4})?(?=[\s,.]*(?:usa|us|u\.s\.a\.|united states)?[\s.]*$)"
)
_BRITISH_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})\b")
_CHINESE_POSTCODE = re.compile(r"(?<!\d)(?<!\d-)\d{6}(?!-?\d)")
_BESIDE = frozenset({"between", "near", "at", "off", "opposite", "behind", "corner"})
_NUMBER = re.compile(r"\d+(?:-\d+)*[a-z]?")
_DISTRICT_ENDINGS = frozenset({"district", "county", "area", "qu", "xian"})
_DIVISION_ENDINGS = _DISTRICT_ENDINGS | {"province", "city", "prefecture", "municipality", "new", "sheng", "shi"}


def take_apart(folded: str, country: str) -> AddressParts:
    """Takes a folded address without Chinese characters apart."""
    text, state = _split_postcodes(_APOSTROPHE.sub("", folded), country)
    parts = [tokens for part in _SEPARATORS.split(text) if (tokens := _TOKEN.findall(part))]
    division = locate_pinyin(*_place_names(parts))
    region = region_of_division(division) if division else state or _region(parts, country)
    number, road, rest = _split_street([piece for part in parts for piece in _split_units(_expanded(part))])
    street = " ".join(filter(None, (number, road)))
    tail = ", ".join(" ".join(part) for part in rest)
    return AddressParts(", ".join(filter(None, (street, tail))), division, region, road, number, tail)


def _split_postcodes(text: str, country: str) -> tuple[str, str | None]:
    """Writes states in full and postcodes as parts of their own; a state's code or GB where a postcode tells it."""
    found = _STATE_AND_ZIP.search(text)
    name = state_name("US", found[1]) if found else None
    if found and name:
        return f"{text[: found.start()]}, {fold(name)}, {found[2]}", f"US-{found[1].upper()}"
    if country == "CN":
        return _CHINESE_POSTCODE.sub(",", text), None
    british = _BRITISH_POSTCODE.search(text)
    if british and country == "GB":
        return f"{text[: british.start()]}, {british[1]}{british[2]}, {text[british.end() :]}", "GB"
    return text, None


def _place_names(parts: list[list[str]]) -> tuple[list[str], list[str]]:
    """Returns the parts without their endings: first those that may be any division, then districts and counties."""
    cities: list[str] = []
    districts: list[str] = []
    for part in parts:
        end = len(part)
        while end > 1 and part[end - 1] in _DIVISION_ENDINGS:
            end -= 1
        (districts if _DISTRICT_ENDINGS.intersection(part[end:]) else cities).append("".join(part[:end]))
    return cities, districts


def _region(parts: list[list[str]], country: str) -> str | None:
    """Returns the smallest region that a part behind the street names, the last one first."""
    for part in reversed(parts[1:]):
        letters = "".join(part)
        if len(letters) == 2 and len(parts) > 2 and state_name(country, letters):
            return f"{country}-{letters.upper()}"
        if region := region_of_name(letters):
            return region
    return None


@cache
def _words() -> dict[str, tuple[str, str]]:
    """The full form and the kind of each word of a street, a direction, a unit."""
    return {
        spelling: (full, kind)
        for kind, full, *short in rows("street_words.tsv")
        for spelling in (full, *(word for cell in short for word in cell.split("|") if word))
    }


def _kind(word: str) -> str:
    return _words().get(word, ("", ""))[1]


def _expanded(part: list[str]) -> list[str]:
    """Writes abbreviations out: "st" is a saint where a word follows that is no street word or direction."""
    written: list[str] = []
    for at, word in enumerate(part):
        following = part[at + 1] if at + 1 < len(part) else ""
        is_name = following and not following[0].isdigit() and _kind(following) not in ("street", "direction", "unit")
        if word == "st" and is_name and following not in _BESIDE:
            written.append("saint")
        else:
            written.append(_words().get(word, (word, ""))[0])
    return written


def _split_units(part: list[str]) -> list[list[str]]:
    """Cuts "suite 200" and "building a" out of a part; "5th floor" too."""
    pieces: list[list[str]] = [[]]
    at = 0
    while at < len(part):
        if _kind(part[at]) == "unit" and at + 1 < len(part) and (len(part[at + 1]) < 3 or part[at + 1][0].isdigit()):
            pieces += [part[at : at + 2], []]
            at += 2
        else:
            pieces[-1].append(part[at])
            at += 1
    return [piece for piece in pieces if piece]


def _split_street(parts: list[list[str]]) -> tuple[str | None, str | None, list[list[str]]]:
    """Returns number and road of the first part that looks most like a street, and the other parts."""
    streets = [
        part for part in parts if _kind(part[0]) != "unit" and any(_kind(token) == "street" for token in part[1:])
    ]
    numbered = [part for part in streets or parts if _NUMBER.fullmatch(part[0]) or part[0] == "no"]
    street = next(iter(numbered or streets), None)
    if street is None:
        return None, None, parts
    rest = [part for part in parts if part is not street]
    tokens = street[1:] if street[0] == "no" and len(street) > 1 else street
    number = tokens[0] if _NUMBER.fullmatch(tokens[0]) else None
    road = tokens[1:] if number else tokens
    end = next((at for at, token in enumerate(road) if token in _BESIDE and at), len(road))
    rest = [beside, *rest] if (beside := road[end:]) else rest
    return number, " ".join(road[:end]) or None, rest
