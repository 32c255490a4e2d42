"""Who is asked about a collision case, what was done about it, and what its workflow must be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "collision_people",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("decides", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "rep_id", name="pk_collision_people"),
    )
    op.create_index("ix_collision_people_rep_id", "collision_people", ["rep_id"])
    op.create_table(
        "collision_acts",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("deed", _JSON, nullable=False),
        sa.Column("told", _JSON, nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_collision_acts"),
        sa.UniqueConstraint("id", name="uq_collision_acts_id"),
    )
    op.create_index("collision_acts_in_order", "collision_acts", ["case_id", "position"])
    op.create_table(
        "collision_calls",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "case_id", name="pk_collision_calls"),
    )
