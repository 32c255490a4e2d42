"""Requests that people decide, what they did about them, and the heads of regions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.add_column("regions", sa.Column("head_id", sa.String(), nullable=True))
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("requester", sa.String(), nullable=True),
        sa.Column("state", _JSON, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("approvals_newest", "approvals", ["opened_at", "id"])
    for column in ("kind", "status", "requester"):
        op.create_index(f"ix_approvals_{column}", "approvals", [column])
    op.create_table(
        "approval_customers",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", "customer_id", name="pk_approval_customers"),
    )
    op.create_index("ix_approval_customers_customer_id", "approval_customers", ["customer_id"])
    op.create_table(
        "approval_people",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", "rep_id", name="pk_approval_people"),
    )
    op.create_index("approval_people_asked", "approval_people", ["rep_id", "asked", "approval_id"])
    op.create_table(
        "approval_acts",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", _JSON, nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_approval_acts"),
        sa.UniqueConstraint("id", name="uq_approval_acts_id"),
    )
    op.create_index("approval_acts_in_order", "approval_acts", ["approval_id", "position"])
