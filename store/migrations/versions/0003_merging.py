"""Merged customers: who absorbed them, and what undoing it needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.add_column("customers", sa.Column("merged_into", sa.String(), nullable=True))
    op.add_column("matchables", sa.Column("survivor", sa.String(), nullable=True))
    op.create_index("ix_customers_merged_into", "customers", ["merged_into"])
    op.create_table(
        "merges",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("survivor_id", sa.String(), nullable=False),
        sa.Column("absorbed_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("merged_at", _INSTANT, nullable=False),
        sa.Column("merged", _JSON, nullable=False),
        sa.Column("halves", _JSON, nullable=False),
        sa.Column("taken_over", _JSON, nullable=True),
        sa.Column("unmerge_id", sa.String(), nullable=True),
        sa.Column("unmerged_at", _INSTANT, nullable=True),
        sa.Column("unmerged_by", sa.String(), nullable=True),
        sa.Column("unmerge_reason", sa.String(), nullable=True),
        sa.Column("placed", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_merges"),
        sa.UniqueConstraint("id", name="uq_merges_id"),
        sa.UniqueConstraint("unmerge_id", name="uq_merges_unmerge_id"),
    )
    op.create_index("ix_merges_survivor_id", "merges", ["survivor_id"])
    op.create_index("ix_merges_absorbed_id", "merges", ["absorbed_id"])
