"""The audit log: what auditors read is sealed, append-only, and told by signed heads of a Merkle tree."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.migrations.sealed import allow, allow_erasing, enqueue, enqueue_change, prepare, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    _tables()
    prepare()
    removed = "EXISTS (SELECT 1 FROM event_removals WHERE event_id = OLD.id)"
    _happened("events", "event", ("position", "id", "kind", "at", "recorded_at", "actor", "decision_id"), removed)
    moved = (
        "SELECT 1 FROM event_moves WHERE event_id = OLD.id AND from_id = OLD.customer_id AND to_id = NEW.customer_id"
    )
    allow("events", "customer_id", f"EXISTS ({moved})")
    _happened(
        "lead_events",
        "lead_event",
        ("position", "id", "lead_id", "kind", "at", "recorded_at", "actor", "decision_id"),
    )
    fixed = ("position", "id", "approval_id", "action", "principal", "person", "step", "at", "recorded_at")
    _sealed("approval_acts", "approval_act", "id", (*fixed, "refusal", "facts"), "position")
    allow_erasing("approval_acts", "deed", "approval_act", "id")
    refused = ("position", "at", "principal", "role", "method", "route", "record", "reason")
    _sealed("access_refusals", "refusal", "position", refused, "position")
    decided = ("id", "kind", "customer_id", "lead_id", "policy_version", "at")
    _sealed("decisions", "decision", "id", decided, "at, id")
    allow_erasing("decisions", "trace", "decision", "id")
    written = ("id", "version", "content", "rules", "comment", "created_at", "created_by")
    _sealed("policies", "policy", "id", written, "created_at, id")
    activated = ("position", "policy_id", "at", "by", "recorded_at")
    _sealed("policy_activations", "policy_activation", "position", activated, "position")
    allow("policy_activations", "withdrawn_at", "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL")
    enqueue_change("policy_activations", "withdrawn_at", "policy_withdrawal", "position")
    _there("policy_activations", "policy_withdrawal", "position", "position", "WHERE withdrawn_at IS NOT NULL")
    moves = ("position", "event_id", "from_id", "to_id", "at", "recorded_at")
    _sealed("event_moves", "event_move", "position", moves, "position")
    removals = ("position", "event_id", "customer_id", "cause", "at", "recorded_at")
    _sealed("event_removals", "event_removal", "position", removals, "position")
    protect("audit_log", ("position", "kind", "record", "leaf", "commitment"))
    allow("audit_log", "salt", "NEW.salt IS NULL")
    protect("audit_tiles", ("number", "hash"))
    protect("audit_heads", ("size", "root", "at", "key_id", "signature"))


def _happened(table: str, kind: str, fixed: Sequence[str], removed: str | None = None) -> None:
    _sealed(table, kind, "id", fixed, "position", removed)
    allow_erasing(table, "data", kind, "id")


def _sealed(table: str, kind: str, key: str, fixed: Sequence[str], order: str, removed: str | None = None) -> None:
    protect(table, fixed, removed)
    enqueue(table, kind, key)
    _there(table, kind, key, order)


def _there(table: str, kind: str, key: str, order: str, where: str = "") -> None:
    """What was recorded before is sealed as well."""
    rows = f"SELECT '{kind}', CAST({key} AS TEXT) FROM {table} {where} ORDER BY {order}"  # noqa: S608 - our own names
    op.execute(f"INSERT INTO audit_pending (kind, record) {rows}")


def _tables() -> None:
    op.create_table(
        "audit_pending",
        sa.Column("seq", _POSITION, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_pending"),
    )
    op.create_table(
        "audit_log",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_audit_log"),
    )
    op.create_index("audit_log_once", "audit_log", ["kind", "record"], unique=True)
    op.create_table(
        "audit_tiles",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_tiles"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_heads"),
    )
    op.create_table(
        "audit_published",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_audit_published"),
    )
    op.create_table(
        "event_moves",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("from_id", sa.String(), nullable=False),
        sa.Column("to_id", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event_moves"),
    )
    op.create_index("ix_event_moves_event_id", "event_moves", ["event_id"])
    op.create_table(
        "event_removals",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event_removals"),
    )
    op.create_index("ix_event_removals_event_id", "event_removals", ["event_id"])
