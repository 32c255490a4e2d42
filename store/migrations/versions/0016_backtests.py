"""Back-tests that were ordered, with their results; when queues were tried again for a version of the policy."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "backtests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("ordered_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.Column("result", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_backtests"),
    )
    op.create_index("backtests_newest", "backtests", ["ordered_at", "id"])
    op.add_column("policy_activations", sa.Column("retried_at", _INSTANT, nullable=True))
    op.execute("UPDATE policy_activations SET retried_at = recorded_at WHERE at <= recorded_at")
