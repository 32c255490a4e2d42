"""What every call asks of the database: whose key or token this is, and what they are at this moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from domain.role import Role
from store.database import Database
from store.rows import table_of
from store.tables import ApiKeyRow, RepRow, UserRow

_user, _rep, _key = table_of(UserRow).c, table_of(RepRow).c, table_of(ApiKeyRow).c
_USERS = (
    select(_user.id, _user.role, _user.person, _user.active, _user.valid_from, _rep.active.label("rep_active"))
    .select_from(table_of(UserRow).outerjoin(table_of(RepRow), _rep.id == _user.person))
    .where(_user.id.in_(bindparam("ids", expanding=True)))
)
_KEY = select(table_of(ApiKeyRow)).where(_key.id == bindparam("id"))


@dataclass(frozen=True)
class Account:
    """A user as they are now."""

    role: Role
    person: str | None
    valid_from: datetime
    """Tokens of the embedded issuer from before are void."""


@dataclass(frozen=True)
class HeldKey:
    """An API key that counts: what it may do, and the digests of the secrets that open it."""

    scopes: Sequence[str]
    digests: Sequence[str]


class Accounts:
    """Looks callers up by indexed rows. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def user(self, user_id: str) -> Account | None:
        """A user; None for one who is unknown or no longer active, as a user or as the rep whom they are."""
        return self.users((user_id,)).get(user_id)

    def users(self, user_ids: Collection[str]) -> dict[str, Account]:
        """Those of these users who are active, as users and as the reps whom they are."""
        with self._database.read() as session:
            rows = session.connection().execute(_USERS, {"ids": list(user_ids)}).all()
        there = (row for row in rows if row.active and row.rep_active is not False)
        return {row.id: Account(Role(row.role), row.person, row.valid_from) for row in there}

    def key(self, key_id: str, at: datetime) -> HeldKey | None:
        """A key; None for one that is unknown, revoked or over at this time."""
        with self._database.read() as session:
            row = session.connection().execute(_KEY, {"id": key_id}).first()
        if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
            return None
        previous = row.previous_digest if row.previous_until is not None and at < row.previous_until else None
        return HeldKey(row.scopes, tuple(filter(None, (row.digest, previous))))
