"""What all tables share."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import SQLModel

from store.types import Json, UtcDateTime

# The names that migrations need to change or drop a constraint, the same on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def instant(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    """A column of instants."""
    return Column(UtcDateTime(), nullable=nullable, index=index)


def json_column() -> Column[Any]:
    """A column of JSON."""
    return Column(Json, nullable=False)
