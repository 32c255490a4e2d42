"""Personnel moves, and what became of each customer concerned."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "moves",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("order", _JSON, nullable=False),
        sa.Column("successor_id", sa.String(), nullable=True),
        sa.Column("warnings", _JSON, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_moves"),
    )
    op.create_index("moves_of_a_rep", "moves", ["rep_id", "created_at", "id"])
    op.create_table(
        "moved_customers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("move_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_moved_customers"),
    )
    op.create_index("moved_customers_to_come", "moved_customers", ["move_id", "outcome", "customer_id"])
