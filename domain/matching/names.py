"""Two companies' names compared."""

from collections.abc import Mapping

from rapidfuzz.distance import Indel, Levenshtein

from domain.matching.forms import NameForms
from domain.matching.likeness import overlap, part_of, short_for

NAME_FEATURES = (
    "name_equal",
    "name_words",
    "name_words_conflict",
    "name_contained",
    "name_rare",
    "name_apart_conflict",
    "units_conflict",
    "name_letters",
    "name_letters_conflict",
    "name_sounds",
    "short_name",
    "short_name_part",
    "name_numbers_conflict",
    "brand",
    "brand_conflict",
    "industry",
    "industry_conflict",
    "legal_form",
    "legal_form_conflict",
    "branch",
    "branch_conflict",
)
NO_NAMES = (0.0,) * len(NAME_FEATURES)

_HALF = 0.6
"""Below this two names are rather two than one; agreement counts from here up, conflict from here down."""
_ENOUGH_WEIGHT = 3.0
_WRITTEN_OUT = 0.8
_SAYS_NO_FORM = frozenset({"company", "head_company"})


def compare_names(a: NameForms | None, b: NameForms | None, weights: Mapping[str, float]) -> tuple[float, ...]:
    """Returns the values of ``NAME_FEATURES``, all 0 where a name is missing; each lies between 0 and 1.

    Words apart count in Latin letters only: a slip in one Chinese character parts two pairs of characters on each side.
    So do they the less the more letters are the same: a slip in a short word (Air, Ar) parts nobody.
    A short name tells neither trade nor legal form reliably (中石化), so these are compared for full names only.
    """
    if a is None or b is None:
        return NO_NAMES
    equal = a.stem == b.stem
    words = overlap(a.tokens, b.tokens, weights)
    short = 0.0 if equal else _short_name(a, b)
    letters = 1.0 if equal else max(_letters(a, b), words.both, 0.9 * short)
    sounds = 0.0 if equal or letters > 0.95 else max(0.0, _sounds(a, b) - letters)
    brand = 1.0 if a.parsed.brand == b.parsed.brand else Indel.normalized_similarity(a.parsed.brand, b.parsed.brand)
    known_by_brand = max(brand, short, words.smaller if words.weight > 1 else 0.0, sounds)
    return (
        float(equal),
        rising(words.both),
        falling(max(words.both, short)),
        words.smaller,
        min(words.weight / _ENOUGH_WEIGHT, 1.0),
        0.0 if a.brand_pinyin or b.brand_pinyin else min(words.apart, 1.0) * (1 - rising(letters)),
        float(bool(a.units - b.units and b.units - a.units)),
        rising(letters),
        falling(letters),
        sounds,
        short,
        0.0 if short or equal else rising(_short_name_part(a, b)),
        float(_numbers_differ(a, b)),
        rising(brand),
        falling(known_by_brand),
        *((0.0,) * 4 if short else (*_trades(a, b), *_legal_forms(a.parsed.legal_form, b.parsed.legal_form))),
        *_branches(a.parsed.branch, b.parsed.branch),
    )


def rising(likeness: float) -> float:
    """Returns how far a likeness speaks for a match, 0 to 1."""
    return (likeness - _HALF) / (1 - _HALF) if likeness > _HALF else 0.0


def falling(likeness: float) -> float:
    """Returns how far a likeness speaks against a match, 0 to 1."""
    return (_HALF - likeness) / _HALF if likeness < _HALF else 0.0


def _letters(a: NameForms, b: NameForms) -> float:
    likeness = max(Indel.normalized_similarity(a.stem, b.stem), Indel.normalized_similarity(a.core, b.core))
    if a.words and b.words and len(a.words) + len(b.words) > 2:
        likeness = max(likeness, Indel.normalized_similarity(" ".join(sorted(a.words)), " ".join(sorted(b.words))))
    return likeness


def _short_name(a: NameForms, b: NameForms) -> float:
    """Whether one is short for the other: its characters in order, or its letters the other's initials."""
    short, full = (a, b) if len(a.parsed.normal) < len(b.parsed.normal) else (b, a)
    if full.words and full.initials and short.stem in (full.initials, full.initials[: len(short.stem)]):
        return 0.8 if short.stem == full.initials else 0.0
    return short_name_fit(short, full.parsed.normal)


def short_name_fit(short: NameForms, full: str) -> float:
    """Returns how well a name fits a full one that it may be short for, 0 (not at all) to 1.

    The letters as they stand count for more than a region that one of them may stand for: 沪电 is 沪士电子 before any
    上海电….
    """
    fits = (
        short_for(reading, full) * (1.0 if reading in short.parsed.normal else _WRITTEN_OUT)
        for reading in short.short_names
    )
    return max(fits, default=0.0)


def _short_name_part(a: NameForms, b: NameForms) -> float:
    """How much of a short name the other holds, for those that no rule explains: 招商轮船 is 招商局能源运输."""
    short, full = (a, b) if len(a.parsed.normal) < len(b.parsed.normal) else (b, a)
    return max((part_of(name, full.parsed.normal) for name in short.short_names), default=0.0)


def _sounds(a: NameForms, b: NameForms) -> float:
    """The likeness of two Chinese names by ear, or of a Chinese brand and a name in Latin letters."""
    if a.brand_pinyin and b.brand_pinyin:
        return Levenshtein.normalized_similarity(a.sounds, b.sounds)
    han, latin = (a, b) if a.brand_pinyin else (b, a)
    if len(han.brand_pinyin) > 3 and han.brand_pinyin in latin.stem:
        return 0.5 + 0.5 * len(han.brand_pinyin) / len(latin.stem)
    return 0.0


def _numbers_differ(a: NameForms, b: NameForms) -> bool:
    return bool(a.numerals or b.numerals) and a.numerals != b.numerals and not (a.numerals & b.numerals)


def _trades(a: NameForms, b: NameForms) -> tuple[float, float]:
    mine, theirs = a.parsed.industry, b.parsed.industry
    if not mine or not theirs:
        return 0.0, 0.0
    if mine == theirs:
        return 1.0, 0.0
    shared = len(set(mine) & set(theirs)) / min(len(mine), len(theirs))
    likeness = max(0.8 * shared, Indel.normalized_similarity("".join(mine), "".join(theirs)))
    return rising(likeness), falling(likeness)


def _legal_forms(a: str | None, b: str | None) -> tuple[float, float]:
    """A bare 公司 or Co. is how people shorten any form."""
    if not a or not b or not _SAYS_NO_FORM.isdisjoint((a, b)):
        return 0.0, 0.0
    return (1.0, 0.0) if a == b else (0.0, 1.0)


def _branches(a: str | None, b: str | None) -> tuple[float, float]:
    """A branch on one side only is a conflict: a branch is not its parent by default."""
    if not a and not b:
        return 0.0, 0.0
    if not a or not b:
        return 0.0, 1.0
    likeness = Indel.normalized_similarity(a, b)
    return rising(likeness), falling(likeness)
