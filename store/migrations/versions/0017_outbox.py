"""Events that wait to be passed on, collision cases with what was seen, and contacts that systems report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "outbox",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
    )
    op.create_table(
        "collisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("risk", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("state", _JSON, nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_collisions"),
    )
    op.create_index("collisions_newest", "collisions", ["opened_at", "id"])
    op.create_index("ix_collisions_status", "collisions", ["status"])
    for table, other in (("collision_customers", "customer_id"), ("collision_reps", "rep_id")):
        op.create_table(
            table,
            sa.Column("case_id", sa.String(), nullable=False),
            sa.Column(other, sa.String(), nullable=False),
            sa.PrimaryKeyConstraint("case_id", other, name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_{other}", table, [other])
    op.create_table(
        "sightings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("data", _JSON, nullable=False),
        sa.Column("false_alarm", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
    )
    for column in ("case_id", "detector", "customer_id"):
        op.create_index(f"ix_sightings_{column}", "sightings", [column])
    op.create_table(
        "touches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("data", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_touches"),
    )
    op.create_index("touches_of_a_customer", "touches", ["customer_id", "occurred_at"])
    op.create_index("ix_touches_rep_id", "touches", ["rep_id"])
