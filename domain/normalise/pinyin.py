"""The readings of Chinese names, with surnames read as surnames (单 is Shàn, not dān)."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from domain.normalise.tables import entries, rows

if TYPE_CHECKING:
    from pypinyin.core import Pinyin

_LONGEST_SYLLABLE = 6


@cache
def surnames() -> dict[str, str]:
    """Returns the reading of each Chinese surname in plain letters, the frequent surnames first."""
    return {row[0]: row[1] for row in rows("surnames.tsv")}


@cache
def surname_ranks() -> dict[str, int]:
    """Returns the pinyin of surnames with how frequent each is, 0 being the most frequent."""
    ranks: dict[str, int] = {}
    for rank, reading in enumerate(surnames().values()):
        ranks.setdefault(reading, rank)
    return ranks


@lru_cache(maxsize=16_384)
def syllables_of(characters: str) -> tuple[str, ...]:
    """Returns one syllable for each Chinese character, in plain letters with v for ü; other characters give none."""
    return tuple(syllable for word in _reader().seg(characters) for syllable in _syllables_of_word(word))


@cache
def _reader() -> "Pinyin":
    # Imported late: it loads its dictionaries for a third of a second.
    from pypinyin.core import Pinyin

    return Pinyin()


@lru_cache(maxsize=16_384)
def _syllables_of_word(word: str) -> tuple[str, ...]:
    """The syllables of a word that the dictionary knows as a whole: 科技 and 有限 come again in every other name."""
    return tuple(syllable.replace("ü", "v") for syllable in _reader().lazy_pinyin(word, errors="ignore"))


@lru_cache(maxsize=4096)
def split_syllables(letters: str) -> tuple[str, ...]:
    """Returns the syllables of a word in pinyin ("xiaoming"), the fewest that fit; empty when it is no pinyin."""
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1):
        fits: list[tuple[str, ...]] = []
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            before = best[start]
            if before is not None and letters[start:end] in entries("pinyin_syllables.txt"):
                fits.append((*before, letters[start:end]))
        best.append(min(fits, key=len, default=None))
    return best[-1] or ()
