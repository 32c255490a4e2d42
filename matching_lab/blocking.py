"""Candidate pairs of a file in memory: records that share a key, where not too many share it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from domain.matching.record import Record

_LARGEST_BUCKET = 60
_RAREST_WORDS = 4


def candidate_pairs(records: Sequence[Record], weights: Mapping[str, float]) -> set[tuple[int, int]]:
    """Returns the pairs of positions, the lower first, of records that share a key."""
    buckets: dict[str, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        for key in set(keys_in_memory(record, weights)):
            buckets[key].append(at)
    return {pair for held in buckets.values() if len(held) <= _LARGEST_BUCKET for pair in combinations(held, 2)}


def keys_in_memory(record: Record, weights: Mapping[str, float]) -> Iterator[str]:
    """Yields the keys of a record."""
    yield from (f"phone {phone[-7:]}" for phone in record.phones)
    yield from (f"email {email}" for email in record.emails)
    yield from (f"mailbox {email.partition('@')[0]}" for email in record.emails)
    yield from (f"domain {domain}" for domain in record.domains)
    yield from (f"id {number}" for number in record.ids)
    if record.birth_date:
        yield f"birth {record.birth_date}"
    yield from _company_keys(record, weights)
    yield from _place_keys(record)
    for person in record.people:
        yield f"person {person.normal}"
        yield f"person {person.pinyin_full}"
        parts = [part for part in (person.family, person.given) if part]
        yield from (f"{part[:3]} {where}" for part in parts for where in _where(record))
        if len(parts) == 2:
            yield "person " + " ".join(sorted(part[:2] for part in parts))


def _company_keys(record: Record, weights: Mapping[str, float]) -> Iterator[str]:
    if not record.company:
        return
    name = record.company
    yield f"stem {name.stem}"
    yield f"head {name.stem[:5]}"
    yield f"sounds {name.sounds}"
    yield f"brand {name.parsed.brand}"
    yield f"initials {name.initials or name.stem}"
    rarest = sorted(name.tokens, key=lambda word: (-weights.get(word, 1.0), word))[:_RAREST_WORDS]
    yield from (f"word {word}" for word in rarest)
    yield from (f"word {word[:4]} {where}" for word in name.tokens for where in _where(record))


def _place_keys(record: Record) -> Iterator[str]:
    place = record.place
    if place and place.road and place.number:
        yield f"road {place.number} {place.road[:12]}"
    if place and place.number and place.postcode:
        yield f"house {place.number} {place.postcode}"


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
