"""Blocking keys: what two records that may be one customer have in common, however either was written down.

A record is found by any key that it shares with the one looked for. Most keys are the same on both sides. Short names
are the exception: a full name keeps each two of its characters that stand in order within a few of each other, and a
short name asks for its neighbours among those (中石化 asks for 中石 and 石化, which 中国石油化工 keeps).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, combinations, pairwise

from domain.matching.forms import LONGEST_SHORT_NAME, NameForms
from domain.matching.record import Record
from domain.matching.statistics import shipped_statistics
from domain.normalise.person import PersonName
from domain.normalise.text import has_han

_STRONG, _GOOD, _FAIR = 4.0, 2.0, 1.0
"""How much a shared key says, for ranking those who share several."""
TELLING = _GOOD
"""A key that says so much counts even where very many share it."""

_RAREST_WORDS = 4
_SHORTEST_WORD = 3
_HEAD = 5
_START = 3
_LONGEST_CORE = 12
_FULL_NAME = 13
"""Characters of a full name that a short name may be made of."""
_SKIPPED = 4
"""How far two characters that a short name puts side by side may lie apart in the full name."""
_BEGINNING = 2
"""But the first characters of a full name may be followed by any: 平煤 is 平顶山天安煤业."""
_LONGEST_BEFORE_BARE_FORM = 3
"""中金公司 is 中国国际金融, 深圳远航公司 says it all but the form."""
_FORM_IN_SHORT = re.compile("(?:股份|集团|控股|公司)+$")
_SHORTEST_MAILBOX = 4
_LINE_DIGITS = 7

Weighted = Iterator[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class BlockingKeys:
    """The keys of one record, each a signed 64-bit number.

    Attributes:
        shared: keys that the record both keeps and asks for, each with how much it says (0 to 4).
        kept: what it keeps besides, for short or full names that ask.
        asked: what it asks for besides, of full or short names.
        readings: for each way to read a short name the keys among ``asked`` that it consists of.
        short: its name where that may be short for another.
    """

    shared: Mapping[int, float]
    kept: frozenset[int]
    asked: Mapping[int, float]
    readings: tuple[frozenset[int], ...]
    short: NameForms | None

    @property
    def is_short(self) -> bool:
        """Whether the name may be short for another."""
        return self.short is not None


def blocking_keys(record: Record) -> BlockingKeys:
    """Returns the blocking keys of a customer, or of a lead that may be one.

    Which words of a name are rare is read from the shipped statistics, whatever the base: keys that were kept years
    ago must still be asked for.
    """
    shared = {_number(text): weight for text, weight in shared_keys(record).items()}
    name = record.company
    if name is None or not has_han(name.stem):
        return BlockingKeys(shared, frozenset(), {}, (), None)
    short = is_short(name)
    readings = [_pairs(reading) for reading in name.short_names] if short else []
    pairs = set().union(*readings) if short else _full_pairs(name)
    mine, theirs = ("short", "full") if short else ("full", "short")
    return BlockingKeys(
        shared,
        frozenset(_number(f"{mine} {pair}") for pair in pairs),
        {_number(f"{theirs} {pair}"): _FAIR for pair in pairs},
        tuple(frozenset(_number(f"{theirs} {pair}") for pair in reading) for reading in readings),
        name if short else None,
    )


def shared_keys(record: Record) -> dict[str, float]:
    """Returns the texts of the blocking keys that a record both keeps and asks for, with what each says (0 to 4)."""
    return dict(chain(_contact_keys(record), _company_keys(record), _place_keys(record), _person_keys(record)))


def is_short(name: NameForms) -> bool:
    """Whether a Chinese name may be short for another: few characters without a legal form, fewer with a bare 公司."""
    longest = {None: LONGEST_SHORT_NAME, "company": _LONGEST_BEFORE_BARE_FORM}.get(name.parsed.legal_form, 0)
    return len(name.stem) <= longest and has_han(name.stem)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _contact_keys(record: Record) -> Weighted:
    yield from ((f"phone {phone}", _STRONG) for phone in record.phones)
    yield from ((f"line {phone[-_LINE_DIGITS:]}", _GOOD) for phone in record.phones)
    yield from ((f"email {email}", _STRONG) for email in record.emails)
    for email in record.emails:
        mailbox = email.partition("@")[0]
        if len(mailbox) >= _SHORTEST_MAILBOX:
            yield f"mailbox {mailbox}", _FAIR
    yield from ((f"domain {domain}", _GOOD) for domain in record.domains)
    yield from ((f"id {number}", _STRONG) for number in record.ids)
    if record.uscc:
        yield f"uscc {record.uscc}", _STRONG
    if record.birth_date:
        yield f"birth {record.birth_date}", _GOOD


def _company_keys(record: Record) -> Weighted:
    name = record.company
    if name is None:
        return
    yield f"stem {name.stem}", _STRONG
    yield f"brand {name.parsed.brand}", _GOOD
    yield f"sounds {name.sounds}", _GOOD
    yield f"head {name.stem[:_HEAD]}", _FAIR
    yield f"tail {name.stem[-_HEAD:]}", _FAIR
    if name.brand_pinyin:
        yield f"latin {name.brand_pinyin}", _GOOD
    rarest = _rarest(name)
    yield from ((f"word {word}", _FAIR) for word in rarest)
    for one, other in combinations(sorted(rarest), 2):
        yield f"words {one} {other}", _GOOD
        yield f"starts {one[:_START]} {other[:_START]}", _FAIR
    yield from ((f"{word[:4]} {where}", _FAIR) for word in rarest for where in _where(record))
    if has_han(name.stem):
        yield from ((f"core {text}", _GOOD) for text in _one_left_out(_core(name)))
    else:
        yield f"latin {name.stem}", _GOOD
        yield f"initials {name.initials or name.stem}", _FAIR


def _rarest(name: NameForms) -> list[str]:
    weights = shipped_statistics().names
    words = [word for word in name.tokens if len(word) >= _SHORTEST_WORD or has_han(word)]
    return sorted(words, key=lambda word: (-weights.get(word, 1.0), word))[:_RAREST_WORDS]


def _core(name: NameForms) -> str:
    """The brand with what it does: what people seldom leave out of a Chinese name, though they slip in it."""
    brand = name.parsed.brand
    at = name.stem.find(brand)
    core = name.stem[at:] if at >= 0 else name.stem
    return (_FORM_IN_SHORT.sub("", core) or core)[:_LONGEST_CORE]


def _one_left_out(core: str) -> Iterator[str]:
    """The text itself and each text with one character less: two texts that differ in one slip share one of them."""
    yield core
    if len(core) > 2:
        yield from (core[:at] + core[at + 1 :] for at in range(len(core)))


def _pairs(short: str) -> set[str]:
    """Neighbours in a short name, without the words that stand in for a legal form (宝钢股份)."""
    bare = _FORM_IN_SHORT.sub("", short)
    return {one + other for one, other in pairwise(bare if len(bare) > 1 else short)}


def _full_pairs(name: NameForms) -> set[str]:
    text = name.stem[:_FULL_NAME]
    reach = [_FULL_NAME if at < _BEGINNING else _SKIPPED for at in range(len(text))]
    return {one + other for at, one in enumerate(text) for other in text[at + 1 : at + 1 + reach[at]]}


def _place_keys(record: Record) -> Weighted:
    place = record.place
    if place and place.number and place.road:
        yield f"road {place.number} {place.road[:12]}", _GOOD
    if place and place.number and place.postcode:
        yield f"house {place.number} {place.postcode}", _GOOD
    if place and place.road and place.postcode:
        yield f"street {place.road[:6]} {place.postcode}", _FAIR


def _where(record: Record) -> Iterable[str]:
    """What narrows a name down: the house number, the postcode, the birth date."""
    place = record.place
    if place:
        yield from (f"at {number}" for number in place.numbers[:2])
        if place.postcode:
            yield f"in {place.postcode}"
    if record.birth_date:
        yield record.birth_date[:4]
        yield record.birth_date[4:]


def _person_keys(record: Record) -> Weighted:
    for person in record.people:
        yield f"person {person.normal}", _GOOD
        if person.pinyin_full:
            yield f"latin {person.pinyin_full}", _FAIR
        parts = [part for part in (person.family, person.given) if part]
        yield from ((f"{part[:3]} {where}", _FAIR) for part in parts for where in _where(record))
        if record.birth_date:
            yield from ((f"born {record.birth_date[:6]} {part[:1]}", _FAIR) for part in parts)
            yield from ((f"month {record.birth_date[4:6]} {part}", _FAIR) for part in parts)
        if record.place and record.place.locality:
            yield from ((f"town {record.place.locality[:3]} {part[:4]}", _FAIR) for part in parts)
        if len(parts) == 2:
            yield f"parts {_both(person)}", _FAIR


def _both(person: PersonName) -> str:
    return " ".join(sorted((part or "")[:2] for part in (person.family, person.given)))
