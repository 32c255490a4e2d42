"""The candidate index: which customers, or leads that wait for confirmation, may be the one looked for.

It is written in the same transaction as what it indexes. Of those who share a blocking key only the first fifty count,
and none where the key says little, so that a look-up costs the same beside a thousand customers and beside a million.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from math import sqrt
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session, SQLModel
from structlog import get_logger

from domain.matching.forms import NameForms
from domain.matching.keys import TELLING, BlockingKeys, blocking_keys
from domain.matching.names import short_name_fit
from domain.matching.record import Record, packed, unpacked
from store.database import Database
from store.rows import add_missing, dialect_of, table_of
from store.tables import CandidateKeyRow, MatchableRow, WaitingKeyRow

MOST_UNDER_A_KEY = 50
"""So many share a key at most that says who somebody is."""
MOST_FULL_NAMES_OF_A_PAIR = 1000
"""So many full names with two characters of a short name are looked at for the rest of it."""
MOST_OF_A_TELLING_PAIR = 200
"""So many share a pair at most that speaks for those who hold it and not the rest of the short name."""
MOST_COMPARED = 12
"""Candidates that share the most are compared in full, the others not at all."""
MOST_FULL_NAMES = 96
"""Full names that may stand behind a short one; their names alone are looked at."""
MOST_FULL_NAMES_COMPARED = 16
"""Those of them that it fits best are compared in full."""
MOST_WAITING = 12
"""The same for leads that wait."""
MOST_WAITING_UNDER_A_KEY = 500
MOST_TOLD = 100
"""So many leads that wait are looked at, for each way that a customer was known, when it was merged."""

_WORTH_COMPARING = 0.1
"""Who shares less than this part of what the best shares is not compared."""

_WHOLE = 4.0
"""How much it says that a full name holds every pair of a short one."""

_NAMES = "short and full names"

Rows = list[dict[str, Any]]

_matchable = table_of(MatchableRow).c
_LIVE = func.coalesce(_matchable.survivor, _matchable.holder).label("holder")
_BY_ID = select(_matchable.id, _LIVE, _matchable.waiting, _matchable.record).where(
    _matchable.id.in_(bindparam("ids", expanding=True))
)
_BY_HOLDER = select(_matchable.id, _LIVE, _matchable.waiting, _matchable.record).where(
    _matchable.holder.in_(bindparam("holders", expanding=True))
)
_ID = select(_matchable.id).where(_matchable.holder == bindparam("holder"))
_log = get_logger()


class _Parsed(msgspec.Struct):
    normal: str


class _Named(msgspec.Struct):
    parsed: _Parsed


class _Entry(msgspec.Struct):
    """Of a record nothing but the name, for there is nothing quicker to decode."""

    company: _Named | None


_decode_name = msgspec.msgpack.Decoder(_Entry).decode


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
        lock_out_leads(database, session)
    else:
        database.lock_shared(session, _NAMES)
    database.lock(session, *(f"block:{key}" for key in keys.shared))


def lock_out_leads(database: Database, session: Session) -> None:
    """Keep every lead from being decided on until the transaction ends, without a lock for each of its keys.

    For steps of many rows, whose locks would be more than PostgreSQL has room for, and in no fixed order.
    """
    database.lock(session, _NAMES)


def keep(session: Session, holder: str, record: Record, keys: BlockingKeys, *, waiting: bool = False) -> None:
    """Enter a customer or a waiting lead, or its record as it is now.

    The keys that it was known by before stay: what once was said of a customer may be said again.
    """
    connection = session.connection()
    statement = _keep(connection.dialect.name)
    matchable = connection.scalar(statement, {"holder": holder, "waiting": waiting, "record": packed(record)})
    rows = [{"key": key, "matchable": matchable} for key in sorted({*keys.shared, *keys.kept})]
    add_missing(session, WaitingKeyRow if waiting else CandidateKeyRow, rows)


def stand_in(session: Session, survivor: str | None, merged: Collection[str]) -> None:
    """Have merged customers found as the one that stands for them, by what each was known by; None: as themselves."""
    statement = update(table_of(MatchableRow)).where(_matchable.holder.in_(merged)).values(survivor=survivor)
    session.connection().execute(statement)


def compare_as(session: Session, holders: Collection[str], record: Record) -> None:
    """Have these found as before and compared by this record from now on."""
    statement = update(table_of(MatchableRow)).where(_matchable.holder.in_(holders)).values(record=packed(record))
    session.connection().execute(statement)


def entries(holders: Iterable[tuple[str, Record]], *, first: int) -> tuple[Rows, Rows]:
    """The rows of many customers of an index that is being made, for its two tables, numbered from ``first``."""
    matchables, keys = [], []
    for number, (holder, record) in enumerate(holders, first):
        matchables.append({"id": number, "holder": holder, "waiting": False, "record": packed(record)})
        own = blocking_keys(record)
        keys += [{"key": key, "matchable": number} for key in {*own.shared, *own.kept}]
    return matchables, sorted(keys, key=itemgetter("key"))


def forget(session: Session, holder: str, keys: BlockingKeys, *, waiting: bool = True) -> None:
    """Take out a lead that waits no longer, or a customer that never was, which was entered with these keys."""
    connection = session.connection()
    matchable = connection.scalar(_ID, {"holder": holder})
    if matchable is not None:
        table = table_of(WaitingKeyRow if waiting else CandidateKeyRow)
        own = table.c.key.in_([*keys.shared, *keys.kept])
        connection.execute(delete(table).where(table.c.matchable == matchable, own))
        connection.execute(delete(table_of(MatchableRow)).where(_matchable.id == matchable))


def candidates(session: Session, keys: BlockingKeys, *, but: str = "", also: Iterable[str] = ()) -> list[Kept]:
    """Those who may be the one looked for, likeliest first; a survivor once for each record that it stands for.

    Args:
        keys: the blocking keys of the record looked for.
        but: a holder to leave out, for one that looks again.
        also: holders that are candidates for another reason, to be compared as well.
    """
    found = _ranked(session, keys)
    connection = session.connection()
    rows = list(connection.execute(_BY_ID, {"ids": found})) if found else []
    near = {row.holder for row in rows}
    others = [holder for holder in also if holder not in near]
    if others:
        rows += connection.execute(_BY_HOLDER, {"holders": others})
    place = {matchable: at for at, matchable in enumerate(found)}
    ordered = sorted(rows, key=lambda row: place.get(row.id, len(place)))
    return [Kept(row.holder, row.waiting, unpacked(row.record)) for row in ordered if row.holder != but]


def waiting_alike(session: Session, keys: BlockingKeys) -> list[str]:
    """Leads that wait and share blocking keys with these, those that share the most; at most ``MOST_TOLD``."""
    asked = {**keys.shared, **keys.asked}
    scores = _scored(_under(session, WaitingKeyRow, asked, MOST_WAITING_UNDER_A_KEY), asked)
    best = nlargest(MOST_TOLD, scores, key=scores.__getitem__)
    return [row.holder for row in session.connection().execute(_BY_ID, {"ids": best})] if best else []


def _ranked(session: Session, keys: BlockingKeys) -> list[int]:
    """The customers and the waiting leads that share the most telling keys, best first."""
    asked = {**keys.shared, **({} if keys.is_short else keys.asked)}
    customers = _scored(_telling(_under(session, CandidateKeyRow, asked, MOST_UNDER_A_KEY + 1), asked), asked)
    best = _best(customers, MOST_COMPARED)
    if keys.short and keys.asked:
        best += [matchable for matchable in _full_names(session, keys, keys.short) if matchable not in best]
    asked = {**keys.shared, **keys.asked}
    waiting = _scored(_under(session, WaitingKeyRow, asked, MOST_WAITING_UNDER_A_KEY), asked)
    return [*best, *_best(waiting, MOST_WAITING)]


def _full_names(session: Session, keys: BlockingKeys, short: NameForms) -> list[int]:
    """The customers whose full names a short one fits best."""
    behind = _standing_behind(session, keys)
    rows = session.connection().execute(_BY_ID, {"ids": _best(behind, MOST_FULL_NAMES)})
    names = ((row.id, _decode_name(row.record).company) for row in rows)
    fits = {matchable: short_name_fit(short, name.parsed.normal) for matchable, name in names if name}
    return _best(
        {matchable: behind[matchable] + _WHOLE * fit for matchable, fit in fits.items()}, MOST_FULL_NAMES_COMPARED
    )


def _best(scores: Mapping[int, float], most: int) -> list[int]:
    ranked = nlargest(most, scores.items(), key=itemgetter(1))
    return [matchable for matchable, score in ranked if score >= _WORTH_COMPARING * ranked[0][1]]


def _scored(sharing: Mapping[int, Sequence[int]], weights: Mapping[int, float]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for key, matchables in sharing.items():
        weight = weights[key] / sqrt(1 + len(matchables))
        for matchable in matchables:
            scores[matchable] = scores.get(matchable, 0.0) + weight
    return scores


def _under(session: Session, table: type[SQLModel], keys: Collection[int], most: int) -> dict[int, list[int]]:
    """The first so many that are kept under each of these keys."""
    if not keys:
        return {}
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(_UNDER_SQLITE.format(table=table.__tablename__), (most, json.dumps([*keys])))
    else:
        rows = connection.exec_driver_sql(_UNDER_POSTGRESQL.format(table=table.__tablename__), (most, [*keys]))
    return {key: [int(one) for one in listed.split(",")] for key, listed in rows if listed}


def _telling(found: Mapping[int, list[int]], weights: Mapping[int, float]) -> Mapping[int, list[int]]:
    """Without the keys that say little and that very many share."""
    common = {key for key, matchables in found.items() if len(matchables) > MOST_UNDER_A_KEY}
    if common and len(common) == len(found):
        _log.info("candidate_keys_all_common", keys=len(common), most=MOST_UNDER_A_KEY)
    return {key: found[key] for key in found if key not in common or weights[key] >= TELLING}


def _standing_behind(session: Session, keys: BlockingKeys) -> dict[int, float]:
    """Full names that hold every pair of a short name's characters, or, a dozen of them, some telling ones.

    A pair that so many hold that only the first are read (科技) rules nobody out.
    """
    sharing = _under(session, CandidateKeyRow, keys.asked, MOST_FULL_NAMES_OF_A_PAIR)
    scores: dict[int, float] = {}
    for reading in keys.readings:
        found = {key: sharing.get(key, []) for key in reading}
        read = [set(held) for held in found.values() if len(held) < MOST_FULL_NAMES_OF_A_PAIR]
        whole = set[int]().union(*found.values()) if not read else set.intersection(*read)
        partly = _scored({key: held for key, held in found.items() if len(held) <= MOST_OF_A_TELLING_PAIR}, keys.asked)
        scores |= {matchable: partly[matchable] for matchable in _best(partly, MOST_COMPARED)}
        scores |= {matchable: _WHOLE + partly.get(matchable, 0.0) for matchable in whole}
    return scores


# One row for each key, with those under it in one text: rows cost more than what is in them.
_UNDER_SQLITE = (
    "SELECT k.value, (SELECT group_concat(matchable) FROM"
    " (SELECT matchable FROM {table} WHERE key = k.value ORDER BY matchable LIMIT ?)) FROM json_each(?) AS k"
)
_UNDER_POSTGRESQL = (
    "SELECT k, (SELECT string_agg(matchable::text, ',') FROM"
    " (SELECT matchable FROM {table} WHERE key = k ORDER BY matchable LIMIT %s) AS first)"
    " FROM unnest(%s::bigint[]) AS k"
)


@cache
def _keep(dialect: str) -> Any:
    into = dialect_of(dialect).insert(table_of(MatchableRow))
    changed = {"waiting": into.excluded.waiting, "record": into.excluded.record}
    return into.on_conflict_do_update(index_elements=["holder"], set_=changed).returning(_matchable.id)
