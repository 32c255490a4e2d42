"""The candidate index: which customers, or leads that wait for confirmation, may be the one looked for.

It is written in the same transaction as what it indexes. Of those who share a blocking key only the first fifty count,
and none where the key says little, so that a look-up costs the same beside a thousand customers and beside a million.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select, text
from sqlmodel import Session
from structlog import get_logger

from domain.matching.keys import TELLING, BlockingKeys, blocking_keys
from domain.matching.record import Record
from store.database import Database
from store.rows import add_missing, dialect_of, table_of
from store.tables import CandidateKeyRow, MatchableRow, WaitingKeyRow

MOST_UNDER_A_KEY = 50
"""So many share a key at most that says who somebody is."""
MOST_COMPARED = 12
"""Candidates that share the most are compared in full, the others not at all."""
MOST_FULL_NAMES = 48
"""The same for a short name, which many full names may stand behind."""
MOST_WAITING = 12
"""The same for leads that wait."""

_WORTH_COMPARING = 0.1
"""Who shares less than this part of what the best shares is not compared."""

_AT_ONCE = 16
"""A look-up's statement is made for a multiple of so many keys: few statements, each prepared once."""
_NO_KEY = 0
_NAMES = "short and full names"

Rows = list[dict[str, Any]]

_matchable, _waiting = table_of(MatchableRow).c, table_of(WaitingKeyRow).c
_BY_ID = select(_matchable.id, _matchable.holder, _matchable.waiting, _matchable.record).where(
    _matchable.id.in_(bindparam("ids", expanding=True))
)
_BY_HOLDER = select(_matchable.id, _matchable.holder, _matchable.waiting, _matchable.record).where(
    _matchable.holder.in_(bindparam("holders", expanding=True))
)
_ID = select(_matchable.id).where(_matchable.holder == bindparam("holder"))
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode
_log = get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody that the index holds: a customer's or a lead's id, whether it is a waiting lead, and its record."""

    holder: str
    waiting: bool
    record: Record


def lock_blocks(database: Database, session: Session, keys: BlockingKeys) -> None:
    """Keep everybody whom these keys may bring together from deciding at the same time, until the transaction ends.

    Short and full names meet on keys that half the customers have, so those of one kind exclude those of the other as
    a whole: full names go together, and a short one, being rare, goes alone.
    """
    if keys.is_short:
        database.lock(session, _NAMES)
    elif keys.asked:
        database.lock_shared(session, _NAMES)
    database.lock(session, *(f"block:{key}" for key in keys.shared))


def keep(session: Session, holder: str, record: Record, keys: BlockingKeys, *, waiting: bool = False) -> None:
    """Enter a customer or a waiting lead, or its record as it is now.

    The keys that it was known by before stay: what once was said of a customer may be said again.
    """
    connection = session.connection()
    statement = _keep(connection.dialect.name)
    matchable = connection.scalar(statement, {"holder": holder, "waiting": waiting, "record": _encode(record)})
    rows = [{"key": key, "matchable": matchable} for key in sorted({*keys.shared, *keys.kept})]
    add_missing(session, WaitingKeyRow if waiting else CandidateKeyRow, rows)


def entries(holders: Iterable[tuple[str, Record]], *, first: int) -> tuple[Rows, Rows]:
    """The rows of many customers of an index that is being made, for its two tables, numbered from ``first``."""
    matchables, keys = [], []
    for number, (holder, record) in enumerate(holders, first):
        matchables.append({"id": number, "holder": holder, "waiting": False, "record": _encode(record)})
        own = blocking_keys(record)
        keys += [{"key": key, "matchable": number} for key in {*own.shared, *own.kept}]
    return matchables, sorted(keys, key=itemgetter("key"))


def forget(session: Session, holder: str, keys: BlockingKeys) -> None:
    """Take out a lead that waits no longer, which was entered with these keys."""
    connection = session.connection()
    matchable = connection.scalar(_ID, {"holder": holder})
    if matchable is not None:
        own = _waiting.key.in_([*keys.shared, *keys.kept])
        connection.execute(delete(table_of(WaitingKeyRow)).where(_waiting.matchable == matchable, own))
        connection.execute(delete(table_of(MatchableRow)).where(_matchable.id == matchable))


def candidates(session: Session, keys: BlockingKeys, *, but: str = "", also: Iterable[str] = ()) -> list[Kept]:
    """Those who may be the one looked for, likeliest first.

    Args:
        keys: the blocking keys of the record looked for.
        but: a holder to leave out, for one that looks again.
        also: holders that are candidates for another reason, to be compared as well.
    """
    found = _ranked(session, keys)
    connection = session.connection()
    rows = {row.holder: row for row in connection.execute(_BY_ID, {"ids": found})} if found else {}
    others = [holder for holder in also if holder not in rows]
    if others:
        rows |= {row.holder: row for row in connection.execute(_BY_HOLDER, {"holders": others})}
    place = {matchable: at for at, matchable in enumerate(found)}
    ordered = sorted(rows.values(), key=lambda row: place.get(row.id, len(place)))
    return [Kept(row.holder, row.waiting, _decode(row.record)) for row in ordered if row.holder != but]


def _ranked(session: Session, keys: BlockingKeys) -> list[int]:
    """The customers and the waiting leads that share the most telling keys, best first."""
    asked = {**keys.shared, **({} if keys.is_short else keys.asked)}
    customers = _scored(_sharing(session, asked), asked)
    most = MOST_COMPARED
    if keys.is_short and keys.asked:
        most = MOST_FULL_NAMES
        customers.update(_standing_behind(session, list(keys.asked)))
    asked = {**keys.shared, **keys.asked}
    waiting = _scored(_waiting_under(session, asked), asked)
    return [*_best(customers, most), *_best(waiting, MOST_WAITING)]


def _best(scores: Counter[int], most: int) -> list[int]:
    ranked = scores.most_common(most)
    return [matchable for matchable, score in ranked if score >= _WORTH_COMPARING * ranked[0][1]]


def _scored(sharing: Mapping[int, Sequence[int]], weights: Mapping[int, float]) -> Counter[int]:
    scores: Counter[int] = Counter()
    for key, matchables in sharing.items():
        for matchable in matchables:
            scores[matchable] += weights[key] / (1 + len(matchables)) ** 0.25
    return scores


def _sharing(session: Session, weights: Mapping[int, float]) -> Mapping[int, list[int]]:
    """The customers kept under each of these keys: the first of them only, or none, where there are very many."""
    if not weights:
        return {}
    size = -(-len(weights) // _AT_ONCE) * _AT_ONCE
    padded = (*weights, *[_NO_KEY] * (size - len(weights)))
    connection = session.connection()
    statement = _under_each(size, connection.dialect.name)
    found: dict[int, list[int]] = defaultdict(list)
    for key, matchable in connection.exec_driver_sql(statement, padded):
        found[key].append(matchable)
    common = [key for key, matchables in found.items() if len(matchables) > MOST_UNDER_A_KEY]
    if common and len(common) == len(found):
        _log.info("candidate_keys_all_common", keys=len(common), most=MOST_UNDER_A_KEY)
    for key in common:
        if weights[key] < TELLING:
            del found[key]
    return found


def _waiting_under(session: Session, weights: Mapping[int, float]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if weights:
        for key, matchable in session.connection().execute(_WAITING, {"keys": list(weights)}):
            found[key].append(matchable)
    return found


def _standing_behind(session: Session, pairs: Sequence[int]) -> list[int]:
    """Full names that hold every pair of a short name's characters, or nearly every one when there are many."""
    query = {"keys": list(pairs), "enough": max(1, len(pairs) - len(pairs) // 3), "most": MOST_FULL_NAMES}
    return list(session.connection().scalars(_HOLDING, query))


_WAITING = select(_waiting.key, _waiting.matchable).where(_waiting.key.in_(bindparam("keys", expanding=True)))
_HOLDING = text(
    "SELECT matchable FROM candidate_keys WHERE key IN :keys GROUP BY matchable"
    " HAVING count(*) >= :enough ORDER BY count(*) DESC, matchable LIMIT :most"
).bindparams(bindparam("keys", expanding=True))


@cache
def _keep(dialect: str) -> Any:
    into = dialect_of(dialect).insert(table_of(MatchableRow))
    changed = {"waiting": into.excluded.waiting, "record": into.excluded.record}
    return into.on_conflict_do_update(index_elements=["holder"], set_=changed).returning(_matchable.id)


@cache
def _under_each(size: int, dialect: str) -> str:
    """A statement that finds up to one more than may be under each of so many keys."""
    mark = "?" if dialect == "sqlite" else "%s"
    one = (
        f"SELECT key, matchable FROM candidate_keys WHERE key = {mark} ORDER BY matchable LIMIT {MOST_UNDER_A_KEY + 1}"  # noqa: S608
    )
    return " UNION ALL ".join([f"SELECT * FROM ({one}) AS k{at}" for at in range(size)])  # noqa: S608
