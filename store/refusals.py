"""Attempts that were refused, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from store.database import Database
from store.keyset import page_of
from store.tables import AccessRefusalRow


class Why(StrEnum):
    """Why an attempt was refused."""

    ROLE = "role"
    """The caller's role or key does not allow the route."""
    HIDDEN = "hidden"
    """The record is not one that they may see; they were told that there is none."""
    READ_ONLY = "read_only"
    """They may see the record, but not do this with it."""
    IN_ANOTHERS_NAME = "in_anothers_name"
    """They said that somebody did it in whose name they may not act."""
    PROBING = "probing"
    """They asked for too much in too short a time: an alert, once a minute and caller."""


@dataclass(frozen=True)
class RefusalFilter:
    """What a list of refusals is narrowed to; None means any."""

    principal: str | None = None
    reason: Why | None = None


class Refusals:
    """Keeps and reads refused attempts. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, row: AccessRefusalRow) -> None:
        """Keep one, in a transaction of its own."""
        with self._database.write() as session:
            session.add(row)

    def page(self, only: RefusalFilter, after: int | None, limit: int) -> Sequence[AccessRefusalRow]:
        """A page of refusals, newest first, and one more when there are more."""
        wanted = {name: value for name, value in vars(only).items() if value is not None}
        by = (col(AccessRefusalRow.position),)
        statement = select(AccessRefusalRow).filter_by(**wanted)
        with self._database.read() as session:
            start = None if after is None else (after,)
            return session.exec(page_of(statement, by, start, limit, descending=True)).all()
