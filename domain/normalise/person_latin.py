"""Person names in Latin and other spaced scripts, Chinese names in pinyin among them."""

import re

from domain.normalise.person_parts import PersonParts
from domain.normalise.pinyin import split_syllables, surname_ranks
from domain.normalise.tables import entries
from domain.normalise.text import fold, words

_TITLES_ANYWHERE = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "cpa", "dds",
    "jd", "msc", "bsc", "llm", "rn", "dvm",
})  # fmt: skip
_TITLES_IN_FRONT = frozenset({
    "mx", "doctor", "professor", "sir", "madam", "madame", "mme", "mlle", "dame", "lord", "lady", "rev", "reverend",
    "father", "sra", "srta", "herr", "frau", "ing", "dipl", "hon", "capt", "captain", "col", "lt", "maj", "sgt",
    "president",
})  # fmt: skip
_PARTICLES = frozenset({
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "los", "el", "al",
    "bin", "ibn", "ben", "ter", "ten", "zu", "af", "av", "st",
})  # fmt: skip
_DOCTORATE = re.compile(r"\bph\W{0,2}d\b")
_ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|“[^”]*”")


def take_apart(text: str) -> PersonParts:
    """Takes a cleaned name without Chinese characters apart: "Family, Given", "Given Family" or pinyin in any order."""
    bare = _ASIDE.sub(" ", text)
    before, _, after = (bare if re.search(r"[^\W\d_]", bare) else text).partition(",")
    first, titles = _split_titles(_words(before))
    second, more = _split_titles(_words(after))
    if _TITLES_ANYWHERE.issuperset(second):  # "John Smith, Ph.D."
        second, more = [], [*more, *second]
    titles += more
    if first and second:
        family, given = first, second
    else:
        family, given = _order(first or second, (before if first else after).split(), titled=bool(titles))
        given, more = _split_titles(given)
        titles += more
    chinese = _chinese(family, given)
    if chinese:
        family, given = [_in_pinyin(family)], [_in_pinyin(given)]
    return PersonParts(
        normal=", ".join(filter(None, (" ".join(family), " ".join(given)))),
        family=" ".join(family) or None,
        given=" ".join(given) or None,
        syllables=chinese,
        honorific=" ".join(titles) or None,
    )


def _words(text: str) -> list[str]:
    return words(_DOCTORATE.sub("phd", fold(text)))


def _split_titles(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Returns the name without its titles, of which it keeps one when there is nothing else, and the titles."""
    kept = words(" ".join(token for token in tokens if token not in _TITLES_ANYWHERE)) or tokens[-1:]
    while len(kept) > 1 and kept[0] in _TITLES_IN_FRONT:
        kept = kept[1:]
    titles = [token for token in tokens if token in _TITLES_ANYWHERE or token in _TITLES_IN_FRONT]
    return kept, [title for title in titles if title not in kept]


def _order(tokens: list[str], written: list[str], *, titled: bool) -> tuple[list[str], list[str]]:
    """Returns family and given names of a name without a comma."""
    if len(tokens) < 2:
        return (tokens, []) if titled else ([], tokens)
    capitals = _words(written[0]) if written[0].isupper() and not any(map(str.isupper, written[1:])) else []
    if capitals and tokens[: len(capitals)] == capitals != tokens and len(written[0]) > 1:
        return capitals, tokens[len(capitals) :]  # "WANG Xiaoming", "DUPONT Jean"
    orders = [(tokens[:1], tokens[1:]), (tokens[-1:], tokens[:-1])]
    chinese = [order for order in orders if _chinese(*order)]
    if chinese:  # the more frequent surname of two, so that "Wang Lin" and "Lin Wang" are one name
        return min(chinese, key=lambda order: (surname_ranks()[_in_pinyin(order[0])], order[0]))
    usual = entries("given_names.txt")
    if tokens[-1] in usual and tokens[0] not in usual:
        return orders[0]
    cut = len(tokens) - 1
    while cut > 1 and tokens[cut - 1] in _PARTICLES:
        cut -= 1
    return tokens[cut:], tokens[:cut]


def _chinese(family: list[str], given: list[str]) -> tuple[str, ...]:
    """Returns the syllables of a name that reads as pinyin with a Chinese surname, empty for any other."""
    surname = _in_pinyin(family)
    if surname not in surname_ranks() or not given or entries("given_names.txt").issuperset(given):
        return ()
    syllables = split_syllables(_in_pinyin(given))
    return (*split_syllables(surname), *syllables) if 1 <= len(syllables) <= 2 else ()


def _in_pinyin(tokens: list[str]) -> str:
    """Joins what is one word in pinyin; passports write "yu" for the ü of lü and nü, which nothing else has there."""
    return re.sub(r"(?<=[ln])yu(?!a)", "v", "".join(tokens))
