"""Triggers of tables that auditors read: what is recorded there is sealed, and is neither changed nor deleted.

On SQLite a migration that changes such a table by copying it (batch mode) loses them and must call ``protect`` again.
"""

from collections.abc import Sequence

from alembic import op

_REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def prepare() -> None:
    """What the triggers share, once for a database."""
    if not _sqlite():
        op.execute(_REFUSE)


def protect(table: str, fixed: Sequence[str], unless: str | None = None) -> None:
    """Refuse to delete rows of a table, unless a condition on ``OLD`` holds, and to change these columns."""
    columns = ", ".join(f'"{name}"' for name in fixed)
    if _sqlite():
        op.execute(_sqlite_refusal(table, "kept", "DELETE", f"NOT ({unless})" if unless else None))
        op.execute(_sqlite_refusal(table, "fixed", f"UPDATE OF {columns}"))
        return
    kept = "TRUNCATE" if unless else "DELETE OR TRUNCATE"
    for name, what in (("kept", kept), ("fixed", f"UPDATE OF {columns}")):
        op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} EXECUTE FUNCTION audit_refuse()")
    if unless:
        _refuse_row(table, f"{table}_removed", "DELETE", f"NOT ({unless})", f"{table} is append-only", "OLD")


def enqueue(table: str, kind: str, key: str) -> None:
    """Have every new row of a table sealed. On SQLite none may replace another: REPLACE fires no DELETE trigger."""
    queued = f"INSERT INTO audit_pending (kind, record) VALUES ('{kind}', CAST(NEW.{key} AS TEXT));"  # noqa: S608
    _after(table, "enqueued", "INSERT", queued)
    if _sqlite():
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - names out of migrations
        op.execute(_sqlite_refusal(table, "new", "INSERT", there))


def allow(table: str, column: str, condition: str) -> None:
    """Refuse to change one column unless a condition on ``OLD`` and ``NEW`` holds."""
    if _sqlite():
        op.execute(_sqlite_refusal(table, column, f'UPDATE OF "{column}"', f"NOT ({condition})"))
        return
    name = f"{table}_{column}"
    changed = f"NEW.{column} IS DISTINCT FROM OLD.{column} AND NOT ({condition})"
    _refuse_row(table, name, f'UPDATE OF "{column}"', changed, f"{table}.{column} is fixed", "NEW")


def allow_erasing(table: str, column: str, kind: str, key: str) -> None:
    """Refuse to change a column of people's words, unless what is sealed of them takes their place."""
    marker = """'{"erased": "' || commitment || '"}'""" if _sqlite() else "jsonb_build_object('erased', commitment)"
    sealed = f"kind = '{kind}' AND record = OLD.{key} AND NEW.{column} = {marker}"
    allow(table, column, f"EXISTS (SELECT 1 FROM audit_log WHERE {sealed})")  # noqa: S608 - names out of migrations


def enqueue_change(table: str, column: str, kind: str, key: str) -> None:
    """Have it sealed when a column gets a value."""
    queued = f"INSERT INTO audit_pending (kind, record) VALUES ('{kind}', CAST(NEW.{key} AS TEXT));"  # noqa: S608
    _after(table, f"{column}_enqueued", f"UPDATE OF {column}", queued)


def _after(table: str, name: str, what: str, statement: str) -> None:
    if _sqlite():
        op.execute(f"CREATE TRIGGER {table}_{name} AFTER {what} ON {table} BEGIN {statement} END")
        return
    function = f"{table}_{name}"
    body = f"BEGIN {statement} RETURN NULL; END"
    op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(f"CREATE TRIGGER {function} AFTER {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def _refuse_row(table: str, name: str, what: str, when: str, told: str, row: str) -> None:
    """On PostgreSQL, where only a trigger for each row knows ``OLD`` and ``NEW``."""
    refusal = f"IF {when} THEN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END IF;"
    body = f"BEGIN {refusal} RETURN {row}; END"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _sqlite_refusal(table: str, name: str, what: str, when: str | None = None) -> str:
    condition = f"WHEN {when} " if when else ""
    raised = f"SELECT RAISE(ABORT, '{table} is append-only');"
    return f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} {condition}BEGIN {raised} END"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
