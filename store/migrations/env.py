"""Alembic's entry point, for ``store.migrate`` at start-up and for ``alembic revision --autogenerate`` at a desk."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString, SQLModel

import store.tables  # noqa: F401 - registers the tables
from settings import Settings
from store.database import Database
from store.types import UtcDateTime


def _render(kind: str, item: Any, rendering: AutogenContext) -> str | Literal[False]:
    """Plain SQLAlchemy types in migrations, which must not change their meaning with our code."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        rendering.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _run(connection: sa.Connection) -> None:
    # Batch mode, because SQLite changes a table by copying it.
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, render_item=_render
    )
    with context.begin_transaction():
        context.run_migrations()


given: sa.Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with Database(Settings().sqlalchemy_url).engine.connect() as own:
        _run(own)
