"""Claims out of public pools, counted exactly however many come at once."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import Insert, bindparam, func, select
from sqlmodel import Session

from domain.assignment import Rep
from domain.rules.pool import PublicPool
from store.database import Database
from store.rows import dialect_of, table_of
from store.tables import CustomerRow, RepClaimDayRow

_customer, _day = (table_of(model).c for model in (CustomerRow, RepClaimDayRow))
_OPEN = select(func.count()).where(
    _customer.owner_id == bindparam("rep_id"), _customer.claimed_from == bindparam("pool")
)
_TODAY = select(_day.claimed).where(
    _day.rep_id == bindparam("rep_id"), _day.pool == bindparam("pool"), _day.day == bindparam("day")
)


def with_claims(
    database: Database, session: Session, reps: Sequence[Rep], rep_id: str, pool: PublicPool, day: date
) -> list[Rep]:
    """The same reps; the one who claims with how many they claimed from the pool.

    Where the pool has a cap, holds the caps until the transaction ends: no two claims are decided under the same count.
    """
    if pool.claim.per_day is None and pool.claim.total is None:
        return list(reps)
    database.lock(session, "caps")
    asked = {"rep_id": rep_id, "pool": pool.pool}
    connection = session.connection()
    claimed = {
        "claimed_open": connection.execute(_OPEN, asked).scalar_one(),
        "claimed_today": connection.execute(_TODAY, {**asked, "day": day}).scalar() or 0,
    }
    return [rep.model_copy(update=claimed) if rep.id == rep_id else rep for rep in reps]


def count_claim(session: Session, rep_id: str, pool: str, day: date) -> None:
    """One more customer that a rep claimed from a pool on a day."""
    connection = session.connection()
    row = {"rep_id": rep_id, "pool": pool, "day": day, "claimed": 1}
    connection.execute(_one_more(connection.dialect.name), row)


@cache
def _one_more(dialect: str) -> Insert:
    into = dialect_of(dialect).insert(table_of(RepClaimDayRow))
    keys, more = ["rep_id", "pool", "day"], {"claimed": _day.claimed + 1}
    statement: Insert = into.on_conflict_do_update(index_elements=keys, set_=more)
    return statement
