"""Bringing the database's schema up to date when a process starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from store.database import Database

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6F6E656F776E6572  # "oneowner"; its own space beside the hashed names of ``Database.lock``


def migrate(database: Database) -> None:
    """Run every migration that the database does not have yet, all in one transaction.

    Safe when several processes start at once: the first migrates, the others wait for it and find nothing to do.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the database is away or a migration fails; nothing is half-done.
        alembic.util.CommandError: when a newer version of this program has migrated the database already.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    # On SQLite the transaction itself excludes others (BEGIN IMMEDIATE).
    with database.engine.execution_options(write=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
