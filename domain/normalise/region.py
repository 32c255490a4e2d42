"""Regions as ISO 3166 codes, which the policies, territories and reports are written in."""

import gettext
from collections.abc import Iterator
from functools import cache

from domain.normalise.errors import Malformed
from domain.normalise.tables import rows
from domain.normalise.text import fold

MAX_REGION_CHARACTERS = 100

# First two digits of a GB/T 2260 code, to ISO 3166-2:CN (the letter codes of GB/T 2260 itself).
_PROVINCES = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL", "31": "SH",
    "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD", "41": "HA", "42": "HB", "43": "HN",
    "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ", "61": "SN",
    "62": "GS", "63": "QH", "64": "NX", "65": "XJ", "71": "TW", "81": "HK", "82": "MO",
}  # fmt: skip
# ISO 3166-2 lists these places under China as well as each with a country code of its own: one code for one place.
_ONE_CODE = {"HK": "CN-HK", "MO": "CN-MO", "TW": "CN-TW"}
_EVERYDAY = {"usa": "US", "uk": "GB", "greatbritain": "GB", "england": "GB", "uae": "AE", "prc": "CN", "korea": "KR"}


def parse_region(raw: str) -> str:
    """Returns an ISO 3166-2 subdivision or ISO 3166-1 alpha-2 country code, upper case: ``CN-GD``, ``US-CA``, ``DE``.

    Raises:
        Malformed: ``region_unknown``.
    """
    code = raw.strip().upper().replace("_", "-") if len(raw) <= MAX_REGION_CHARACTERS else ""
    if code not in _codes():
        raise Malformed("region_unknown", raw)
    return _ONE_CODE.get(code, code)


def region_of_division(division: str) -> str | None:
    """Returns the ISO 3166-2 code of the province of a GB/T 2260 division code, None when there is no such province."""
    province = _PROVINCES.get(division[:2])
    return province and f"CN-{province}"


def region_of_name(name: str) -> str | None:
    """Returns the code of a place from its Chinese or English name, None when it is unknown or two places have it.

    Knows China's provinces and prefectures (with or without 省 and 市, in characters or pinyin; a prefecture gives its
    province), the states of the United States and Canada, and countries.
    """
    return _names().get(fold(name).replace(" ", "")) if len(name) <= MAX_REGION_CHARACTERS else None


def state_name(country: str, letters: str) -> str | None:
    """Returns the name of a country's state by its letters, "California" for US and "ca"; None when it has no such."""
    return _states(country).get(letters)


@cache
def _states(country: str) -> dict[str, str]:
    from pycountry import subdivisions

    return {state.code[3:].lower(): state.name for state in subdivisions if state.country_code == country}


@cache
def _codes() -> frozenset[str]:
    from pycountry import countries, subdivisions

    return frozenset({country.alpha_2 for country in countries} | {division.code for division in subdivisions})


@cache
def _names() -> dict[str, str]:
    """All names: 吉林 is the province before it is the city, but Georgia is a country as much as a state."""
    return _unambiguous(_prefecture_names()) | _unambiguous(_greater_names())


def _unambiguous(named: Iterator[tuple[str, str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    clashes: set[str] = set()
    for name, code in named:
        if names.setdefault(name, code) != code:
            clashes.add(name)
    return {name: code for name, code in names.items() if name not in clashes}


def _greater_names() -> Iterator[tuple[str, str]]:
    yield from _EVERYDAY.items()
    from pycountry import LOCALES_DIR, countries

    chinese = gettext.translation("iso3166-1", LOCALES_DIR, languages=["zh_CN"])
    for country in countries:
        for name in {country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")} - {""}:
            for spelling in (name, chinese.gettext(name)):
                yield fold(spelling).replace(" ", ""), _ONE_CODE.get(country.alpha_2, country.alpha_2)
    for federation in ("US", "CA"):
        for letters, state in _states(federation).items():
            yield fold(state).replace(" ", ""), f"{federation}-{letters.upper()}"
    for code, *spellings in rows("divisions.tsv"):
        if code.endswith("0000"):
            yield from _spelled(code, spellings)


def _prefecture_names() -> Iterator[tuple[str, str]]:
    for code, *spellings in rows("divisions.tsv"):
        if code.endswith("00") and not code.endswith("0000"):
            yield from _spelled(code, spellings)


def _spelled(code: str, spellings: list[str]) -> Iterator[tuple[str, str]]:
    name, short, pinyin = spellings
    region = region_of_division(code)
    if region:
        for spelling in (name, short, *pinyin.split()):
            yield spelling, region
