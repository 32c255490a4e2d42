"""The identity index: which customer, or which lead that waits for confirmation, holds which exact key."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, select, tuple_
from sqlmodel import Session

from domain.identity import Key
from domain.policy import KeyKind
from store.database import Database
from store.rows import add_missing, table_of
from store.tables import IdentityKeyRow

Holdings = dict[str, list[Key]]

_held = table_of(IdentityKeyRow).c
_SHARING = select(_held.holder, _held.kind, _held.value, _held.waiting).where(
    _held.holder.in_(
        select(_held.holder).where(
            # SQLite looks up pairs in no index, only what each half of them may be.
            _held.kind.in_(bindparam("kinds", expanding=True)),
            _held.value.in_(bindparam("values", expanding=True)),
            tuple_(_held.kind, _held.value).in_(bindparam("pairs", expanding=True)),
        )
    ),
    _held.holder != bindparam("but"),
)


def holders_of(session: Session, keys: Sequence[Key], *, but: str = "") -> tuple[Holdings, frozenset[str]]:
    """Everyone who shares a key, each with all keys that it holds, and which of them are waiting leads.

    Args:
        keys: the keys to look for.
        but: a holder to leave out, for one that looks again.
    """
    if not keys:
        return {}, frozenset()
    pairs = [(key.kind.value, key.value) for key in keys]
    kinds, values = (list(set(half)) for half in zip(*pairs, strict=True))
    shared = {"pairs": pairs, "kinds": kinds, "values": values, "but": but}
    found: Holdings = {}
    waiting: set[str] = set()
    for holder, kind, value, waits in session.connection().execute(_SHARING, shared):
        found.setdefault(holder, []).append(Key(kind=KeyKind(kind), value=value))
        if waits:
            waiting.add(holder)
    return found, frozenset(waiting)


def lock_keys(database: Database, session: Session, keys: Iterable[Key], *others: str) -> None:
    """Keep everybody else from deciding on these keys, and on these other names, until the transaction ends."""
    database.lock(session, *others, *(f"{key.kind}:{key.value}" for key in keys))


def hold(session: Session, holder: str, keys: Iterable[Key], *, waiting: bool = False) -> None:
    """Enter keys for a holder. A strong key that another customer holds stays with that customer."""
    rows = [
        {"kind": key.kind.value, "value": key.value, "holder": holder, "strong": key.strong, "waiting": waiting}
        for key in keys
    ]
    add_missing(session, IdentityKeyRow, rows)


def let_go(session: Session, holder: str) -> None:
    """Remove every key of a holder."""
    session.connection().execute(delete(table_of(IdentityKeyRow)).where(_held.holder == holder))


def held_by(session: Session, holder: str) -> tuple[Key, ...]:
    """Every key that somebody holds, sorted."""
    rows = session.connection().execute(select(_held.kind, _held.value).where(_held.holder == holder))
    return tuple(Key(kind=KeyKind(kind), value=value) for kind, value in sorted((row.kind, row.value) for row in rows))


def hand_over(session: Session, holder: str, to: str) -> None:
    """Give every key of a customer to another one."""
    keys = held_by(session, holder)
    let_go(session, holder)
    hold(session, to, keys)
