"""The forms of a company's name that comparing needs, made once for each record."""

import re
from functools import cache, lru_cache

from msgspec import Struct

from domain.normalise.company import CompanyName, parse_company
from domain.normalise.company_parts import legal_forms
from domain.normalise.pinyin import syllables_of
from domain.normalise.tables import entries, rows
from domain.normalise.text import HAN, REMEMBERED, fold, has_han, words

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_NUMERAL = re.compile(r"\d+|第[一二三四五六七八九十]+")
_SHARE_MARK = re.compile(rf"^(?:s?st|xd|xr|dr|[nc]|退市)(?=[{HAN}])|(?<=[{HAN}])(?:[abduw]|uw|wd|sw|退)$")
LONGEST_SHORT_NAME = 8
"""Characters of a name that may still be short for another."""
_FIRST_SYLLABLE = 0xE000
"""Syllables are written as one private character each, so that edit distances count syllables."""


class NameForms(Struct, frozen=True):
    """A company's name in every form it is compared in.

    Attributes:
        parsed: the name taken apart.
        stem: the name without spaces, legal form and branch: 深圳市远航科技.
        text: the words in order, a space between; runs of Chinese characters are words.
        words: the words of ``text`` in Latin letters and digits, in order.
        core: who and what without where, 远航科技; in Latin letters the stem.
        tokens: those words, or the pairs of neighbouring Chinese characters in core and branch, to be weighed.
        sounds: the stem with each Chinese character as its syllable, one character long.
        brand_pinyin: the brand's syllables in Latin letters; empty when it is not Chinese.
        initials: the first letters of the words, when there are three or more.
        short_names: the ways to read a Chinese name as short for another: as it is, without the mark of a listed share
            (万科A, ST国华), with the region's one character written out (粤电力 is 广东电力).
        numerals: the numbers in the name, which tell schools, shops and hospitals apart.
        units: the words in it that tell parts of one house apart (cafe, dining room), the first spelling of each.
    """

    parsed: CompanyName
    stem: str
    text: str
    words: tuple[str, ...]
    core: str
    tokens: frozenset[str]
    sounds: str
    brand_pinyin: str
    initials: str
    short_names: tuple[str, ...]
    numerals: frozenset[str]
    units: frozenset[str] = frozenset()


@lru_cache(maxsize=REMEMBERED)
def name_forms(raw: str) -> NameForms | None:
    """Returns the forms of a company's name, None where the text names nobody ("-").

    Raises:
        domain.normalise.errors.Malformed: when it is longer than a company's name can be.
    """
    parsed = parse_company(raw)
    if not parsed.normal:
        return None
    text = " ".join(word for run in _RUN.findall(" ".join(words(fold(raw)))) for word in [run])
    stem = _stem(parsed)
    core = _core(parsed) if has_han(stem) else stem
    latin = tuple(word for word in text.split() if not has_han(word))
    return NameForms(
        parsed=parsed,
        stem=stem,
        text=text,
        words=latin,
        core=core,
        tokens=tokens(f"{core} {parsed.branch or ''}" if has_han(stem) else text),
        sounds=_sounds(stem),
        brand_pinyin="".join(syllables_of(parsed.brand)) if has_han(parsed.brand) else "",
        initials="".join(word[0] for word in latin) if len(latin) > 2 else "",
        short_names=_short_names(parsed.normal) if has_han(stem) and len(stem) <= LONGEST_SHORT_NAME else (),
        numerals=frozenset(_NUMERAL.findall(text)),
        units=_units(latin, stem if has_han(stem) else ""),
    )


def _core(parsed: CompanyName) -> str:
    trade = "".join(parsed.industry)
    return (parsed.brand + ("" if parsed.brand.endswith(trade) else trade)).removesuffix("集团")


def _units(latin: tuple[str, ...], han: str) -> frozenset[str]:
    known = _unit_words()
    written = {known[word] for word in latin if word in known}
    return frozenset(written.union(unit for word, unit in _han_unit_words() if word in han) if han else written)


@cache
def _unit_words() -> dict[str, str]:
    return {word: row[0] for row in rows("unit_words.tsv") for word in row}


@cache
def _han_unit_words() -> tuple[tuple[str, str], ...]:
    return tuple((word, unit) for word, unit in _unit_words().items() if has_han(word))


def _short_names(name: str) -> tuple[str, ...]:
    bare = _SHARE_MARK.sub("", name)
    written_out = _regions().get(bare[:1], "") + bare[1:]
    readings = (name, bare, written_out if written_out != bare[1:] else bare)
    return tuple(reading for reading in dict.fromkeys(readings) if len(reading) > 1)


def tokens(text: str) -> frozenset[str]:
    """Returns the words of a folded text and the pairs of neighbouring Chinese characters in it."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        if has_han(run):
            found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            found.add(run)
    return frozenset(found)


def _stem(parsed: CompanyName) -> str:
    if not has_han(parsed.normal):
        return parsed.normal.partition(" ")[0]
    name = parsed.normal.removesuffix(parsed.note or "").removesuffix(parsed.branch or "")
    for start in range(max(1, len(name) - _longest_form()), len(name)):
        if name[start:] in legal_forms():
            return name[:start]
    return name


@cache
def _longest_form() -> int:
    return max(map(len, legal_forms()))


def _sounds(stem: str) -> str:
    if not has_han(stem):
        return stem
    heard: list[str] = []
    for run in _RUN.findall(stem):
        heard.extend(_syllable_characters(run) if has_han(run) else run)
    return "".join(heard)


def _syllable_characters(run: str) -> list[str]:
    return [_syllable_codes().get(syllable, "?") for syllable in syllables_of(run)]


@cache
def _regions() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("region_abbreviations.tsv")}


@cache
def _syllable_codes() -> dict[str, str]:
    return {syllable: chr(_FIRST_SYLLABLE + at) for at, syllable in enumerate(sorted(entries("pinyin_syllables.txt")))}
