"""Person names in Chinese and English, in either order, with titles and nicknames."""

from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from domain.normalise import person_han, person_latin
from domain.normalise.errors import Malformed
from domain.normalise.tables import rows
from domain.normalise.text import REMEMBERED, clean, has_han

Script = Literal["han", "latin"]

MAX_NAME_CHARACTERS = 200


class PersonName(Struct, frozen=True):
    """One person's name.

    Attributes:
        raw: the name as it came.
        normal: equal for spellings of one name in one script, whatever the order: "王小明", or "smith, john".
        family: the family name, None when only a given name is known or the name has none.
        given: the given names, None when only the family name is known (王总, 小李, Mr Smith).
        pinyin_full: the Chinese name in pinyin, family name first, without spaces; None for names that are not Chinese.
        pinyin_initials: the first letter of each of its syllables.
        script: ``han`` for Chinese characters, else ``latin`` (any script with spaces).
        honorific: the titles that were said with the name, folded.
    """

    raw: str
    normal: str
    family: str | None
    given: str | None
    pinyin_full: str | None
    pinyin_initials: str | None
    script: Script
    honorific: str | None


@lru_cache(maxsize=REMEMBERED)
def parse_person(raw: str) -> PersonName:
    """Takes a person's name apart. A text without a letter ("-", "🚀") is no name: its normal form is empty.

    Raises:
        Malformed: ``person_name_too_long`` above 200 characters.
    """
    if len(raw) > MAX_NAME_CHARACTERS:
        raise Malformed("person_name_too_long", raw)
    text = clean(raw)
    if has_han(text):
        han = person_han.take_apart(text)
        return PersonName(raw, *han[:3], *_pinyin(han.syllables), "han", han.honorific)
    latin = person_latin.take_apart(text)
    return PersonName(raw, *latin[:3], *_pinyin(latin.syllables), "latin", latin.honorific)


def formal_names(given: str) -> frozenset[str]:
    """Returns the names that an English given name may stand for, itself included: "bob" gives "bob" and "robert".

    Two given names may be one person's when their formal names meet.
    """
    return frozenset({given, *_formal().get(given, ())})


def _pinyin(syllables: tuple[str, ...]) -> tuple[str | None, str | None]:
    return ("".join(syllables) or None, "".join(syllable[0] for syllable in syllables) or None)


@cache
def _formal() -> dict[str, list[str]]:
    return {nickname: names.split() for nickname, names in rows("nicknames.tsv")}
