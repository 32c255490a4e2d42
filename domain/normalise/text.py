"""Text as people and machines write it, turned into text that can be compared."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

from domain.normalise.errors import Malformed

REMEMBERED = 4096
"""So many texts of a kind are remembered with their normal forms: several ask the same of a lead on its way."""

MAX_CHARACTERS = 10_000
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
"""Han characters, for use inside a regular expression's brackets."""

_HAN = re.compile(f"[{HAN}]")
_PLAIN = re.compile("[ -~\u4e00-\u9fa5]*")
"""Printable ASCII and the Chinese characters of Unicode 1.1: nothing of it is invisible or has another form in NFKC."""
_SHORT = 300
"""Characters of a text that may be remembered, so that long ones do not fill the memory."""
_SPACES = re.compile(r"\s+")
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_NOT_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile(r"(?<=\w)['‘’ʼ`´](?=\w)")
_APOSTROPHE_MARKS = frozenset("'‘’ʼ`´")
_TRADE_MARKS = str.maketrans("", "", "™®©℠℗")
_BRACKETS = str.maketrans("[{【〔〖「『〈《〘]}】〕〗」』〉》〙", "((((((((((" + "))))))))))")
# Format characters (Cf) and these show nothing, so removing them changes no word; other symbols stand between words.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff\u20e3]")
# Letters that NFKD leaves whole although people type the plain letter for them.
_STROKED_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _to_simplified() -> _Converter:
    # Loading opencc takes tens of milliseconds and many processes never see a Han character.
    from opencc import OpenCC

    converter: _Converter = OpenCC("t2s")
    return converter


@lru_cache(maxsize=8192)
def _visible(character: str) -> str:
    """Returns the character, a plain digit, a space for what stands between words, or nothing for the invisible."""
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp", "Co", "Cs", "Cn") or character in "\t\n\v\f\r\x85":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "So":  # ㈱ is one as well, but NFKC has letters for it
        return " " if unicodedata.is_normalized("NFKC", character) else character
    return "" if category in ("Cc", "Cf") or character in _INVISIBLE else character


def clean(raw: str) -> str:
    """Returns text in Unicode's NFKC form without anything that does not show or is no writing.

    Full-width letters become plain ones, digits of any script 0 to 9; control, zero-width and bidirectional
    characters, variation selectors and trade marks vanish; emoji, private and unassigned characters become a space;
    runs of white space become one space. Case and script stay.

    Raises:
        Malformed: ``text_too_long`` above 10,000 characters, before or after the conversion.
    """
    return _bounded(_cleaned(_bounded(raw, raw)), raw)


def _bounded(text: str, raw: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise Malformed("text_too_long", raw)
    return text


def _cleaned(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    text = _VARIATION_SELECTORS.sub("", text.translate(_TRADE_MARKS))
    # Hidden characters go first and last: inside a sequence they hinder NFKC's composing, and NFKC can make new ones.
    text = "".join(map(_visible, unicodedata.normalize("NFKC", "".join(map(_visible, text)))))
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def has_han(text: str) -> bool:
    """Returns whether the text holds a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def simplified(text: str) -> str:
    """Returns the text with traditional Chinese characters replaced by simplified ones."""
    return _to_simplified().convert(text) if has_han(text) else text


def fold(raw: str) -> str:
    """Returns the text for comparing: clean, simplified, lower case, Latin letters plain, brackets round.

    Punctuation stays, because names and addresses still have to be taken apart by it; spaces between Chinese characters
    go. Folding a folded text changes nothing.

    Raises:
        Malformed: ``text_too_long``.
    """
    return _remembered(raw) if len(raw) <= _SHORT else _folded(raw)


def _folded(raw: str) -> str:
    text = clean(raw)
    if text.isascii():
        return text.lower().translate(_BRACKETS)
    text = text.lower() if _PLAIN.fullmatch(text) else unicodedata.normalize("NFKC", _plain_latin(text.casefold()))
    text = simplified(text.translate(_BRACKETS))
    return _bounded(_cleaned(_SPACE_BESIDE_HAN.sub("", text) if " " in text else text), raw)


_remembered = lru_cache(maxsize=REMEMBERED)(_folded)


def _plain_latin(text: str) -> str:
    """Writes Latin letters without accents and strokes; marks on other scripts make other letters (й, が) and stay."""
    kept: list[str] = []
    on_latin = False
    for character in unicodedata.normalize("NFD", text).translate(_STROKED_LETTERS):
        if not unicodedata.combining(character):
            on_latin = "a" <= character <= "z"
        elif on_latin:
            continue
        kept.append(character)
    return "".join(kept)


def words(folded: str) -> list[str]:
    """Returns the words of a folded text.

    Apostrophes inside a word vanish, "&" is the word "and", and letters that stand alone in a row are one word: "S.A.",
    "S. A." and "SA" are the same.
    """
    found: list[str] = []
    in_initials = False
    joined = folded if _APOSTROPHE_MARKS.isdisjoint(folded) else _APOSTROPHES.sub("", folded)
    for word in _NOT_WORD.split(joined.replace("&", " and ")):
        if len(word) == 1 and in_initials:
            found[-1] += word
        elif word:
            found.append(word)
        in_initials = len(word) == 1 or (in_initials and not word)
    return found
