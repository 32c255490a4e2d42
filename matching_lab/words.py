"""Makes the word weights that ship with the product, from a corpus of short names and from the product's own tables."""

import gzip
import json
from collections import Counter
from math import log
from pathlib import Path

from domain.matching.forms import tokens
from domain.matching.statistics import weights
from domain.normalise.company_parts import legal_forms
from domain.normalise.pinyin import surnames
from domain.normalise.tables import entries, rows
from domain.normalise.text import fold, has_han

_FEWEST = 40
"""Words of fewer names of the corpus are as good as unique."""
_LEGAL, _EVERYDAY, _TRADE, _WEAK, _STREET, _PLACE, _GIVEN = 0.1, 0.1, 0.5, 0.5, 0.25, 0.4, 0.6
_ORGANISATIONS = """
    academy action adult agency alliance alternative areas baptist bible boys bureau care catholic center centre chamber
    chapel charities charity child children childrens christ christian church city civic coalition committee community
    congregation cooperative council county day delegate department developmental disabilities district division early
    education educational elementary enrichment episcopal families family fellowship first foundation friends girls
    government grace head headstart help high holy home homes hope house institute intermediate iglesia kids
    kindergarten lady learning little lutheran memorial methodist middle ministries ministry mission missionary
    montessori municipal neighborhood neighbourhood network office outreach parent parents parish park people place
    pre preschool presbyterian program programme programs project regional resource resources saint senior site society
    start support team temple town township tiny youth ymca ywca
"""
"""Words that very many schools, churches and associations have in their names."""
_EVERYDAY_WORDS = [
    "the",
    "of",
    "and",
    "at",
    "in",
    "for",
    "on",
    "a",
    "an",
    "by",
    "de",
    "la",
    "le",
    "du",
    "y",
    "e",
    "und",
    "der",
    "die",
    "das",
    "st",
    "s",
]


def shipped_words(corpus: Path) -> dict[str, dict[str, int]]:
    """Returns the weights in hundredths of the words of names, places and people.

    Args:
        corpus: Chinese short names, one a line, of which the pairs of neighbouring characters are counted; the first
            three lines are headings.
    """
    lines = corpus.read_text(encoding="utf-8-sig").splitlines()[3:]
    counts = Counter(token for line in lines for token in tokens(fold(line)) if has_han(token) and len(token) == 2)
    pairs = weights({token: count for token, count in counts.items() if count >= _FEWEST}, len(lines))
    names = pairs | _trades() | dict.fromkeys(_place_words(), _PLACE)
    units = (word for row in rows("unit_words.tsv") for name in row for word in tokens(name))
    names = dict.fromkeys((*_ORGANISATIONS.split(), *units), _TRADE) | names
    names |= dict.fromkeys(entries("weak_brands.txt"), _WEAK) | dict.fromkeys(_EVERYDAY_WORDS, _EVERYDAY)
    names |= {word: _LEGAL for spelling in legal_forms() for word in tokens(spelling)}
    streets = {
        word
        for _kind, full, *short in rows("street_words.tsv")
        for word in tokens(" ".join([full, *short]).replace("|", " "))
    }
    places = dict.fromkeys(_place_words(), _PLACE) | dict.fromkeys(streets, _STREET)
    people = {surname: _rank_weight(rank) for rank, surname in enumerate(surnames())}
    people |= {
        reading: min(_rank_weight(rank), people.get(reading, 1.0))
        for rank, reading in reversed(list(enumerate(surnames().values())))
    }
    people |= dict.fromkeys(entries("given_names.txt"), _GIVEN)
    return {
        kind: {word: round(100 * weight) for word, weight in sorted(known.items())}
        for kind, known in (("names", names), ("places", places), ("people", people))
    }


def _trades() -> dict[str, float]:
    return {word: _TRADE for trade in entries("industry_words.txt") for word in tokens(trade)}


def _place_words() -> set[str]:
    """The names of provinces and prefectures; a county's name is telling enough."""
    divisions = [row for row in rows("divisions.tsv") if row[0].endswith("00")]
    return {
        word for _code, name, short, pinyin in divisions for word in (*tokens(name), *tokens(short), *pinyin.split())
    }


def _rank_weight(rank: int) -> float:
    """The more frequent a surname, the less it tells: 王 is one person in twelve, the 400th surname one in 10,000."""
    return min(1.0, 0.25 + 0.1 * log(1 + rank))


def write_words(corpus: Path, target: Path) -> None:
    """Writes the weights, packed, the same bytes each time."""
    text = json.dumps(shipped_words(corpus), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    target.write_bytes(gzip.compress(text.encode(), mtime=0))
