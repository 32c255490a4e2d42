"""The people who may sign in, in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic_core import PydanticCustomError
from sqlmodel import col, select

from domain.role import Role
from domain.user import NewUser, User, UserChange, require_person
from store.database import Database
from store.directory import VersionCheck, require
from store.errors import AlreadyExists, NotFound, UnusableReference
from store.keyset import page_of
from store.tables import RepRow, UserRow


class Users:
    """Reads and changes users. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, active: bool | None, after: Sequence[str] | None, limit: int) -> list[User]:
        """Users by id, and one more than asked when there are more; None means active or not."""
        statement = select(UserRow)
        if active is not None:
            statement = statement.where(UserRow.active == active)
        with self._database.read() as session:
            return [_user(row) for row in session.exec(page_of(statement, (col(UserRow.id),), after, limit))]

    def get(self, user_id: str) -> User:
        """One user.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _user(_found(session.get(UserRow, user_id)))

    def password(self, user_id: str) -> str | None:
        """The password's hash of a user who is active; None when there is no such user or they have none."""
        with self._database.read() as session:
            row = session.get(UserRow, user_id)
            return row.password if row is not None and row.active else None

    def create(self, new: NewUser, password: str | None) -> User:
        """Create a user.

        Args:
            new: who they are.
            password: the password's hash.

        Raises:
            AlreadyExists: when the id is taken.
            UnusableReference: when the person is no active rep.
        """
        with self._database.write() as session:
            self._database.lock(session, "users")
            if session.get(UserRow, new.id) is not None:
                raise AlreadyExists
            require(session, RepRow, new.person, "person", "rep")
            row = UserRow(**new.model_dump(exclude={"password"}), password=password, valid_from=datetime.now(UTC))
            session.add(row)
            return _user(row)

    def change(self, user_id: str, fields: UserChange, password: str | None, check: VersionCheck) -> User:
        """Change a user whose version ``check`` accepts. A new password, or none, ends their sessions.

        Args:
            user_id: whom.
            fields: what to change.
            password: the hash of the password in ``fields``.
            check: raises when the version is not one that the caller saw.

        Raises:
            NotFound: when there is none.
            UnusableReference: when the new person is no active rep, or a rep or a manager would be nobody.
        """
        given = fields.model_dump()
        if "password" in given:
            given |= {"password": password, "valid_from": datetime.now(UTC)}
        with self._database.write() as session:
            self._database.lock(session, "users")
            row = _found(session.get(UserRow, user_id))
            check(row.version)
            if given.get("person", row.person) != row.person:
                require(session, RepRow, given["person"], "person", "rep")
            changes = {name: value for name, value in given.items() if getattr(row, name) != value}
            for name, value in changes.items():
                setattr(row, name, value)
            row.version += bool(changes)
            _require_person(row)
            return _user(row)


def _require_person(row: UserRow) -> None:
    try:
        require_person(Role(row.role), row.person)
    except PydanticCustomError as error:
        raise UnusableReference("person", error.type, row.role) from error


def _found(row: UserRow | None) -> UserRow:
    if row is None:
        raise NotFound
    return row


def _user(row: UserRow) -> User:
    return User(
        id=row.id, name=row.name, role=Role(row.role), person=row.person, active=row.active, version=row.version
    )
