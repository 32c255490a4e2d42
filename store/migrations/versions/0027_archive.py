"""Which runs' histories are archived, the sweeps, legal holds, and replays that somebody ordered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "archived_runs",
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("workflow_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=False),
        sa.Column("archived_at", _INSTANT, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("removed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("workflow_id", "run_id", name="pk_archived_runs"),
    )
    op.create_index("archived_runs_by_close", "archived_runs", ["closed_at", "workflow_id", "run_id"])
    op.create_table(
        "archive_sweeps",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("since", _INSTANT, nullable=True),
        sa.Column("finished_at", _INSTANT, nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive_sweeps"),
    )
    op.create_index("ix_archive_sweeps_began_at", "archive_sweeps", ["began_at"])
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_at", _INSTANT, nullable=False),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("released_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_subject", "legal_holds", ["subject"])
    op.create_table(
        "replays",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=True),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("ordered_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.Column("result", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_replays"),
    )
