"""How long one look-up takes among many customers: ``oneowner match lookup-bench``."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from statistics import quantiles
from time import perf_counter

from sqlalchemy import text

from domain.matching.decision import match, shipped_rules
from domain.matching.keys import blocking_keys
from domain.matching.model import shipped_models
from domain.matching.record import Record, record_from_fields
from domain.matching.statistics import shipped_statistics
from matching_lab.customers import Fields, Kind, Language, population
from matching_lab.noise import KINDS, noised
from store.candidates import candidates, entries
from store.database import Database
from store.rows import add
from store.tables import CandidateKeyRow, MatchableRow

_SEED = 11
_SORTS: tuple[tuple[Language, Kind, str, int], ...] = (
    ("zh", "company", "CN", 5),
    ("en", "company", "US", 3),
    ("zh", "person", "CN", 1),
    ("en", "person", "US", 1),
)
"""Languages and kinds of customers, each with its country and how many of ten it makes up."""
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Lookups:
    """What looking up took.

    Attributes:
        customers: how many there were.
        lookups: how many were made, each of a customer written down again with one kind of noise.
        found: share of them that found the customer among those compared.
        search_p50, search_p99: milliseconds to find, compare and decide, with a record at hand.
        whole_p50, whole_p99: the same with normalising the lead's fields.
        compared: how many were compared for each, on average.
    """

    customers: int
    lookups: int
    found: float
    search_p50: float
    search_p99: float
    whole_p50: float
    whole_p99: float
    compared: float


def customers(numbers: range) -> Iterator[tuple[Fields, Language, Kind, str]]:
    """Yields made-up customers, the same for the same numbers; numbers must begin at a multiple of 2,000."""
    for start in range(numbers.start, numbers.stop, _CHUNK):
        for language, kind, country, share in _SORTS:
            rng = Random(f"{_SEED} {start} {language} {kind}")
            size = min(_CHUNK, numbers.stop - start) * share // 10
            yield from (
                (customer.fields, language, kind, country) for customer in population(language, kind, size, 0, rng)
            )


def fill(database: Database, size: int) -> Iterator[int]:
    """Enters made-up customers, and yields how many are in after each two thousand."""
    chunks = [range(start, min(start + _CHUNK, size)) for start in range(0, size, _CHUNK)]
    done = 0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        for records in processes.map(_records, chunks):
            with database.write() as session:
                matchables, keys = entries(records, first=done + 1)
                add(session, MatchableRow, *matchables)
                add(session, CandidateKeyRow, *keys)
            done += len(records)
            yield done
    tidy = "ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)"  # as PostgreSQL does by itself in time
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(tidy))


def measure(database: Database, size: int, lookups: int) -> Lookups:
    """Looks up customers that ``fill`` entered, written down again, and times each."""
    rng = Random(_SEED)
    models, statistics, rules = shipped_models(), shipped_statistics(), shipped_rules()
    search, whole, found, compared = [], [], 0, 0
    for holder, fields, country in _written_again(size, lookups, rng):
        began = perf_counter()
        record = record_from_fields(fields, country)
        keys = blocking_keys(record)
        ready = perf_counter()
        with database.read() as session:
            kept = candidates(session, keys)
            for other in kept:
                match(record, other.record, statistics, models, rules)
        ended = perf_counter()
        search.append((ended - ready) * 1000)
        whole.append((ended - began) * 1000)
        found += any(other.holder == holder for other in kept)
        compared += len(kept)
    return Lookups(size, len(search), found / len(search), *_p50_p99(search), *_p50_p99(whole), compared / len(search))


def _p50_p99(times: list[float]) -> tuple[float, float]:
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


def _written_again(size: int, lookups: int, rng: Random) -> Iterator[tuple[str, Fields, str]]:
    """Customers of chunks from all over the base, each with one kind of noise."""
    starts = list(range(0, size, _CHUNK))
    each = max(1, lookups // min(len(starts), lookups))
    for start in rng.sample(starts, min(len(starts), lookups)):
        chunk = list(customers(range(start, min(start + _CHUNK, size))))
        for at in rng.sample(range(len(chunk)), min(each, len(chunk))):
            fields, language, kind, country = chunk[at]
            noise = rng.choice(list(KINDS[language, kind]))
            yield f"cus_{start}_{at}", noised(fields, [noise], language, kind, rng), country


def _records(numbers: range) -> list[tuple[str, Record]]:
    return [
        (f"cus_{numbers.start}_{at}", record_from_fields(fields, country))
        for at, (fields, _, _, country) in enumerate(customers(numbers))
    ]
