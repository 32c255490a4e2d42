"""Checks of the database: there, of this version, not locked, on time, and events are passed on."""

from collections.abc import Iterator
from datetime import UTC, datetime

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import col, func, select

from doctor.finding import Finding, error, fine, warning
from store.backlog import outbox
from store.database import Database
from store.migrate import FOLDER
from store.tables import OutboxRow

SKEW = 5.0
"""Seconds by which two clocks may differ before it is told."""
LATE = 60.0
"""Seconds; an event is passed on within one."""
IDLE = 60
"""Seconds that a transaction may hold locks and do nothing."""


def database(url: str) -> Iterator[Finding]:
    """Everything about the database at an address (SQLAlchemy form)."""
    opened = Database(url)
    shown = opened.engine.url.render_as_string()  # without its password
    try:
        opened.ping()
        yield fine("database-answers", database=shown)
        yield from _writable(opened)
        current = _schema(opened)
        yield current
        yield from _clock(opened)
        if current.code == "schema-current":
            yield from _outbox(opened)
    except SQLAlchemyError as failed:
        yield error("database-unreachable", database=shown, reason=_first_line(failed))
    finally:
        opened.close()


def _writable(opened: Database) -> Iterator[Finding]:
    """A write transaction begins, and no other one has hung for long."""
    try:
        with opened.write() as session:
            connection = session.connection()  # now the transaction begins
            if opened.is_sqlite:
                return
            read_only = connection.scalar(text("SHOW transaction_read_only")) == "on"
            idle = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state LIKE 'idle in transaction%' AND state_change < now() - make_interval(secs => :idle)"
                ),
                {"idle": IDLE},
            )
    except DBAPIError as failed:
        locked = "locked" in str(failed.orig)
        yield error("database-locked") if locked else error("database-read-only", reason=_first_line(failed))
        return
    if read_only:
        yield error("database-read-only", reason="transaction_read_only")
    if idle:
        yield warning("database-idle-transactions", count=idle, seconds=IDLE)


def _schema(opened: Database) -> Finding:
    """The version of the tables beside the one that this program is made for."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with opened.engine.connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
    facts = {"has": has or "-", "wanted": scripts.get_current_head()}
    if has == facts["wanted"]:
        return fine("schema-current", **facts)
    if has is None:
        return warning("schema-none", **facts)
    known = {script.revision for script in scripts.walk_revisions()}
    return warning("schema-old", **facts) if has in known else error("schema-newer", **facts)


def _clock(opened: Database) -> Iterator[Finding]:
    """PostgreSQL's clock beside this machine's; an SQLite file has none."""
    if opened.is_sqlite:
        return
    with opened.engine.connect() as connection:
        theirs = connection.scalar(text("SELECT clock_timestamp()"))
    yield skew("database", (theirs - datetime.now(UTC)).total_seconds())


def skew(whose: str, seconds: float) -> Finding:
    """What a difference between another clock and this machine's comes to."""
    facts = {"whose": whose, "seconds": f"{seconds:+.1f}"}
    return warning("clock-wrong", **facts) if abs(seconds) > SKEW else fine("clock-right", **facts)


def _outbox(opened: Database) -> Iterator[Finding]:
    """Events that wait too long, and events at which a watcher fails."""
    with opened.read() as session:
        waiting, oldest = outbox(session, datetime.now(UTC))
        failing = session.exec(select(func.count()).where(col(OutboxRow.failures) > 0)).one()
    facts = {"count": waiting, "seconds": f"{oldest:.0f}"}
    yield warning("outbox-late", **facts) if oldest > LATE else fine("outbox-on-time", **facts)
    if failing:
        yield warning("outbox-failing", count=failing)


def _first_line(failed: SQLAlchemyError) -> str:
    return str(getattr(failed, "orig", None) or failed).strip().splitlines()[0]
